"""The page of components is complete: every component, every drawing, for administrators only."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from dashboards.drawing import heat
from dashboards.samples_play import GLYPHS, PICTURES, medal
from tests.org.cast import Cast

ROOT = Path(settings.BASE_DIR)
# Parts of others, or parts of every page's frame, which the page itself shows.
NOT_ALONE = {
    "criteria_builder": "stands in the editors of rules; tests/scoring/test_criteria_builder.py",
    "criteria_button": "part of criteria_builder",
    "criteria_row": "part of criteria_builder",
    "nav_list": "the top bar of agents, where administrators have the side",
    "win": "appears once, when something was won; tests/dashboards/test_frame_in_browser.py",
    "rank_list": "needs standings; its lines are shown",
}


def symbols(sheet: str) -> set[str]:
    """The names of the drawings of a sheet."""
    text = (ROOT / "static" / "svg" / f"{sheet}.svg").read_text(encoding="utf-8")
    return set(re.findall(r'<symbol id="([\w-]+)"', text))


def test_every_component_is_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    shown = {template.name for template in client.get("/styleguide/").templates}
    written = {file.stem for file in (ROOT / "templates" / "components").glob("*.html")}
    missing = {name for name in written if f"components/{name}.html" not in shown}
    assert sorted(missing - set(NOT_ALONE)) == []
    assert sorted(set(NOT_ALONE) - missing) == [], "these are shown: take them off the list"


@pytest.mark.parametrize("who", ["agent", "supervisor", "manager", "hr", "executive"])
def test_it_is_for_administrators(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get("/styleguide/").status_code == 403


def test_every_drawing_that_is_named_is_drawn() -> None:
    assert set(GLYPHS) <= symbols("medals")
    assert set(PICTURES) <= symbols("pictures")
    named = {
        (sheet, name)
        for file in (ROOT / "templates").rglob("*.html")
        for sheet, name in re.findall(
            r"svg/(medals|pictures)\.svg['\"] %\}#([\w-]+)[\"']", file.read_text(encoding="utf-8")
        )
    }
    assert {(sheet, name) for sheet, name in named if name not in symbols(sheet)} == set()
    icons = symbols("icons")
    used = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"\{% icon \"([\w-]+)\"", file.read_text(encoding="utf-8"))
    }
    assert used - icons == set()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"metal": "silver"}, "silver"),
        ({"state": "locked", "progress": 60}, "not yet yours"),
        ({"state": "secret"}, "still a secret"),
        ({"state": "expired"}, "expired"),
    ],
)
def test_a_medals_state_is_said_in_words_too(changed: dict[str, Any], words: str) -> None:
    html = render_to_string("components/medal.html", {"medal": medal("Bolt", **changed)})
    assert words in html
    assert ('stroke-dasharray="60 100"' in html) == ("progress" in changed)


def test_a_strip_puts_weeks_side_by_side_and_leaves_free_days_open() -> None:
    wednesday = date(2026, 11, 18)
    figures = [Decimal(4), None, Decimal(0), Decimal(1), Decimal(2), Decimal(3)]
    strip = heat([(wednesday + timedelta(days=n), f, "") for n, f in enumerate(figures)])
    assert strip is not None
    assert [(cell.x, cell.y) for cell in strip.cells[:2]] == [(0, 24), (0, 36)]
    assert (strip.cells[-1].x, strip.cells[-1].y) == (12, 0), "the next Monday"
    tones = [cell.tone for cell in strip.cells]
    assert tones == ["heat-4", "free", "heat-0", "heat-1", "heat-2", "heat-3"]
    assert heat([]) is None
