"""The decision behind something that pays points, for pages of what it is about."""

from __future__ import annotations

from typing import Any

from django import template

from incentives.org.models import Person, Role
from scoring.models import PointDecision
from scoring.points.decisions import decision_of, visible_to

register = template.Library()


@register.inclusion_tag("scoring/decision_link.html", takes_context=True)
def decision_link(context: dict[str, Any], kind: str, subject: int) -> dict[str, Any]:
    """A line about its points with a link, for those who lead: {% decision_link "quest" quest.pk %}."""
    reader: Person = context["user"]
    found: PointDecision | None = None
    if reader.has_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        found = decision_of(kind, subject)
        seen = found is not None and visible_to(reader).filter(pk=found.pk).exists()
        found = found if seen else None
    return {"decision": found}
