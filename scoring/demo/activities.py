"""What agents do besides tickets: learning, reviews, ideas, help; and what the phone system counts."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from .chance import SERIAL, Chance, by_share
from .plan import Plan

_SYSTEM_LANGUAGE = {
    "lesson": ("Returns in the shop app", "Calming an upset caller", "New parcel tracker 新物流"),
    "call review": ("Routine review", "Review after a complaint"),
    "idea": ("Shorter greeting", "Tell customers of delays first", "Template for refunds 退款模板"),
    "wiki page": ("How to reset a reader", "Double 11 coupons 双十一优惠券", "Parcel lost: steps"),
    "thank-you letter": ("Letter from a customer",),
    "complaint letter": ("Letter to the management",),
    "coaching": ("Sitting in with a newcomer", "Call listening in pairs"),
    "help for colleague": ("Took over a hard case", "Covered a break", "Translated a letter"),
    "data leak": ("Customer data in a public chat",),
}


@dataclass(frozen=True, slots=True)
class _Habit:
    """How often an agent does something in a day, and of what outcome it is."""

    chance: pl.Expr
    amount: pl.Expr | None = None
    points: pl.Expr | None = None
    accepted: float | None = None


class DayBook:
    """Makes activities and times of shifts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.draw = Chance(plan.seed)

    def activities(self, shifts: pl.DataFrame) -> pl.DataFrame:
        """One row each: id, type, at, by, amount, result, title; in order of time."""
        parts = [
            self._of_one_type(shifts, name, place)
            for place, name in enumerate(_SYSTEM_LANGUAGE, start=1)
        ]
        return pl.concat(parts).sort("at", "id")

    def _habits(self) -> dict[str, _Habit]:
        draw = self.draw
        care, skill, warmth = pl.col("care"), pl.col("skill"), pl.col("warmth")
        score = (91 + 3 * skill + 2 * care + draw.normal("reviewed") * 4).clip(40, 100).round(1)
        hours = 0.5 * (1 + (draw.uniform("hours") * 4).floor())
        help_points = 1 + (draw.uniform("help") * 3).floor()
        return {
            "lesson": _Habit(0.2 * (0.3 * care).exp()),
            "call review": _Habit(pl.lit(0.3), points=score),
            "idea": _Habit(pl.lit(0.025), accepted=0.35),
            "wiki page": _Habit(0.02 * (0.4 * skill).exp(), accepted=0.7),
            "thank-you letter": _Habit(0.012 * (0.5 * warmth).exp()),
            "complaint letter": _Habit(0.004 * (-0.5 * warmth).exp()),
            "coaching": _Habit(0.09 * (skill > 0.5).cast(pl.Float64), amount=hours),
            "help for colleague": _Habit(0.13 * (0.3 * warmth).exp(), amount=help_points),
            "data leak": _Habit(0.0008 * (-0.8 * care).exp()),
        }

    def _of_one_type(self, shifts: pl.DataFrame, name: str, place: int) -> pl.DataFrame:
        habit = self._habits()[name]
        # The first person of each of the first days does one, so that no type is ever missing.
        is_first = (pl.int_range(pl.len()) == 0) & (
            pl.col("ordinal") == self.plan.first_day.toordinal() + place % self.plan.days
        )
        is_first = is_first.over("day")
        chosen = shifts.filter(self.draw.happens(name, habit.chance) | is_first)
        seconds = pl.col("start") + (self.draw.uniform(f"{name}/at") * pl.col("length")).floor()
        at = pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds=seconds.cast(pl.Int64))
        return chosen.select(
            pl.format(f"{place}{{}}", SERIAL).alias("id"),
            pl.lit(name).alias("type"),
            at.dt.to_string("%Y-%m-%dT%H:%M:%S").alias("at"),
            pl.struct(staff_no="agent", name="agent_name").alias("by"),
            (habit.amount if habit.amount is not None else pl.lit(1.0)).alias("amount"),
            self._result(name, habit).alias("result"),
            self._title(name).alias("title"),
        )

    def _result(self, name: str, habit: _Habit) -> pl.Expr:
        outcome = pl.lit(None, dtype=pl.String)
        if habit.accepted is not None:
            accepted = self.draw.happens(f"{name}/accepted", habit.accepted)
            outcome = pl.when(accepted).then(pl.lit("accepted")).otherwise(pl.lit("declined"))
        points = habit.points if habit.points is not None else pl.lit(None, dtype=pl.Float64)
        return pl.struct(points=points, outcome=outcome)

    def _title(self, name: str) -> pl.Expr:
        titles = dict.fromkeys(_SYSTEM_LANGUAGE[name], 1.0)
        return by_share(self.draw.uniform(f"{name}/title"), titles)

    def times(self, shifts: pl.DataFrame, tickets: pl.DataFrame) -> pl.DataFrame:
        """What each agent did with each day, in seconds: one row a shift.

        Busy is the handle time of the tickets; what is left of the plan is other work.
        """
        draw = self.draw
        busy = tickets.group_by("number", "day").agg(pl.col("handle").sum().alias("busy"))
        rows = shifts.join(busy, on=["number", "day"], maintain_order="left")
        own = Chance(self.plan.seed, "number")  # what is the same for an agent on all days
        share = 0.69 + own.normal("occupied") * 0.04 + draw.normal("occupied") * 0.04
        share = share + 0.09 * (pl.col("pressure") - 1)
        rest = 0.1 + own.normal("pause") * 0.012 + draw.normal("pause") * 0.012
        pause = pl.col("length") * rest.clip(0.03, 0.2)
        ready = pl.min_horizontal(
            pl.col("busy") / share.clip(0.45, 0.95), pl.col("length") * 0.97 - pause
        )
        kept = 0.955 + 0.012 * pl.col("care") + draw.normal("kept to plan") * 0.018
        return rows.select(
            pl.col("agent").alias("staff_no"),
            pl.col("day").alias("date"),
            pl.when(pl.col("line").is_in(["phone", "tech", "retention"]))
            .then(pl.lit("phone"))
            .otherwise(pl.when(pl.col("line") == "chat").then(pl.lit("chat")).otherwise("line"))
            .alias("desk"),
            pl.col("busy"),
            pl.max_horizontal(ready, pl.col("busy")).round().cast(pl.Int64).alias("ready"),
            pause.round().cast(pl.Int64).alias("pause"),
            pl.col("length").alias("planned"),
            (pl.col("length") * kept.clip(0.6, 1)).round().cast(pl.Int64).alias("as_planned"),
        )


def calls_by_hour(tickets: pl.DataFrame) -> pl.DataFrame:
    """Calls answered by group and hour; parts of one hour may come from several chunks."""
    calls = tickets.filter(pl.col("channel") == "phone")
    return calls.group_by(pl.col("team").alias("group"), pl.col("opened").dt.truncate("1h")).agg(
        pl.len().cast(pl.Int64).alias("answered"), pl.col("pressure").mean()
    )


def hotline(plan: Plan, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The phone system's count by group and hour: offered, answered, lost."""
    hours = (
        pl.concat(parts)
        .group_by("group", "opened")
        .agg(pl.col("answered").sum(), pl.col("pressure").mean())
        .sort("opened", "group")
        .with_row_index(SERIAL)
        .with_columns(pl.col(SERIAL).cast(pl.UInt64))
    )
    draw = Chance(plan.seed)
    share = 0.03 * pl.col("pressure") ** 2.2 * (draw.normal("hour") * 0.3).exp()
    lost = (pl.col("answered") * share + draw.uniform("lost")).floor().cast(pl.Int64)
    return hours.select(
        "group",
        pl.col("opened").alias("hour"),
        (pl.col("answered") + lost).alias("offered"),
        "answered",
        lost.alias("lost"),
    )
