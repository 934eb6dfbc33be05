"""The part of a screen that changes, drawn once for all televisions that ask within half a minute."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone, translation

from dashboards.models import Wallboard
from dashboards.wallboard.scenes import scenes_of
from incentives.org.models import Company
from incentives.org.notation import money_in
from scoring.models import NightRun

#: Seconds for which a drawn picture is handed out again.
FRESH = 30
ASSETS = (
    "css/tokens.css",
    "css/boards.css",
    "css/play.css",
    "css/wallboard.css",
    "js/wallboard.js",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The HTML of all scenes, and a tag that is another one when they are."""

    html: str
    etag: str


def picture(screen: Wallboard, *, company: Company, on: date) -> Picture:
    """What the screen shows on a day, in its own language and the company's time zone."""
    state = (screen.pk, on, page_tag(screen), screen.scenes, screen.seconds, screen.team_id)
    key = "wallboard:" + _digest(repr(state))
    html: str | None = cache.get(key)
    if html is None:
        html = _draw(screen, company, on)
        cache.set(key, html, FRESH)
    return Picture(html, f'"{_digest(html)}"')


def page_tag(screen: Wallboard) -> str:
    """Another one when the page around the picture has changed: a screen then loads itself anew."""
    own = (screen.title, screen.locale, screen.theme)
    return _digest(repr((own, [static(name) for name in ASSETS])))


def note_asked(screen: Wallboard, *, at: datetime) -> None:
    """Remember that a television asked; forgotten after a week without."""
    cache.set(f"wallboard:asked:{screen.pk}", at, 7 * 24 * 3600)


def last_asked(screens: list[Wallboard]) -> dict[int, datetime]:
    """When a television last asked for each screen, by id."""
    keys = {f"wallboard:asked:{screen.pk}": screen.pk for screen in screens}
    return {keys[key]: at for key, at in cache.get_many(keys).items()}


def _draw(screen: Wallboard, company: Company, on: date) -> str:
    with (
        translation.override(screen.locale),
        timezone.override(ZoneInfo(company.time_zone)),
        money_in(lambda: company.currency),
    ):
        done = NightRun.objects.filter(status=NightRun.Status.DONE).order_by("-pk")
        context = {
            "screen": screen,
            "scenes": scenes_of(screen, on=on),
            "page_tag": page_tag(screen),
            "as_of": done.values_list("finished_at", flat=True).first(),
        }
        return render_to_string("dashboards/wallboard_scenes.html", context)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
