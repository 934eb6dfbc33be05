"""What a figure over several people may tell of one of them: one rule, for every page and export.

A figure over a group is shown where at least LEAST_GROUP people stand behind it. Whoever knows some
of them singly (oneself, the people one leads) must not come upon another by subtraction: what is
left of the group is nobody or at least LEAST_REST people. A list that does not name everyone leaves
at least LEAST_GROUP unnamed, so that nobody is named by elimination.

`docs/security.md` says where the rule holds; `tests/platform/test_inference.py` tries to break it.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

#: Fewer people than these do not hide each other.
LEAST_GROUP = 3
#: So many have to be left where a reader knows some of the group: oneself is one of the three.
LEAST_REST = LEAST_GROUP - 1
#: Before visitors, who see a figure without being asked who they are.
LEAST_IN_PUBLIC = 5
#: The last fifth of a list is shown to nobody but its leaders.
LAST_PART = 5
#: A team's way to a goal is told to its members in steps of so many per cent.
STEP = 10


def may_tell(people: int, *, known: int = 0) -> bool:
    """Whether a figure over so many people tells of no one, to a reader who knows `known` of them."""
    rest = people - known
    return rest <= 0 or (people >= LEAST_GROUP and rest >= LEAST_REST)


def named(lines: int) -> int:
    """How many lines of a list of people, from the best down, may be shown to others."""
    return max(lines - max(lines // LAST_PART, LEAST_GROUP), 0)


def cells_that_tell_nothing(people: str) -> str:
    """SQL over the column that counts the people behind a row: facts of nobody, or of enough."""
    return f"({people} = 0 OR {people} >= {LEAST_GROUP})"


def in_steps(share: Decimal) -> Decimal:
    """A share of 0 to 1 as those may know it who do not lead the people: rounded down to a step."""
    step = Decimal(STEP) / 100
    return (share / step).to_integral_value(ROUND_DOWN) * step
