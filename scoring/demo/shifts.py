"""Who works on which day, from when to when, how busy the day is and how they are on that day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from .chance import SERIAL, Chance, by_share
from .company import DemoCompany, DemoPerson
from .plan import Plan
from .skills import agent_traits

# Tickets of a full working day without haste, by line of work.
_VOLUME = {"phone": 44, "chat": 46, "tech": 30, "retention": 36, "social": 42}
_WEEKDAYS = (1.12, 1.05, 1.0, 0.98, 1.0, 0.92, 0.86)  # Monday first
_STARTS = {"27000": 0.3, "32400": 0.4, "46800": 0.3}  # 7:30, 9:00, 13:00
_STAGGER = 900  # seconds: nobody lets a whole team begin at the same minute
_FULL_DAY = 8.5 * 3600  # seconds, breaks included
_ROWS = 5_000  # about 200,000 tickets
_DAYS_TO_LEARN = 45  # a newcomer is half-way after a month


class Rota:
    """The shifts of a company over the days of a plan."""

    def __init__(self, plan: Plan, company: DemoCompany) -> None:
        self.plan = plan
        self.agents = company.agents
        self.chance = Chance(plan.seed)
        self.days = _day_frame(plan)

    def chunks(self) -> Iterator[pl.DataFrame]:
        """All shifts, by day, a few thousand at a time."""
        days, agents = self.plan.every_day(), self.agents
        step = max(1, _ROWS // len(agents))
        for first in range(0, len(days), step):
            for start in range(0, len(agents), _ROWS):
                yield self.shifts(days[first : first + step], agents[start : start + _ROWS])

    def shifts(self, days: Sequence[date], agents: Sequence[DemoPerson]) -> pl.DataFrame:
        """One row for each agent and day at work.

        `serial` numbers the shift, `start` and `length` are seconds, `pressure` is 1 on an ordinary
        day, `tickets` how many are handled; traits are those of the day.
        """
        frame = _spell_frame(agents).join(self.days.filter(pl.col("day").is_in(days)), how="cross")
        frame = frame.filter(
            pl.col("day") >= pl.col("starts_on"),
            pl.col("ends_on").is_null() | (pl.col("day") <= pl.col("ends_on")),
        ).with_columns(
            (pl.col("number") * 2**20 + pl.col("ordinal")).alias(SERIAL),
            (pl.col("number") * 2**20 + pl.col("ordinal") // 7).alias("week"),
        )
        traits = agent_traits(self.plan, list(agents))
        return self._worked(frame.filter(self._at_work()).join(traits, on="number"))

    def _at_work(self) -> pl.Expr:
        """Five days in seven, less holidays (by the week) and sick days."""
        day_off = (pl.col("ordinal") + pl.col("number") * 3) % 7 < 2
        on_holiday = Chance(self.plan.seed, "week").happens("holiday", 0.05)
        return ~day_off & ~on_holiday & ~self.chance.happens("sick", 0.025)

    def _worked(self, frame: pl.DataFrame) -> pl.DataFrame:
        draw = self.chance
        start = by_share(Chance(self.plan.seed, "week").uniform("start"), _STARTS)
        experience = (pl.col("day") - pl.col("hired_on")).dt.total_days().cast(pl.Float64)
        unlearned = 1.4 * (-experience / _DAYS_TO_LEARN).exp()
        skill = pl.col("skill") - unlearned + pl.col("drift") * pl.col("progress")
        volume = pl.col("line").replace_strict(_VOLUME, return_dtype=pl.Float64)
        return frame.with_columns(
            (start.cast(pl.Int64) + pl.col("number").cast(pl.Int64) % 5 * _STAGGER).alias("start"),
            (pl.col("share") * _FULL_DAY).cast(pl.Int64).alias("length"),
            (skill + draw.normal("mood") * 0.15).alias("skill"),
            (pl.col("speed") - unlearned * 0.7).alias("speed"),
            (pl.col("warmth") + draw.normal("warm mood") * 0.2).alias("warmth"),
        ).with_columns(
            (
                volume
                * pl.col("share")
                * pl.col("pressure").sqrt()
                * (pl.col("speed") * 0.1 + draw.normal("volume") * 0.1).exp()
            )
            .round()
            .clip(3, 900)
            .cast(pl.Int64)
            .alias("tickets")
        )


def _spell_frame(agents: Sequence[DemoPerson]) -> pl.DataFrame:
    rows = [
        {
            "number": agent.number,
            "team": spell.team.key,
            "line": spell.team.line,
            "starts_on": spell.starts_on,
            "ends_on": spell.ends_on,
        }
        for agent in agents
        for spell in agent.spells
    ]
    return pl.DataFrame(rows, schema_overrides={"number": pl.UInt64, "ends_on": pl.Date})


def _day_frame(plan: Plan) -> pl.DataFrame:
    peak = plan.peak()
    rows = []
    for place, day in enumerate(plan.every_day()):
        noise = plan.random("day", day).gauss(1, 0.05)
        pressure = _WEEKDAYS[day.weekday()] * peak.get(day, 1.0) * noise
        progress = place / plan.days
        rows.append((day, day.toordinal(), max(0.6, pressure), progress))
    names = {"day": pl.Date, "ordinal": pl.UInt64, "pressure": pl.Float64, "progress": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row")
