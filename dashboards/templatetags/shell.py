"""Template tags of the shell: the bell, and what there is to celebrate."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from incentives.org import notices
from incentives.org.models import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def notice_bell(context: dict[str, Any]) -> notices.Bell | None:
    """How many notices the person has not read; None for visitors."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    return notices.bell(user) if isinstance(user, Person) else None


@register.simple_tag(takes_context=True)
def win(context: dict[str, Any]) -> str:
    """What is to be celebrated, as a sentence; asked only when the bell says so."""
    notice = notices.win_of(context["request"].user)
    return notices.kind_of(notice).text(notice.data) if notice else ""
