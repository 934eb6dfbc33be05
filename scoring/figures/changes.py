"""What a night hands to its steps: which days of whom have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from scoring.copying import copy_in
from scoring.figures.windows import Period, Span, first_day

DAYS_SCHEMA = {"agent_id": pl.Int64, "day": pl.Date}
TEAM_DAYS_SCHEMA = {"team_id": pl.Int64, "day": pl.Date}


@dataclass(frozen=True)
class Changes:
    """What a night has to follow up.

    `as_of` is the company-local day that the night closes; `days` has one row (agent_id Int64, day
    Date) for each agent day whose totals may differ from what the steps saw last, without
    repetitions; `team_days` names (team_id, day) likewise whose facts may, with a null team for
    what is nobody's. With `everything` these are all that there are: a step may then leave out the
    restriction instead of listing them. A step must also do its part when `days` is empty.
    """

    as_of: date
    days: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DAYS_SCHEMA))
    everything: bool = False
    team_days: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TEAM_DAYS_SCHEMA))

    @property
    def is_empty(self) -> bool:
        """Whether no agent day changed."""
        return self.days.is_empty()

    @cached_property
    def agents(self) -> list[int]:
        """The ids of the agents with a changed day, ascending."""
        return self.days["agent_id"].unique().sort().to_list()

    @cached_property
    def all_days(self) -> list[date]:
        """The days on which anything changed, of an agent or of a team, ascending."""
        return pl.concat([self.days["day"], self.team_days["day"]]).unique().sort().to_list()

    @property
    def first_day(self) -> date | None:
        """The earliest changed day; None when there is none."""
        return self.all_days[0] if self.all_days else None

    @property
    def last_day(self) -> date | None:
        """The latest changed day; None when there is none."""
        return self.all_days[-1] if self.all_days else None

    @property
    def span(self) -> Span:
        """From the first changed day to the last; open at both ends when there is none."""
        return Span(self.first_day, self.last_day)

    def periods(self, period: Period) -> pl.DataFrame:
        """The distinct (agent_id, starts_on) of the periods in which something changed.

        `starts_on` is the first day of the period; for `Period.ALL` ValueError.
        """
        days = self.days["day"].unique()
        starts = [first_day(period, day) for day in days.to_list()]
        known = pl.DataFrame({"day": days, "starts_on": pl.Series(starts, dtype=pl.Date)})
        found = self.days.join(known, on="day").select("agent_id", "starts_on")
        return found.unique().sort("agent_id", "starts_on")

    def stage(self, cursor: Any, table: str = "changed_agent_day") -> None:
        """Fill a temporary table (agent_id bigint, day date) with the days, for set-based statements.

        Call it inside a transaction: the table goes with it.
        """
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {table} (agent_id bigint, day date,"
            " PRIMARY KEY (agent_id, day)) ON COMMIT DROP"
        )
        cursor.execute(f"TRUNCATE {table}")
        copy_in(cursor, table, self.days.select("agent_id", "day"))
        cursor.execute(f"ANALYZE {table}")

    def stage_teams(self, cursor: Any) -> None:
        """As `stage`: changed_team_day (team_id bigint, day date), 0 standing for no team."""
        cursor.execute("DROP TABLE IF EXISTS changed_team_day")
        cursor.execute(
            "CREATE TEMP TABLE changed_team_day (team_id bigint, day date) ON COMMIT DROP"
        )
        rows = self.team_days.select(pl.col("team_id").fill_null(0), "day")
        copy_in(cursor, "changed_team_day", rows)
        cursor.execute("ANALYZE changed_team_day")
