"""Template tags of the look; docs/look.md shows each in use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboards import navigation as shell
from dashboards.drawing import initials, points, tone
from incentives.org import notation
from incentives.org.models import Person

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of static/svg/icons.svg, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        extra,
        static("svg/icons.svg"),
        name,
    )


@register.simple_tag
def link_to(name: str) -> str:
    """The address of a named page, empty when that page does not exist."""
    return shell.address(name)


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """The person's choice: light, dark or auto."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return chosen if chosen in ("light", "dark") else "auto"


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> shell.Navigation:
    """The shell's links for this request; nothing for signed-out visitors."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, Person):
        return shell.NOTHING
    return shell.navigation(user, path=request.path)


@register.simple_tag
def face(name: str, extra: str = "") -> SafeString:
    """The round initials of a person; the name itself stands beside it or in a hidden text."""
    return format_html(
        '<span class="face tone-{} {}" aria-hidden="true">{}</span>',
        tone(name),
        extra,
        initials(name),
    )


@register.inclusion_tag("components/sparkline.html")
def sparkline(
    values: Sequence[Decimal | None], label: str = "", target: Decimal | None = None
) -> dict[str, Any]:
    """A small line of values, oldest first; gaps where there is none; dashes at the target."""
    return {"drawing": points(values, target=target), "label": label}


@register.inclusion_tag("components/bar.html")
def bar(part: float, whole: float = 100, kind: str = "", label: str = "") -> dict[str, Any]:
    """A filled bar; `kind` is good, info or empty; `label` is read out instead of the picture."""
    share = 0.0 if not whole else max(0.0, min(100.0, float(part) / float(whole) * 100))
    return {"share": f"{share:.2f}", "kind": kind, "label": label}


@register.filter
def day(value: date, length: str = "short") -> str:
    """A date as people say it: {{ value|day }} is “21 Nov 2026”.

    With :"long" it has the weekday; with :"of_year" it is “Sat, 21 Nov”, for where the year is said.
    """
    skeletons = {"long": "yMMMMEEEEd", "of_year": "MMMEd"}
    return notation.said(value, skeletons[length]) if length in skeletons else notation.day(value)


@register.filter
def moment(value: datetime) -> str:
    """A time as people say it: “today, 02:14”."""
    return notation.moment(value, today=timezone.localdate())


@register.filter
def until(first: date, last: date) -> str:
    """A stretch of days: {{ first|until:last }} is “16–22 Nov 2026”."""
    return notation.days(first, last)


@register.filter
def money(value: Decimal) -> str:
    """An amount in the company's currency: {{ budget|money }}."""
    return notation.money(value)


@register.filter
def lasting(seconds: Decimal | int) -> str:
    """A length of time in words: {{ run.seconds|lasting }} is “4 min 05 s”."""
    return notation.duration(seconds)


@register.filter
def as_json(value: Any) -> str:
    """Data for a script in an attribute: data-chart="{{ spec|as_json }}"; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


@register.filter
def field_kind(bound: Any) -> str:
    """How a form field is drawn: check, choices, select, file or text."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "textarea")
    if kind == "checkbox" and not hasattr(widget, "choices"):
        return "check"
    if kind in ("radio", "checkbox"):
        return "choices"
    return "select" if kind == "select" else "text"


@register.simple_tag
def draw_field(bound: Any) -> SafeString:
    """The widget of a bound field in our look; Django connects its help and its errors."""
    classes = {"check": "form-check-input", "choices": "form-check-input", "select": "form-select"}
    own = classes.get(field_kind(bound), "form-control")
    given = bound.field.widget.attrs.get("class", "")
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attrs = {"class": f"{own} {given}".strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    drawn: SafeString = bound.as_widget(attrs=attrs)
    return drawn
