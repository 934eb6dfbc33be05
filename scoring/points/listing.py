"""Points summed by agent or by rule and period, for the command line and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection

from incentives.org.wording import reads_chinese
from scoring.figures.query import Sql
from scoring.figures.windows import Period, Span, label
from scoring.models import PointEntry

By = Literal["agent", "rule"]
_BUCKET = {
    Period.DAY: "e.occurred_on",
    Period.WEEK: "date_trunc('week', e.occurred_on)::date",
    Period.MONTH: "date_trunc('month', e.occurred_on)::date",
    Period.QUARTER: "date_trunc('quarter', e.occurred_on)::date",
    Period.ALL: "NULL::date",
}


@dataclass(frozen=True, slots=True)
class PointSum:
    """The points that an agent has, or a rule gave, in one period, by the day they were earned."""

    period: str
    key: str
    name: str
    points: int
    entries: int


def point_sums(
    *, by: By, period: Period, span: Span, agents: Sequence[str] | None = None
) -> list[PointSum]:
    """Sums over `span`, both ends included, ordered by period, name, key; one query.

    `agents` are keys; None means everyone. By rule, what no rule gave stands under its kind
    (manual, quest, …).
    """
    sql = Sql(f"SELECT {_BUCKET[period]} AS bucket, ")
    if by == "agent":
        sql.add("p.key AS key, p.display_name AS name")
    else:
        sql.add(f"coalesce(r.key, e.kind) AS key, {_rule_name()} AS name")
    sql.add(
        ", sum(e.amount)::bigint, count(*) FROM scoring_pointentry e"
        " JOIN org_person p ON p.id = e.agent_id"
        " LEFT JOIN scoring_pointrule r ON r.id = e.rule_id WHERE TRUE"
    )
    if span.start is not None:
        sql.add(" AND e.occurred_on >= %s", span.start)
    if span.end is not None:
        sql.add(" AND e.occurred_on <= %s", span.end)
    if agents is not None:
        sql.add(" AND p.key = ANY(%s)", list(agents))
    # A rule's name may change from version to version: its newest one stands for all of them.
    group = " GROUP BY bucket, p.key, p.display_name" if by == "agent" else " GROUP BY bucket, 2"
    sql.add(f"{group} ORDER BY bucket, name, key")
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        return [_sum(period, row) for row in cursor.fetchall()]


def _rule_name() -> str:
    chinese = reads_chinese()
    name = "coalesce(nullif(r.name_zh, ''), r.name_en)" if chinese else "r.name_en"
    return f"(array_agg({name} ORDER BY r.version DESC NULLS LAST))[1]"


def _sum(period: Period, row: tuple[date | None, str, str | None, Any, int]) -> PointSum:
    bucket, key, name, points, entries = row
    called = name or PointEntry(kind=key).get_kind_display()
    return PointSum(label(period, bucket), key, called, int(points), entries)
