"""Synthetic ticket exports for benchmarks: any number of rows, the same bytes for the same seed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

CHANNELS = ["Phone", "Chat", "Email"]
TOPICS = ["Delivery", "Refund", "Account", "Product", "Technical"]
MAPPING = """
kind = "tickets"
timezone = "UTC"
missing = ["not rated"]
unknown_agents = "hold"
[fields]
external_id = "Ticket"
version = "Updated"
agent = "Agent"
channel = "Channel"
topic = "Topic"
priority = "Priority"
status = "Status"
opened_at = "Opened"
first_response_at = "First reply"
closed_at = "Closed"
contacts = "Contacts"
reopens = "Reopened"
csat = { column = "Rating", scale = "1-5" }
talk_seconds = "Talk time"
hold_seconds = "Hold time"
acw_seconds = "Wrap-up"
difficulty = "Difficulty"
converted = "Order"
order_value = "Order value"
"""
# The same columns for the floor's table: what a plain COPY needs to know, and nothing more.
FLOOR_COLUMNS = """
ticket text PRIMARY KEY, updated timestamp, agent text, channel text, topic text, priority text,
status text, opened timestamp, first_reply timestamp, closed timestamp, contacts integer,
reopened integer, rating text, talk interval, hold interval, wrap_up interval, difficulty integer,
"order" boolean, order_value numeric
"""
FLOOR_TOTALS = """
CREATE TABLE floor_agent_day AS
SELECT agent, closed::date AS day, channel, count(*) AS handled,
 count(*) FILTER (WHERE status = 'Solved') AS resolved,
 count(*) FILTER (WHERE contacts <= 1) AS first_contact,
 count(*) FILTER (WHERE reopened > 0) AS reopened,
 count(*) FILTER (WHERE rating IN ('4', '5')) AS satisfied,
 count(*) FILTER (WHERE rating <> 'not rated') AS rated,
 sum(extract(epoch FROM first_reply - opened)) AS first_response,
 sum(extract(epoch FROM talk + hold + wrap_up)) AS handle, count(talk) AS handle_count,
 count(*) FILTER (WHERE difficulty >= 4) AS hard, count("order") AS enquiries,
 sum(order_value) AS order_value
FROM floor_ticket GROUP BY agent, day, channel
"""


def write_people(path: Path, *, agents: int) -> None:
    """A people file: agents in teams of twenty."""
    number = pl.int_range(agents, eager=True)
    pl.DataFrame(
        {
            "key": "agent-" + number.cast(pl.String),
            "name": "Agent " + number.cast(pl.String),
            "team": "team-" + (number // 20).cast(pl.String),
            "starts_on": ["2020-01-01"] * agents,
        }
    ).write_csv(path)


def tickets(
    *, first: int, rows: int, agents: int, start: date, days: int, seed: int = 1
) -> pl.DataFrame:
    """Ticket rows numbered from `first`, opened on `days` days from `start`."""
    frame = pl.DataFrame({"i": pl.int_range(first, first + rows, eager=True)})

    def pick(salt: int, among: int) -> pl.Expr:
        return (pl.col("i").hash(seed * 1000 + salt) % among).cast(pl.Int64)

    begin = datetime(start.year, start.month, start.day)
    opened = pl.lit(begin) + pl.duration(seconds=pick(1, days * 86_400))
    frame = frame.with_columns(opened=opened.cast(pl.Datetime("us")))
    frame = frame.with_columns(
        reply=pl.col("opened") + pl.duration(seconds=pick(2, 300), milliseconds=pick(3, 1000)),
        closed=pl.col("opened") + pl.duration(seconds=300 + pick(4, 80_000)),
    )
    stamp = "%Y-%m-%d %H:%M:%S"
    agent = pick(5, agents)
    return frame.select(
        ("T-" + pl.col("i").cast(pl.String)).alias("Ticket"),
        (pl.col("closed") + timedelta(hours=1)).dt.strftime(stamp).alias("Updated"),
        ("agent-" + agent.cast(pl.String)).alias("Agent"),
        _word(CHANNELS, agent % len(CHANNELS)).alias("Channel"),
        _word(TOPICS, pick(7, len(TOPICS))).alias("Topic"),
        _word(["Low", "Normal", "High"], pick(8, 3)).alias("Priority"),
        _word(["Solved"] * 9 + ["Open"], pick(9, 10)).alias("Status"),
        pl.col("opened").dt.strftime(stamp).alias("Opened"),
        pl.col("reply").dt.strftime(stamp + "%.3f").alias("First reply"),
        pl.col("closed").dt.strftime(stamp).alias("Closed"),
        (1 + pick(10, 4)).alias("Contacts"),
        (pick(11, 20) // 19).alias("Reopened"),
        _word(["not rated"] * 6 + ["3", "4", "5", "5"], pick(12, 10)).alias("Rating"),
        _span(pick(13, 600)).alias("Talk time"),
        _span(pick(14, 60)).alias("Hold time"),
        _span(pick(15, 120)).alias("Wrap-up"),
        (1 + pick(16, 5)).alias("Difficulty"),
        _word(["true", "false", None, None], pick(17, 4)).alias("Order"),
        (pick(18, 100_000) / 100).alias("Order value"),
    )


def _word(words: list[str | None] | list[str], index: pl.Expr) -> pl.Expr:
    return index.replace_strict(list(range(len(words))), words, return_dtype=pl.String)


def _span(seconds: pl.Expr) -> pl.Expr:
    minutes = (seconds // 60).cast(pl.String).str.zfill(2)
    return "00:" + minutes + ":" + (seconds % 60).cast(pl.String).str.zfill(2)
