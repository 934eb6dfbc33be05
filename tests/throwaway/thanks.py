"""Operations of thanks, and what others ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import get_language

from incentives.capabilities import Difference, StepResult, Visit
from incentives.org.models import Person, Team
from incentives.org.notices import notify
from incentives.org.wording import LANGUAGES
from scoring.models import PointDecision, PointEntry
from scoring.points.decisions import decide, standing_behind, teams_of
from scoring.points.occasions import Occasion, post

BEHIND = standing_behind("thanks", "e.source_key = 'thanks:' || d.id")


def thank(*, agent: Person, by: Person, on: date, reason: str) -> PointEntry:
    """Give five points with a sentence."""
    decision = decide(
        kind="thanks",
        by=by,
        on=on,
        each=5,
        people=[agent.pk],
        said=dict.fromkeys(LANGUAGES, reason),
        teams=teams_of(agent, on=on),
    )
    key = f"thanks:{decision.pk}"
    occasion = Occasion(agent.pk, 5, on, key, reason=reason, decision=decision.pk, actor=by.pk)
    post([occasion], kind="thanks")
    notify(people=[agent], kind="thanked", source_key=key, data={"name": by.display_name})
    return PointEntry.objects.get(source_key=key)


def entries() -> Any:
    """The thanks of the ledger."""
    return PointEntry.objects.filter(kind="thanks")


def tell_how_many(_changes: Any) -> StepResult:
    """The night's step."""
    return StepResult(f"{entries().count()} thanks", {"thanks": entries().count()})


def latest(visit: Visit) -> PointEntry | None:
    """The card of the home."""
    found: PointEntry | None = entries().filter(agent=visit.person).first()
    return found


def of_today(_team: Team | None, on: date) -> int | None:
    """The scene of the wall: how many thanks."""
    return entries().filter(occurred_on=on).count() or None


def why(entry: PointEntry) -> str:
    """Why an entry was made."""
    return "Bedankt" if get_language() == "nl" else "Thanks from a colleague"


def nothing(_decision: PointDecision, _on: date) -> None:
    """Thanks wait for nobody."""


def without_a_reason(_cursor: Any) -> Iterator[Difference]:
    """Thanks that say nothing."""
    for entry in entries().exclude(reason__contains=" "):
        yield Difference(f"thanks #{entry.pk}", entry.reason, "a sentence")
