"""Template tags of the shell: the bell, and what there is to celebrate."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class WonMedal:
    """A medal as `components/medal.html` draws it, from what a notice keeps."""

    name: str
    metal: str
    glyph: str
    group: str
    state: str = "won"
    progress: None = None


@dataclass(frozen=True, slots=True)
class Win:
    """What is to be celebrated: a sentence, where it leads, and its medal if it has one."""

    text: str
    url: str = ""
    medal: WonMedal | None = None


@register.simple_tag(takes_context=True)
def win(context: dict[str, Any]) -> Win | None:
    """What is to be celebrated; asked only when the bell says so."""
    notice = notices.win_of(context["request"].user)
    if notice is None:
        return None
    data, text = notice.data, notices.kind_of(notice).text(notice.data)
    medal = WonMedal(text, data["tier"], data["glyph"], data["group"]) if "glyph" in data else None
    return Win(text, notice.url, medal)
