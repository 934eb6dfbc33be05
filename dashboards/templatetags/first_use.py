"""The two cards of the first days, for the top of any home page: `{% first_use %}`."""

from __future__ import annotations

from typing import Any

from django import template

from dashboards.first_use import first_steps
from dashboards.first_use.welcome import welcome_to_show
from incentives.org.models import Person

register = template.Library()


@register.inclusion_tag("dashboards/welcome_cards.html", takes_context=True)
def first_use(context: dict[str, Any]) -> dict[str, Any]:
    """The welcome of the reader's role and the first steps; nothing once both are put away.

    The first steps cost one query while they are shown, the welcome none.
    """
    request = context.get("request")
    person = getattr(request, "user", None)
    if request is None or not isinstance(person, Person):
        return {}
    shown: dict[str, Any] = {"request": request, "csrf_token": context.get("csrf_token")}
    shown["welcome"] = welcome_to_show(person)
    if first_steps.CARD not in person.cards_put_away and first_steps.may_read(person):
        found = first_steps.progress(on=person.company_today)
        shown |= {"progress": None if found.is_complete else found, "card": first_steps.CARD}
    return shown
