"""Template filters for figures; the wording itself is in `scoring.figures.display`."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from scoring.figures import display
from scoring.figures.kpis import plain
from scoring.models import Kpi

register = template.Library()


@register.filter
def figure(value: Decimal | None, unit: str) -> str:
    """A value with its unit: {{ value|figure:kpi.unit }}."""
    return display.shown(value, unit)


@register.filter
def amount(value: Decimal | None) -> str:
    """A sum or count: {{ numerator|amount }}."""
    return display.amount(value)


@register.filter
def limit(value: Decimal, unit: str) -> str:
    """A target as someone wrote it: {{ goal.target|limit:kpi.unit }}."""
    return display.limit(value, unit)


@register.filter
def absolute(value: Decimal | None) -> Decimal | None:
    """A number without its sign, for where the sign is drawn: −{{ lost|absolute }}."""
    return None if value is None else abs(value)


@register.filter
def verdict(value: Decimal | None, kpi: Kpi) -> display.Verdict | None:
    """The value against the KPI's target: {{ value|verdict:kpi }}."""
    return display.verdict(kpi, value)


@register.filter
def target(kpi: Kpi) -> str:
    """The KPI's target in words: {{ kpi|target }}."""
    return display.target_in_words(kpi)


@register.filter
def iso_day(label: str) -> date:
    """The day that a figure's period names: {{ figure.period|iso_day|day }}."""
    return date.fromisoformat(label)


@register.simple_tag
def address(base: dict[str, Any], **changes: Any) -> str:
    """A query string: the page's state with some parts changed; empty parts are left out."""
    state = {key: value for key, value in (base | changes).items() if value not in (None, "")}
    return "?" + urlencode(state)


@register.filter(expects_localtime=True)
def fact_value(value: Any) -> Any:
    """A field of a fact as people read it: yes and no in words, numbers without noise."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return plain(value)
    return value
