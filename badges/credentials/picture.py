"""A badge as a picture of its own: the medal with all its colours, and the credential inside.

An SVG image that carries a token is "baked" (Open Badges 3.0, section 5.3): wherever the picture
goes, the proof goes with it.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape

from django.contrib.staticfiles import finders

from badges.awards.models.badges import Badge

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
# Fixed colours: a picture outside of the house has no tokens to take them from.
_METALS = {
    "gold": ("#e6a62c", "#ffe08c", "#7a4a00"),
    "silver": ("#aab4c4", "#e9edf4", "#465064"),
    "bronze": ("#cd8a55", "#f4cfae", "#6e3a14"),
}
_RIBBONS = {
    "customer": "#d9482b",
    "efficiency": "#265bb0",
    "quality": "#0c6b4f",
    "commercial": "#855000",
}
_PLUM, _INK = "#5b3fa8", "#23263a"
_PIPS = {
    "bronze": ((36, 59),),
    "silver": ((33, 59), (39, 59)),
    "gold": ((30, 58), (36, 59), (42, 58)),
}


def medal_svg(badge: Badge, tier: str, *, token: str = "") -> str:
    """The medal of a tier as a whole SVG document; with a token, baked."""
    metal, light, deep = _METALS[tier]
    colours = {
        "metal": metal,
        "metal-light": light,
        "metal-deep": deep,
        "ribbon": _RIBBONS.get(badge.group, _PLUM),
        "ribbon-deep": _INK,
    }
    pips = "".join(f'<circle cx="{x}" cy="{y}" r="1.7" fill="{deep}"/>' for x, y in _PIPS[tier])
    name = escape(f"{badge.name} ({tier})")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}"'
        f' viewBox="0 0 72 84" width="432" height="504" role="img"><title>{name}</title>'
        f"{_baked(token)}{_drawn('ribbon', colours)}{_drawn('medallion', colours)}{pips}"
        f'<g color="{deep}" transform="translate(24.5 24.5) scale({23 / 24:.4f})">'
        f"{_drawn(badge.glyph, colours)}</g></svg>"
    )


def _baked(token: str) -> str:
    return f'<openbadges:credential verify="{token}"/>' if token else ""


def _drawn(symbol: str, colours: dict[str, str]) -> str:
    """What a symbol of svg/medals.svg draws, with the colours put in."""
    attributes, drawing = _symbols().get(symbol) or _symbols()["star"]
    coloured = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found.group(1)], drawing)
    return f"<g{attributes}>{coloured}</g>"


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """Each symbol's fill (where it has one) and what is drawn."""
    path = finders.find("svg/medals.svg")
    if not isinstance(path, str):
        raise FileNotFoundError("svg/medals.svg is missing from the static files.")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found: dict[str, tuple[str, str]] = {}
    for name, rest, drawing in re.findall(
        r'<symbol id="([\w-]+)"([^>]*)>(.*?)</symbol>', text, re.DOTALL
    ):
        kept = re.sub(r'\s(viewBox|id)="[^"]*"', "", rest)
        found[name] = (kept, drawing.strip())
    return found
