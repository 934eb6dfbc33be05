"""The demo helpdesk's own words: tickets as its export writes them, at a moment of time."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from .chance import Chance
from .plan import Plan

_MENDED_AFTER = pl.duration(hours=5)
_WRITTEN = "%d.%m.%Y %H:%M:%S"
_STARTS_AT = 20  # of the first rows, every thirteenth has one of the mistakes
_EVERY = 13
_RARE = 1 / 4_000
# The mistakes of real exports, each of which costs a field, a row (number) or lets it wait (agent).
MISTAKES = ("reply", "handle", "hold", "rating", "amount", "number", "agent")


def as_known(tickets: pl.DataFrame, at: pl.Expr) -> pl.DataFrame:
    """The tickets as the helpdesk knew them at a local time: without what came later."""
    mended = pl.when("is_mended").then(pl.col("back_at") + _MENDED_AFTER)
    known = tickets.with_columns(mended.alias("mended_at")).with_columns(
        pl.when(pl.col(name) <= at).then(pl.col(name)).alias(name)
        for name in ("answered_at", "solved_at", "back_at", "mended_at", "rated_at")
    )
    is_back = pl.col("back_at").is_not_null() & pl.col("mended_at").is_null()
    is_rated = pl.col("rated_at").is_not_null()
    events = ("opened", "answered_at", "solved_at", "back_at", "mended_at", "rated_at")
    return known.with_columns(
        pl.max_horizontal(events).alias("changed_at"),
        pl.when(is_back)
        .then(pl.lit("came back"))
        .when(pl.col("solved_at").is_not_null())
        .then(pl.lit("done"))
        .when(pl.col("urgency") < 0.5)
        .then(pl.lit("with customer"))
        .otherwise(pl.lit("in work"))
        .alias("state"),
        pl.when(~is_back).then(pl.coalesce("mended_at", "solved_at")).alias("solved_at"),
        pl.col("back_at").is_not_null().cast(pl.Int64).alias("returns"),
        (pl.col("contacts") + pl.col("back_at").is_not_null().cast(pl.Int64)).alias("contacts"),
        pl.when(is_rated).then("rating").alias("rating"),
        pl.when(is_rated).then("nps").alias("nps"),
    )


def corrected(plan: Plan, first: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """The rows of `last` that say more than the same rows of `first`, and some removed as spam."""
    changed = last["changed_at"] > first["changed_at"]
    spam = last.select(Chance(plan.seed).happens("spam", 1 / 300) | (pl.int_range(pl.len()) == 0))
    removed = spam.to_series()
    end = datetime.combine(plan.last_day + timedelta(days=1), datetime.min.time())
    return (
        last.with_columns(
            pl.when(removed).then(pl.lit("removed")).otherwise("state").alias("state"),
            pl.when(removed).then(pl.lit(end)).otherwise("changed_at").alias("changed_at"),
        )
        .filter(changed | removed)
        .sort("changed_at", "serial")
    )


def mistakes(plan: Plan, frame: pl.DataFrame, *, first: bool) -> pl.Series:
    """Which mistake each row of an export has, mostly none; the first rows have one of each."""
    draw = Chance(plan.seed).uniform("mistake")
    found = pl.lit(None, dtype=pl.String)
    for place, name in enumerate(MISTAKES):
        here = (draw >= place * _RARE) & (draw < (place + 1) * _RARE)
        if first:
            here = here | (pl.int_range(pl.len()) == _STARTS_AT + place * _EVERY)
        found = pl.when(here).then(pl.lit(name)).otherwise(found)
    return frame.select(found.alias("mistake")).to_series()


def in_words(known: pl.DataFrame) -> pl.DataFrame:
    """The columns of the export, as text; a column `mistake` spoils what it names."""
    wrong = pl.col("mistake")
    on_phone = pl.col("channel") == "phone"
    reply = pl.when(~on_phone).then(_moment("answered_at"))
    early = _moment(pl.col("opened") - pl.duration(minutes=10))
    stranger = pl.format("X90{}", pl.col("serial") % 3 + 10)
    columns = {
        "Ticket No": pl.when(wrong.ne_missing("number")).then(_ticket_number()),
        "Last Change": _moment("changed_at"),
        "State": pl.col("state"),
        "Agent ID": pl.when(wrong.eq_missing("agent")).then(stranger).otherwise("agent"),
        "Agent": pl.when(wrong.eq_missing("agent")).then(pl.lit("临时工")).otherwise("agent_name"),
        "Contact Via": pl.col("channel").replace_strict(_VIA),
        "Subject Area": pl.col("topic"),
        "Urgency": _urgency(),
        "Level": pl.format("L{}", "level"),
        "Created": _moment("opened"),
        "First Reply": pl.when(wrong.eq_missing("reply")).then(early).otherwise(reply),
        "Solved": _moment("solved_at"),
        "Picked Up": pl.when(on_phone).then(pl.lit("yes")),
        "Ring Time": pl.when(on_phone).then(_clock("wait")),
        "Handle Time": _spoilt(wrong, "handle", "--:--:--", _clock("handle")),
        "Hold Time": _spoilt(wrong, "hold", "-00:00:15", pl.when(on_phone).then(_clock("hold"))),
        "Wrap-up": _clock("after"),
        "Open Chats": pl.col("open_chats"),
        "Touches": pl.col("contacts"),
        "Returns": pl.col("returns"),
        "Rating": _spoilt(wrong, "rating", "9", _text("rating").fill_null("not rated")),
        "Would Recommend": pl.col("nps"),
        "Complaint": _mark("complaint"),
        "Compliment": _mark("praise"),
        "Script": pl.when("on_script")
        .then(pl.lit("pass"))
        .when(~pl.col("on_script"))
        .then(pl.lit("fail"))
        .otherwise(pl.lit("not checked")),
        "Tone": pl.col("tone"),
        "Sales Enquiry": _mark("asks"),
        "Sold": _mark("buys"),
        "Orders": pl.col("orders"),
        "Order Amount": _spoilt(wrong, "amount", "see invoice", _money("amount")),
        "Rescue": pl.when("saves")
        .then(pl.lit("kept"))
        .when("tries")
        .then(pl.lit("tried"))
        .otherwise(pl.lit("none")),
        "Rescued Amount": _money("kept"),
        "Add-on Sales": _money("added"),
    }
    return known.select(expression.alias(name) for name, expression in columns.items())


_VIA = {
    "phone": "Hotline",
    "chat": "Shop chat",
    "social": "WeChat",
    "email": "Mail",
    "web": "Web form",
}


def _ticket_number() -> pl.Expr:
    place = pl.col("serial") % 1024
    day = pl.col("opened").dt.to_string("%y%m%d")
    return pl.format("{}-{}-{}", day, pl.col("number") + 1001, place)


def _urgency() -> pl.Expr:
    urgent = pl.col("urgency") + pl.col("level") * 0.08
    return (
        pl.when(urgent > 1.2)
        .then(pl.lit("A"))
        .when(urgent > 0.95)
        .then(pl.lit("B"))
        .otherwise(pl.lit("C"))
    )


def _spoilt(wrong: pl.Expr, mistake: str, text: str, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(wrong.eq_missing(mistake)).then(pl.lit(text)).otherwise(otherwise)


def _moment(column: str | pl.Expr) -> pl.Expr:
    moment = pl.col(column) if isinstance(column, str) else column
    return moment.dt.to_string(_WRITTEN)


def _clock(column: str) -> pl.Expr:
    seconds = pl.col(column)
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return pl.format("{}:{}:{}", *(part.cast(pl.String).str.zfill(2) for part in parts))


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _mark(column: str) -> pl.Expr:
    return pl.when(column).then(pl.lit("x"))


def _money(column: str) -> pl.Expr:
    cents = (pl.col(column) * 100).round().cast(pl.Int64)
    yuan, rest = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    thousands = (yuan % 1000).cast(pl.String)
    grouped = pl.when(yuan >= 1000).then(
        pl.format("¥{},{}.{}", yuan // 1000, thousands.str.zfill(3), rest)
    )
    return grouped.otherwise(pl.format("¥{}.{}", thousands, rest))
