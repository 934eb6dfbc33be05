"""Which scores a night looks at again: those of changed days, and those that rest on their teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from incentives.org.dated import covers_sql
from scoring.copying import copy_out
from scoring.figures.changes import Changes
from scoring.figures.query import AGENT_DAY, MEMBERSHIP
from scoring.figures.windows import Period, Span, first_day, last_day
from scoring.models import Score

PERIODS = (Period.DAY, Period.WEEK, Period.MONTH)
_SCORE = Score._meta.db_table
_KEYS = {"agent_id": pl.Int64, "starts_on": pl.Date}
# The periods that a day lies in.
_CUTS = (
    "(VALUES ('day', {0}), ('week', date_trunc('week', {0})::date),"
    " ('month', date_trunc('month', {0})::date)) p(period, starts_on)"
)
#: Columns of scores as they are read back, in `restored`'s order.
STORED = {
    "period": pl.String,
    "agent_id": pl.Int64,
    "starts_on": pl.Date,
    "team_id": pl.Int64,
    "scorecard_id": pl.Int64,
    "days": pl.Int64,
    "asked": pl.Int64,
    "sums": pl.String,
}


@dataclass(frozen=True, slots=True)
class Touched:
    """What is looked at again in the periods that begin in one month.

    `own` has the (agent_id, starts_on) whose figures changed, by period; `mates` the stored scores
    of others that rest on a team whose figures changed, be it by facts that are no one's. `span`
    holds all those periods' days.
    """

    own: Mapping[Period, pl.DataFrame]
    mates: pl.DataFrame
    span: Span

    @property
    def agents(self) -> list[int]:
        """Those with figures of their own that changed."""
        return pl.concat(self.own.values())["agent_id"].unique().sort().to_list()


def read_touched(cursor: Any, changes: Changes) -> Iterator[Touched]:
    """All scores that may differ now, month by month, so that memory stays bounded.

    With `everything` also what is stored and has no totals any more.
    """
    own = {period: changes.periods(period) for period in PERIODS}
    if changes.everything:
        own = {period: _with_stored(cursor, period, keys) for period, keys in own.items()}
    mates = pl.DataFrame(schema=STORED) if changes.everything else _mates(cursor, changes, own)
    month = pl.col("starts_on").dt.truncate("1mo")
    by_month = {period: keys.with_columns(month=month) for period, keys in own.items()}
    of_mates = mates.select(month.alias("month"))["month"]
    months = pl.concat([of_mates, *(keys["month"] for keys in by_month.values())])
    for first in months.unique().sort().to_list():
        here = {
            period: keys.filter(pl.col("month") == first).drop("month")
            for period, keys in by_month.items()
        }
        others = mates.filter(month == first)
        yield Touched(here, others, _hull(here, others))


def _hull(own: Mapping[Period, pl.DataFrame], mates: pl.DataFrame) -> Span:
    starts = {
        period: [*keys["starts_on"], *mates.filter(pl.col("period") == period.value)["starts_on"]]
        for period, keys in own.items()
    }
    return Span(
        min(min(days) for days in starts.values() if days),
        max(last_day(period, max(days)) for period, days in starts.items() if days),
    )


def _with_stored(cursor: Any, period: Period, keys: pl.DataFrame) -> pl.DataFrame:
    query = f"SELECT agent_id, starts_on FROM {_SCORE} WHERE period = '{period.value}'"
    return pl.concat([keys, copy_out(cursor, query, _KEYS)]).unique()


def _mates(cursor: Any, changes: Changes, own: Mapping[Period, pl.DataFrame]) -> pl.DataFrame:
    """The stored scores that rest on a touched team and are not touched themselves.

    The teams of a changed day: those credited with it now, the membership of that day, those of
    the scores stored so far, and teams whose own facts changed.
    """
    if not _any_stored(cursor, changes):
        return pl.DataFrame(schema=STORED)
    changes.stage(cursor)
    changes.stage_teams(cursor)
    cursor.execute("DROP TABLE IF EXISTS touched_team_period")
    cursor.execute(
        "CREATE TEMP TABLE touched_team_period ON COMMIT DROP AS"
        " WITH own AS (SELECT DISTINCT c.agent_id, p.period, p.starts_on"
        f" FROM changed_agent_day c CROSS JOIN LATERAL {_CUTS.format('c.day')}),"
        " teams AS (SELECT f.team_id, c.day FROM changed_agent_day c"
        f" JOIN {AGENT_DAY} f ON f.agent_id = c.agent_id AND f.day = c.day"
        f" UNION SELECT m.team_id, c.day FROM changed_agent_day c JOIN {MEMBERSHIP} m"
        f" ON m.person_id = c.agent_id AND {covers_sql('m', 'c.day')}"
        " UNION SELECT team_id, day FROM changed_team_day)"
        " SELECT t.team_id, p.period, p.starts_on FROM teams t"
        f" CROSS JOIN LATERAL {_CUTS.format('t.day')} WHERE t.team_id IS NOT NULL"
        f" UNION SELECT s.team_id, s.period, s.starts_on FROM own o JOIN {_SCORE} s"
        " ON s.agent_id = o.agent_id AND s.period = o.period AND s.starts_on = o.starts_on"
        " AND s.team_id IS NOT NULL"
    )
    cursor.execute("ANALYZE touched_team_period")
    found = copy_out(
        cursor,
        f"SELECT {', '.join(f's.{name}' for name in STORED)} FROM touched_team_period t"
        f" JOIN {_SCORE} s ON s.period = t.period AND s.starts_on = t.starts_on"
        " AND s.team_id = t.team_id AND s.rests_on_team",
        STORED,
    )
    touched = pl.concat(
        keys.with_columns(period=pl.lit(period.value)) for period, keys in own.items()
    )
    return found.join(touched, on=["period", "agent_id", "starts_on"], how="anti")


def _any_stored(cursor: Any, changes: Changes) -> bool:
    """Whether there are scores in the stretch that changed: the first night has nobody to ask."""
    if changes.first_day is None:
        return False
    first = min(first_day(period, changes.first_day) for period in PERIODS)
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {_SCORE} WHERE period = ANY(%s)"
        " AND starts_on BETWEEN %s AND %s)",
        [[period.value for period in PERIODS], first, changes.last_day],
    )
    return bool(cursor.fetchone()[0])
