"""What capabilities declare of the points ledger: kinds of entries, and kinds of decisions to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from incentives.capabilities import declared

if TYPE_CHECKING:
    from incentives.org.models import Person
    from scoring.models import PointDecision, PointEntry


@dataclass(frozen=True, slots=True)
class LedgerKind:
    """One kind of entry that no rule gave; its name is stored.

    `behind` is SQL that holds where something stands behind an entry `e`: an entry of a kind that
    nobody declares is forged. `why` says in the reader's language why an entry was made, where its
    label does not. `giver` is the person who gave it, where somebody praised somebody; `called`
    says what a line of points is called then. With `is_public` the wall may show it.
    """

    name: str
    label: Any
    behind: str
    why: Callable[[PointEntry], str] | None = None
    giver: Callable[[PointEntry], Person | None] | None = None
    called: Callable[[PointEntry], str] | None = None
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class DecisionKind:
    """What a kind of decision leads to; each gets the decision, the first two also the day.

    `carry_out` after a second person's yes, `call_off` after their no or a change of mind,
    `settle` pays again what waited for a budget, `address` is the page of what is paid for.
    `taken_back_with` says how its points are taken back, where that is not done by themselves.
    """

    name: str
    label: Any
    carry_out: Callable[[PointDecision, date], None]
    call_off: Callable[[PointDecision, date], None]
    settle: Callable[[PointDecision], object]
    address: Callable[[PointDecision], str]
    taken_back_with: Any = ""


@cache
def _by_name(_declared: tuple[Any, ...]) -> dict[str, Any]:
    return {each.name: each for each in _declared}


def ledger_kind(name: str) -> LedgerKind | None:
    """The declared kind of an entry; None for a rule's, and for one whose capability is gone."""
    found: LedgerKind | None = _by_name(declared(LedgerKind)).get(name)
    return found


def decision_kind(name: str) -> DecisionKind | None:
    """The declared kind of a decision that leads to more than its points; None for any other."""
    found: DecisionKind | None = _by_name(declared(DecisionKind)).get(name)
    return found
