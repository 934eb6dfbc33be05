"""What a screen can show: the kinds of pictures that capabilities declare (`WallScene`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dashboards.models import Wallboard
from incentives.capabilities import WallScene, declared

if TYPE_CHECKING:
    from incentives.org.models import Team


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: its template and what is drawn with it."""

    key: str
    template: str
    shows: object


def _kinds() -> list[WallScene]:
    return sorted(declared(WallScene), key=lambda kind: kind.place)


def choices(team: Team | None) -> list[tuple[str, str]]:
    """What a screen about this team (None: the company) can show: keys and labels."""
    return [(key, str(label)) for kind in _kinds() for key, label in kind.offers(team)]


def scenes_of(screen: Wallboard, *, on: date) -> list[Scene]:
    """The pictures that have something to show now, in the screen's order."""
    kinds = {kind.name: kind for kind in _kinds()}
    drawn = []
    for key in screen.scenes:
        kind = kinds.get(key.partition(":")[0])
        shows = kind.draw(key, screen.team, on) if kind else None
        if kind and shows is not None:
            drawn.append(Scene(key, kind.template, shows))
    return drawn
