"""The canonical fields: what a mapping can fill, of which type, for each kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.models.sources import FactKind


class Type(StrEnum):
    """How a field's text is understood."""

    TEXT = "text"
    TIME = "time"  # a moment, stored in UTC
    DAY = "day"  # a company-local date, or the name of a time field
    DURATION = "duration"  # seconds, exact to the microsecond
    FLAG = "flag"  # yes, no, not known
    INTEGER = "integer"
    NUMBER = "number"  # exact decimal
    RATING = "rating"  # any scale, stored on 1–5
    SCORE = "score"  # any scale, stored on 0–100
    VERSION = "version"  # a moment or a counter


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field.

    `low` and `high` are the limits outside of which a value is impossible. `stored` is false
    for fields that only help to find or derive others (an agent's name, a talk time).
    """

    name: str
    type: Type
    low: float | None = None
    high: float | None = None
    stored: bool = True


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


def _texts(*names: str) -> list[Field]:
    return [Field(name, Type.TEXT) for name in names]


def _flags(*names: str) -> list[Field]:
    return [Field(name, Type.FLAG) for name in names]


# Microseconds in about 31 years: more is no duration of a ticket, a call or a shift.
LONGEST = 1e15


def _durations(*names: str, stored: bool = True) -> list[Field]:
    return [Field(name, Type.DURATION, low=0, high=LONGEST, stored=stored) for name in names]


def _counts(*names: str) -> list[Field]:
    return [Field(name, Type.INTEGER, low=0, high=2_000_000_000) for name in names]


def _amounts(*names: str) -> list[Field]:
    return [Field(name, Type.NUMBER, low=-1e12, high=1e12) for name in names]


_COMMON = [
    Field("external_id", Type.TEXT),
    Field("version", Type.VERSION),
    Field("deleted", Type.FLAG),
    Field("agent", Type.TEXT, stored=False),
    Field("agent_name", Type.TEXT, stored=False),
    Field("team", Type.TEXT, stored=False),
    Field("supervisor", Type.TEXT, stored=False),
    Field("channel", Type.TEXT, stored=False),
    Field("day", Type.DAY),
]

TICKET_FIELDS = _fields(
    *_COMMON,
    *_texts("topic", "priority", "status"),
    *[
        Field(name, Type.TIME)
        for name in ("opened_at", "first_response_at", "resolved_at", "closed_at")
    ],
    *_flags("answered", "handled", "resolved", "first_contact", "satisfied"),
    *_counts("contacts", "reopens"),
    Field("csat", Type.RATING),
    Field("nps", Type.INTEGER, low=0, high=10),
    *_flags("complaint", "praise"),
    *_durations("first_response_seconds"),
    *_flags("first_response_within"),
    *_durations("first_response_target_seconds", stored=False),
    *_durations("answer_seconds"),
    *_flags("answered_within"),
    *_durations("resolution_seconds"),
    *_durations("talk_seconds", stored=False),
    *_durations("handle_seconds", "hold_seconds", "acw_seconds"),
    Field("concurrent", Type.NUMBER, low=0, high=1000),
    Field("difficulty", Type.INTEGER, low=1, high=5),
    Field("qa_score", Type.SCORE),
    *_flags("compliant"),
    Field("empathy", Type.SCORE),
    *_flags("enquiry", "converted"),
    *_counts("orders"),
    *_amounts("order_value"),
    *_flags("save_attempt", "saved"),
    *_amounts("saved_value", "upsell_value"),
)

ACTIVITY_FIELDS = _fields(
    *_COMMON,
    Field("kind", Type.TEXT),
    Field("occurred_at", Type.TIME),
    Field("quantity", Type.NUMBER, low=0, high=1e6),
    Field("score", Type.NUMBER, low=0, high=100),
    *_flags("accepted"),
    *_texts("title", "ticket"),
)

QUEUE_FIELDS = _fields(
    *_COMMON,
    *_texts("queue"),
    Field("starts_at", Type.TIME),
    *_counts("offered", "answered", "abandoned", "answered_within_sl", "handled"),
    *_durations("answer_seconds", "handle_seconds", "hold_seconds", "acw_seconds"),
    *_counts("handle_count", "acw_count"),
    *_durations(
        "busy_seconds",
        "available_seconds",
        "break_seconds",
        "scheduled_seconds",
        "adherent_seconds",
    ),
    Field("concurrent_sum", Type.NUMBER, low=0, high=999_999),
    *_counts("concurrent_count"),
)

PEOPLE_FIELDS = _fields(
    *_texts("key", "name", "login", "email", "team", "team_name", "site", "supervisor"),
    *_texts("role", "job", "level", "locale", "time_zone"),
    Field("hired_on", Type.DAY),
    Field("left_on", Type.DAY),
    Field("starts_on", Type.DAY),
    Field("ends_on", Type.DAY),
    Field("employment_share", Type.NUMBER, low=0, high=1),
)

FIELDS: dict[str, dict[str, Field]] = {
    FactKind.TICKETS: TICKET_FIELDS,
    FactKind.ACTIVITIES: ACTIVITY_FIELDS,
    FactKind.QUEUES: QUEUE_FIELDS,
    FactKind.AGENTS: PEOPLE_FIELDS,
}

# Which time tells a fact's day when the mapping names none, in order of preference.
DAY_SOURCES: dict[str, tuple[str, ...]] = {
    FactKind.TICKETS: ("closed_at", "opened_at", "resolved_at"),
    FactKind.ACTIVITIES: ("occurred_at",),
    FactKind.QUEUES: ("starts_at",),
    FactKind.AGENTS: (),
}
