"""Who takes part on a day: one rule for everything that is for people, as querysets ask it and as SQL.

People are at work from the day they were hired to their last one, both included: since always where
nobody knows the first, and on no day when they were deactivated without a last one. They take part
on the days at work on which they are in a team, in what is for that team or for everyone. Badges
and boards of everyone ask only who is at work: where nobody has told of teams they would be
nobody's else. Points of rules ask neither: they are whose the facts are.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from incentives.org.dated import overlaps

#: Of a membership the first and the last day (or none) on which the person takes part by it.
FIRST_DAY = Greatest("starts_on", "person__hired_on")
LAST_DAY = Least("ends_on", "person__left_on")

#: SQL of what memberships leave for taking part: dated rows of person_id and team_id.
PARTICIPATION = """(
    SELECT m.person_id, m.team_id, greatest(m.starts_on, p.hired_on) AS starts_on,
        least(m.ends_on, p.left_on) AS ends_on
    FROM org_membership m JOIN org_person p ON p.id = m.person_id
    WHERE (p.is_active OR p.left_on IS NOT NULL)
        AND (m.starts_on <= p.left_on) IS NOT FALSE AND (p.hired_on <= m.ends_on) IS NOT FALSE
)"""


def at_work(first: Any, last: Any, prefix: str = "") -> Q:
    """The person behind `prefix` (e.g. "person__") is at work on some day from `first` to `last`."""
    not_gone = {f"{prefix}left_on__gte": first}
    unknown = {f"{prefix}left_on__isnull": True, f"{prefix}is_active": True}
    hired = {f"{prefix}hired_on__lte": last}
    return (Q(**not_gone) | Q(**unknown)) & (Q(**{f"{prefix}hired_on": None}) | Q(**hired))


def at_work_sql(row: str, day: str) -> str:
    """As `at_work`, of the person that SQL calls `row`."""
    return (
        f"(({row}.left_on >= {day} OR {row}.left_on IS NULL AND {row}.is_active)"
        f" AND ({row}.hired_on IS NULL OR {row}.hired_on <= {day}))"
    )


def taking_part(first: Any, last: Any) -> Q:
    """By the membership the person takes part on some day from `first` to `last`."""
    # Of three spans each two have a day in common exactly when all three have one.
    left = Q(person__left_on=None) | Q(person__left_on__gte=F("starts_on"))
    hired = Q(ends_on=None) | Q(person__hired_on=None) | Q(person__hired_on__lte=F("ends_on"))
    return overlaps(first, last) & at_work(first, last, "person__") & left & hired
