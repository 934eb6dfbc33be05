"""An agent's home: the cards that capabilities declare, slot by slot, each kept for its person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.template.loader import render_to_string
from django.utils.translation import get_language

from incentives.capabilities import HomeCard, Slot, Visit, declared
from incentives.org.models import Person
from incentives.stamps import Shelf, for_everyone
from scoring.models import NightRun


@dataclass(frozen=True, slots=True)
class AgentHome:
    """The cards on the page, by slot; empty while nothing has arrived for this person yet."""

    fresh: datetime | None
    is_empty: bool = True
    slots: dict[str, list[str]] = field(default_factory=dict)


def agent_home(person: Person, *, today: date) -> AgentHome:
    """The home of an agent as of a day, in the reader's language; no query while all of it is kept."""
    cards = sorted(declared(HomeCard), key=lambda card: card.place)
    names = ["last-night", *(card.name for card in cards)]
    shelf = Shelf(person.pk, names, edition=f"{get_language()}:{today}")
    visit = Visit(person, today)
    drawn = [(card, *shelf.get(card.name, partial(_draw, card, visit))) for card in cards]
    fresh = shelf.get("last-night", partial(for_everyone, "last-night", last_night))
    shelf.store()
    slots: dict[str, list[str]] = {slot.value: [] for slot in Slot}
    for card, html, _says in drawn:
        if html:
            slots[card.slot.value].append(html)
    return AgentHome(fresh, not any(card.stays and says for card, _html, says in drawn), slots)


def _draw(card: HomeCard, visit: Visit) -> tuple[str, bool]:
    """The card's part of the page, and whether it has anything to show."""
    shown = visit.once(card.read)
    if shown is None and not card.stays:
        return "", False
    context = {"card": shown, "person": visit.person}
    return render_to_string(card.template, context), shown is not None


def last_night() -> datetime | None:
    """When the last night that came to its end ended; None before the first."""
    done = NightRun.objects.filter(status=NightRun.Status.DONE).order_by("-pk")
    return done.values_list("finished_at", flat=True).first()
