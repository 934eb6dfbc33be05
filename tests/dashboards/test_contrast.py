"""Every pair of tokens that carries text or a control's edge can be read (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
GROUNDS = ["paper", "sheet", "well"]
SOFT = ["ember", "jade", "honey", "sky", "plum"]
TEXT = (
    [(ink, ground) for ink in ("ink", "ink-soft", "ember", "jade", "honey", "sky", "plum")
     for ground in GROUNDS]
    + [(ink, f"{soft}-soft") for ink in ("ink", "ink-soft", "ember") for soft in SOFT]
    + [(name, f"{name}-soft") for name in SOFT]
    + [("ember-deep", ground) for ground in GROUNDS]
    + [("ink", "heat-low"), ("ink", "heat-high")]
    + [(f"{metal}-deep", f"{metal}-light") for metal in ("gold", "silver", "bronze")]
    + [(ink, ground) for ink in ("on-boss", "on-boss-soft")
       for ground in ("boss-ground", "boss-ground-deep")]
    + [("on-ember", "ember"), ("on-ember", "ember-deep"), ("on-jade", "jade"), ("on-sky", "sky")]
)  # fmt: skip
EDGES = [
    *(("line-strong", ground) for ground in GROUNDS),
    *(("sky", ground) for ground in GROUNDS),  # the focus ring
    *(("ember-bright", ground) for ground in ("paper", "sheet")),
    *((f"{metal}-deep", metal) for metal in ("gold", "silver", "bronze")),  # a medal's pips
    *(("boss-health", ground) for ground in ("boss-ground", "boss-ground-deep")),
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme by name."""
    text = TOKENS.read_text(encoding="utf-8")
    block = text.split(f'[data-bs-theme="{theme}"] {{', 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)])
def test_every_pair_of_tokens_can_be_read(
    theme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    colours = tokens(theme)
    ratios = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


def test_black_on_white_is_twenty_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 6) == 21
