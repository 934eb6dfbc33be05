"""What comes of the shifts: tickets, as they are in truth. `exports` makes a helpdesk's text of it.

Times are local and whole seconds; durations are seconds. The constants aim at the benchmarks of the
KPI catalogue for the better half of the agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from .chance import SERIAL, Chance, by_share

_CHANNELS = {
    "phone": {"phone": 0.88, "chat": 0.12},
    "chat": {"chat": 0.9, "phone": 0.1},
    "tech": {"phone": 0.6, "chat": 0.4},
    "retention": {"phone": 0.65, "chat": 0.35},
    "social": {"social": 0.5, "email": 0.35, "web": 0.15},
}
_TOPICS = {
    "phone": {"Delivery": 34, "Refund": 14, "Payment": 16, "Account": 14, "Product": 22},
    "chat": {"Product": 38, "Delivery": 22, "Promotion": 18, "Refund": 10, "Payment": 12},
    "tech": {"Device": 40, "App": 30, "Account": 16, "Payment": 10, "Refund": 4},
    "retention": {"Cancellation": 48, "Refund": 34, "Delivery": 10, "Product": 8},
    "social": {"Delivery": 30, "Promotion": 22, "Product": 24, "Refund": 12, "Account": 12},
}
_DIFFICULTY = {
    "phone": {"1": 28, "2": 42, "3": 25, "4": 4, "5": 1},
    "chat": {"1": 34, "2": 42, "3": 20, "4": 3, "5": 1},
    "tech": {"1": 12, "2": 28, "3": 40, "4": 15, "5": 5},
    "retention": {"1": 16, "2": 38, "3": 36, "4": 8, "5": 2},
    "social": {"1": 32, "2": 42, "3": 22, "4": 3, "5": 1},
}
# Median seconds until someone answers, and its spread (of the logarithm).
_WAIT = {
    "phone": (9.5, 0.75),
    "chat": (16.0, 0.42),
    "social": (900.0, 0.8),
    "email": (7_000.0, 0.7),
    "web": (7_800.0, 0.7),
}
_TALK = {"phone": 165.0, "chat": 175.0, "social": 130.0, "email": 215.0, "web": 190.0}
_SOLD_ON = ("chat", "social")
_SAVED_IN = ("Refund", "Cancellation")


class Desk:
    """Makes tickets of shifts."""

    def __init__(self, seed: int) -> None:
        self.draw = Chance(seed)

    def tickets(self, shifts: pl.DataFrame) -> pl.DataFrame:
        """One row a ticket, in order of opening."""
        frame = self._opened(shifts)
        steps = (self._waits, self._work, self._ends, self._times, self._opinion)
        for step in (*steps, self._checks, self._money):
            frame = frame.with_columns(step())
        return frame.sort("opened", SERIAL)

    def _opened(self, shifts: pl.DataFrame) -> pl.DataFrame:
        """Spread each shift's tickets over its hours, denser after a quarter and three quarters."""
        frame = shifts.with_columns(pl.int_ranges(0, "tickets").alias("place")).explode("place")
        frame = frame.with_columns(
            (pl.col(SERIAL) * 1024 + pl.col("place").cast(pl.UInt64)).alias(SERIAL)
        )
        part = (pl.col("place") + self.draw.uniform("opened")) / pl.col("tickets")
        part = part + 0.02 * (part * 12.566).sin()
        seconds = (pl.col("start") + part * pl.col("length")).floor().cast(pl.Int64)
        share = self.draw.uniform("channel")
        return frame.with_columns(
            (pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds=seconds)).alias("opened"),
            _by_line(share, _CHANNELS).alias("channel"),
            _by_line(self.draw.uniform("topic"), _TOPICS).alias("topic"),
            _by_line(self.draw.uniform("difficulty"), _DIFFICULTY).cast(pl.Int64).alias("level"),
        )

    def _waits(self) -> list[pl.Expr]:
        """Seconds until the answer; `slow` is by how much it is slower than usual (logarithm)."""
        median, spread = _by_channel({c: w[0] for c, w in _WAIT.items()}), pl.lit(0.0)
        for channel, (_median, its) in _WAIT.items():
            spread = pl.when(pl.col("channel") == channel).then(its).otherwise(spread)
        slow = (
            pl.col("pressure").log() * 1.4
            - pl.col("speed") * 0.22
            + self.draw.normal("wait") * spread
        )
        wait = (median * slow.exp()).round().clip(1, 200_000).cast(pl.Int64)
        return [wait.alias("wait"), slow.alias("slow")]

    def _work(self) -> list[pl.Expr]:
        draw, phone = self.draw, pl.col("channel") == "phone"
        pace = (0.14 * (pl.col("level") - 2) - 0.16 * pl.col("speed")).exp()
        talk = draw.lognormal("talk", median=_by_channel(_TALK), spread=0.5) * pace
        held = phone & draw.happens("held", 0.38)
        hold = (
            pl.when(held)
            .then(draw.lognormal("hold", median=46 * (-0.25 * pl.col("skill")).exp(), spread=0.6))
            .otherwise(0.0)
        )
        routine = pl.when(phone).then(34).otherwise(18) * (-0.2 * pl.col("speed")).exp()
        after = draw.lognormal("after", median=routine, spread=0.5)
        chats = 2.7 + 0.5 * (pl.col("pressure") - 1) + 0.2 * pl.col("speed")
        chats = (chats + draw.normal("chats") * 0.8).round().clip(1, 6).cast(pl.Int64)
        return [
            talk.round().clip(8, 7200).cast(pl.Int64).alias("talk"),
            hold.round().cast(pl.Int64).alias("hold"),
            after.round().clip(2, 3600).cast(pl.Int64).alias("after"),
            pl.when(pl.col("channel") == "chat").then(chats).alias("open_chats"),
        ]

    def _ends(self) -> list[pl.Expr]:
        """Whether it is solved, in how many contacts, and whether it comes back."""
        draw, hard = self.draw, pl.col("level") - 2
        solvable = 2.75 + 0.5 * pl.col("skill") - 0.42 * hard
        once = 0.86 + 0.05 * pl.col("skill") - 0.06 * hard
        contacts = 1 + (~draw.happens("once", once)).cast(pl.Int64)
        contacts = contacts + (draw.exponential("more", mean=0.5)).floor().cast(pl.Int64) * (
            contacts > 1
        ).cast(pl.Int64)
        back = 0.034 * (-0.4 * pl.col("skill") + 0.2 * hard).exp()
        return [
            draw.happens("solved", 1 / (1 + (-solvable).exp())).alias("is_solved"),
            contacts.clip(1, 9).alias("contacts"),
            draw.happens("back", back).alias("comes_back"),
            (pl.col("talk") + pl.col("hold") + pl.col("after")).alias("handle"),
        ]

    def _times(self) -> list[pl.Expr]:
        draw = self.draw
        later = pl.when(pl.col("contacts") > 1).then(draw.exponential("later", mean=8 * 3600))
        seconds = pl.col("wait") + pl.col("handle") + later.otherwise(0.0).round().cast(pl.Int64)
        solved = pl.col("opened") + pl.duration(seconds=seconds)
        pause = draw.exponential("pause", mean=26 * 3600).round().cast(pl.Int64) + 1800
        return [
            (pl.col("opened") + pl.duration(seconds="wait")).alias("answered_at"),
            pl.when("is_solved").then(solved).alias("solved_at"),
            pl.when(pl.col("is_solved") & pl.col("comes_back"))
            .then(solved + pl.duration(seconds=pause))
            .alias("back_at"),
            draw.happens("mended", 0.62).alias("is_mended"),
        ]

    def _opinion(self) -> list[pl.Expr]:
        """What the customer thinks, and who says so, when. Slow answers and bad days cost marks."""
        draw = self.draw
        view = (
            4.68
            + 0.28 * pl.col("warmth")
            + 0.2 * pl.col("skill")
            - 0.32 * pl.col("slow")
            - 0.14 * (pl.col("level") - 2)
            - 0.35 * (pl.col("pressure") - 1)
            - pl.when("is_solved").then(0.0).otherwise(0.8)
            - pl.when(pl.col("back_at").is_null()).then(0.0).otherwise(0.8)
            + draw.normal("view") * 0.65
        )
        strong = (view - 4).abs() > 1.2
        rates = draw.happens("rates", pl.when(strong).then(0.42).otherwise(0.33))
        done = pl.coalesce("solved_at", "answered_at")
        delay = draw.exponential("delay", mean=15 * 3600).round().cast(pl.Int64) + 120
        nps = (2.2 * view - 1.7 + draw.normal("nps") * 1.2).round().clip(0, 10).cast(pl.Int64)
        praise = draw.happens("praise", 0.035 * (0.4 * pl.col("warmth")).exp()) & (view > 4.6)
        return [
            view.alias("view"),
            pl.when(rates).then(view.round().clip(1, 5).cast(pl.Int64)).alias("rating"),
            pl.when(rates).then(done + pl.duration(seconds=delay)).alias("rated_at"),
            pl.when(rates & draw.happens("asked", 0.25)).then(nps).alias("nps"),
            draw.happens("complains", pl.when(view < 2.4).then(0.14).otherwise(0.0035)).alias(
                "complaint"
            ),
            praise.alias("praise"),
        ]

    def _checks(self) -> list[pl.Expr]:
        draw = self.draw
        passes = ~draw.happens("slips", 0.016 * (-0.5 * pl.col("care")).exp())
        tone = 80 + 6 * pl.col("warmth") + 2 * pl.col("skill") + draw.normal("tone") * 8
        return [
            pl.when(draw.happens("checked", 0.1)).then(passes).alias("on_script"),
            pl.when(draw.happens("read", 0.5)).then(tone.round(1).clip(5, 100)).alias("tone"),
            draw.uniform("urgent").alias("urgency"),
        ]

    def _money(self) -> list[pl.Expr]:
        draw, sales = self.draw, pl.col("sales")
        asks = pl.col("channel").is_in(_SOLD_ON) & draw.happens("asks", 0.32)
        wants = 0.12 + 0.35 * sales + 0.3 * (pl.col("pressure") - 1) - 0.15 * pl.col("slow")
        buys = asks & draw.happens("buys", 1 / (1 + (-wants).exp()))
        amount = draw.lognormal("amount", median=168 * (0.08 * sales).exp(), spread=0.6)
        extra = draw.lognormal("extra", median=59.0, spread=0.5)
        tries = pl.col("topic").is_in(_SAVED_IN) & draw.happens("tries", 0.7)
        stays = -0.75 + 0.3 * sales + 0.25 * pl.col("skill") - 0.1 * (pl.col("level") - 2)
        saves = tries & draw.happens("stays", 1 / (1 + (-stays).exp()))
        kept = draw.lognormal("kept", median=220.0, spread=0.6)
        more = buys & draw.happens("adds", 0.12 * (0.3 * sales).exp())
        return [
            asks.alias("asks"),
            buys.alias("buys"),
            pl.when(buys).then(1 + draw.happens("two", 0.08).cast(pl.Int64)).alias("orders"),
            pl.when(buys).then(amount.round(2)).alias("amount"),
            pl.when(more).then(extra.round(2)).alias("added"),
            tries.alias("tries"),
            saves.alias("saves"),
            pl.when(saves).then(kept.round(2)).alias("kept"),
        ]


def _by_line(share: pl.Expr, weights: Mapping[str, Mapping[str, float]]) -> pl.Expr:
    found = pl.lit(None, dtype=pl.String)
    for line, its in weights.items():
        found = pl.when(pl.col("line") == line).then(by_share(share, its)).otherwise(found)
    return found


def _by_channel(values: dict[str, float]) -> pl.Expr:
    return pl.col("channel").replace_strict(values, return_dtype=pl.Float64)


def end_of(day: pl.Expr) -> pl.Expr:
    """Midnight at the end of a day."""
    return day.cast(pl.Datetime("us")) + pl.lit(timedelta(days=1))
