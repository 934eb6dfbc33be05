"""Cards on the home page that a person has read and put away, and can bring back."""

from __future__ import annotations

from django.db.models import F, Func, Value
from django.db.models.fields import CharField

from incentives.org.models import Person


def put_away(person: Person, card: str) -> None:
    """Remember that a person does not want to see a card any more; twice is as good as once."""
    others = Person.objects.filter(pk=person.pk).exclude(cards_put_away__contains=[card])
    others.update(cards_put_away=_changed("array_append", card))
    person.refresh_from_db(fields=["cards_put_away"])


def bring_back(person: Person, card: str) -> None:
    """Show a card again."""
    Person.objects.filter(pk=person.pk).update(cards_put_away=_changed("array_remove", card))
    person.refresh_from_db(fields=["cards_put_away"])


def _changed(function: str, card: str) -> Func:
    # In the database, so that two windows never undo each other.
    return Func(F("cards_put_away"), Value(card, CharField()), function=function)
