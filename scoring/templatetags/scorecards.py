"""Template tags of the scorecard pages."""

from decimal import Decimal

from django import template

from scoring.figures.display import number

register = template.Library()


@register.filter
def points(value: Decimal) -> str:
    """Points of a score, with one decimal."""
    return number(value, 1)


@register.simple_tag
def width_of(part: int, whole: int) -> str:
    """The width of a bar in percent, for an attribute of an SVG."""
    return f"{100 * part / whole:.1f}" if whole else "0"
