"""The one grouped query behind figures: who is grouped, over which totals, seen by whom.

Identifiers are fixed here or come from models; every value is a parameter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from incentives.org.disclosure import cells_that_tell_nothing
from incentives.org.models import Membership, Person, Site, Team
from incentives.org.wording import reads_chinese
from scoring.figures.windows import EVERYTHING, Period, Span
from scoring.models import AgentDay, Channel, TeamDay


class Grouping(StrEnum):
    """Whose figures: one row for each agent, team, site or channel, or one for the company."""

    AGENT = "agent"
    TEAM = "team"
    SITE = "site"
    CHANNEL = "channel"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which totals count. None means no restriction; an empty sequence selects nothing.

    Of teams that the viewer does not lead, only days and channels count on which so many people
    worked that none of them can be told from the sum (`incentives.org.disclosure`): as whole days
    and channels are left out, no difference of two such figures tells of them either. `beside`
    selects all teams in this way, for comparison; without a viewer as everyone may see them.
    """

    span: Span = EVERYTHING
    agents: Sequence[str] | None = None
    teams: Sequence[int] | None = None
    channels: Sequence[str] | None = None
    viewer: Person | None = None
    beside: bool = False


@dataclass(slots=True)
class Sql:
    """SQL text with its parameters, put together from left to right."""

    text: str = ""
    params: list[Any] = field(default_factory=list)

    def add(self, text: str, *params: object) -> "Sql":
        """Append text and its parameters."""
        self.text += text
        self.params.extend(params)
        return self


AGENT_DAY = AgentDay._meta.db_table
TEAM_DAY = TeamDay._meta.db_table
PERSON = Person._meta.db_table
TEAM = Team._meta.db_table
SITE = Site._meta.db_table
CHANNEL = Channel._meta.db_table
MEMBERSHIP = Membership._meta.db_table
# Rows without a team (or site) are grouped under 0, which no row has as its id.
NOBODY = 0
_GROUP = {
    Grouping.AGENT: "f.agent_id",
    Grouping.TEAM: f"coalesce(f.team_id, {NOBODY})",
    Grouping.SITE: f"coalesce((SELECT s.site_id FROM {TEAM} s WHERE s.id = f.team_id), {NOBODY})",
    Grouping.CHANNEL: "f.channel_id",
    Grouping.COMPANY: f"{NOBODY}",
}
_BUCKET = {
    Period.DAY: "f.day",
    Period.WEEK: "date_trunc('week', f.day)::date",
    Period.MONTH: "date_trunc('month', f.day)::date",
    Period.QUARTER: "date_trunc('quarter', f.day)::date",
    Period.ALL: "NULL::date",
}


def source_table(by: Grouping, selection: Selection) -> str:
    """Agents' own totals where single agents are asked for, else the teams' totals."""
    return AGENT_DAY if by is Grouping.AGENT or selection.agents is not None else TEAM_DAY


def figure_query(
    *, by: Grouping, period: Period, selection: Selection, sums: Sequence[tuple[str, list[Any]]]
) -> Sql:
    """SELECT key, name, bucket (first day or NULL), then one column for each of `sums`.

    `sums` are SQL aggregates over the totals' alias `f`; they are NULL for those who are listed
    without any totals. Rows are ordered by bucket, name, key.
    """
    sql = Sql("WITH grouped AS (")
    sql.add(f"SELECT {_GROUP[by]} AS group_id, {_BUCKET[period]} AS bucket")
    for at, (text, params) in enumerate(sums):
        sql.add(f", {text} AS v{at}", *params)
    sql.add(f" FROM {source_table(by, selection)} f WHERE ")
    _add_conditions(sql, by, selection)
    sql.add(" GROUP BY 1, 2), listed AS (SELECT group_id AS id FROM grouped")
    if period is Period.ALL:
        _add_everyone(sql, by, selection)
    else:
        sql.add(" GROUP BY 1")
    key, name, join = _subject(by)
    values = "".join(f", g.v{at}" for at in range(len(sums)))
    sql.add(f") SELECT {key} AS key, {name} AS name, g.bucket{values} FROM listed l")
    sql.add(f" LEFT JOIN grouped g ON g.group_id = l.id{join} ORDER BY g.bucket, name, key")
    return sql


def _add_conditions(sql: Sql, by: Grouping, selection: Selection) -> None:
    sql.add("TRUE")
    _add_days(sql, selection.span, "f.day")
    if selection.agents is not None:
        sql.add(
            f" AND f.agent_id IN (SELECT id FROM {PERSON} WHERE key = ANY(%s))",
            list(selection.agents),
        )
    if selection.teams is not None:
        sql.add(" AND f.team_id = ANY(%s)", list(selection.teams))
    if selection.channels is not None:
        sql.add(
            f" AND f.channel_id IN (SELECT id FROM {CHANNEL} WHERE key = ANY(%s))",
            list(selection.channels),
        )
    own_rows = source_table(by, selection) == AGENT_DAY
    if selection.beside and not own_rows:
        _add_disclosed(sql, selection.viewer)
    elif selection.viewer is not None:
        _add_viewer(sql, selection.viewer, own_rows=own_rows)


