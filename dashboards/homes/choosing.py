"""Which home a person has: by role, the widest first; people with several choose by tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from incentives.org.models import Person, Role

#: Each home with the roles that it is for, in the order in which the first one is chosen.
HOMES: dict[str, tuple[Role, ...]] = {
    "manager": (Role.MANAGER, Role.ADMINISTRATOR),
    "executive": (Role.EXECUTIVE,),
    "hr": (Role.HR,),
    "supervisor": (Role.SUPERVISOR,),
    "agent": (Role.AGENT,),
}
_LABELS = {
    "manager": gettext_lazy("Steering"),
    "executive": gettext_lazy("The company"),
    "hr": gettext_lazy("People"),
    "supervisor": gettext_lazy("My team"),
    "agent": gettext_lazy("My own day"),
}
TEMPLATES = {name: f"dashboards/{name}_home.html" for name in HOMES}


def homes_of(person: Person) -> list[str]:
    """The homes that someone may open; an agent's for those without any role."""
    return [name for name, roles in HOMES.items() if person.has_role(*roles)] or ["agent"]


def home_tabs(own: Sequence[str], chosen: str) -> list[dict[str, Any]]:
    """The tabs over the page; none for those with a single home."""
    if len(own) < 2:
        return []
    return [
        {"label": _LABELS[name], "url": f"?as={name}", "current": name == chosen} for name in own
    ]