def _add_days(sql: Sql, span: Span, column: str) -> None:
    if span.start is not None:
        sql.add(f" AND {column} >= %s", span.start)
    if span.end is not None:
        sql.add(f" AND {column} <= %s", span.end)


def _add_viewer(sql: Sql, viewer: Person, *, own_rows: bool) -> None:
    """Single agents' rows: one's own and those credited to a team one leads. Teams: visible.

    Of a team that one is in and does not lead, only what tells of nobody.
    """
    if viewer.is_active and viewer.sees_everyone:
        return
    if own_rows:
        _add_own_or_led(sql, viewer, "f.agent_id", "f.team_id")
    else:
        sql.add(" AND f.team_id IN (")
        add_ids(sql, Team.objects.visible_to(viewer))
        sql.add(")")
        _add_disclosed(sql, viewer)


def _add_disclosed(sql: Sql, viewer: Person | None) -> None:
    """Of teams that the viewer does not lead, rows that tell of nobody."""
    if viewer is not None and viewer.is_active and viewer.sees_everyone:
        return
    sql.add(f" AND ({cells_that_tell_nothing('f.people')}")
    if viewer is not None and viewer.is_active:
        sql.add(" OR f.team_id IN (")
        add_ids(sql, Team.objects.led_by(viewer))
        sql.add(")")
    sql.add(")")


def _add_own_or_led(sql: Sql, viewer: Person, person: str, team: str) -> None:
    led = Team.objects.led_by(viewer) if viewer.is_active else Team.objects.none()
    sql.add(f" AND ({person} = %s OR {team} IN (", viewer.pk if viewer.is_active else NOBODY)
    add_ids(sql, led)
    sql.add("))")


def add_ids(sql: Sql, rows: QuerySet[Any]) -> None:
    """Append the query of the rows' ids, to stand inside IN (…)."""
    try:
        text, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        text, params = "SELECT NULL::bigint", ()
    sql.add(text, *params)


def _add_everyone(sql: Sql, by: Grouping, selection: Selection) -> None:
    """Over all time, also those without facts: agents with a membership, teams, sites."""
    if by is Grouping.AGENT:
        sql.add(f" UNION SELECT m.person_id FROM {MEMBERSHIP} m WHERE TRUE")
        _add_membership_conditions(sql, selection)
    elif by is Grouping.TEAM and selection.agents is None:
        sql.add(f" UNION SELECT t.id FROM {TEAM} t WHERE TRUE")
        if selection.span.start is not None:
            sql.add(" AND (t.archived_on IS NULL OR t.archived_on > %s)", selection.span.start)
        if selection.teams is not None:
            sql.add(" AND t.id = ANY(%s)", list(selection.teams))
        if selection.viewer is not None:
            sql.add(" AND t.id IN (")
            add_ids(sql, Team.objects.visible_to(selection.viewer))
            sql.add(")")
    elif by is Grouping.COMPANY:
        sql.add(f" UNION SELECT {NOBODY}")
    else:
        sql.add(" GROUP BY 1")


def _add_membership_conditions(sql: Sql, selection: Selection) -> None:
    start: date | None = selection.span.start
    if start is not None:
        sql.add(" AND (m.ends_on IS NULL OR m.ends_on >= %s)", start)
    if selection.span.end is not None:
        sql.add(" AND m.starts_on <= %s", selection.span.end)
    if selection.teams is not None:
        sql.add(" AND m.team_id = ANY(%s)", list(selection.teams))
    if selection.agents is not None:
        sql.add(
            f" AND m.person_id IN (SELECT id FROM {PERSON} WHERE key = ANY(%s))",
            list(selection.agents),
        )
    viewer = selection.viewer
    if viewer is not None and not (viewer.is_active and viewer.sees_everyone):
        _add_own_or_led(sql, viewer, "m.person_id", "m.team_id")


def _subject(by: Grouping) -> tuple[str, str, str]:
    """SQL of the key, of the name, and the join that gives them."""
    if by is Grouping.COMPANY:
        return "'company'", "''", ""
    if by is Grouping.AGENT:
        return "s.key", "s.display_name", f" LEFT JOIN {PERSON} s ON s.id = l.id"
    if by is Grouping.CHANNEL:
        name = "s.name_en"
        if reads_chinese():
            name = "coalesce(nullif(s.name_zh, ''), s.name_en)"
        return "s.key", name, f" LEFT JOIN {CHANNEL} s ON s.id = l.id"
    table = TEAM if by is Grouping.TEAM else SITE
    key, name = "coalesce(s.key, '')", "coalesce(s.name, '')"
    return key, name, f" LEFT JOIN {table} s ON s.id = l.id"
