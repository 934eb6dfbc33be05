"""What a screen can show, one entry for each kind of picture.

Another kind is one more entry in KINDS and a template beside the others: `build`
answers None while there is nothing to show, and the picture is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from badges.battles.wall import battle_scene
from dashboards.models import Wallboard
from dashboards.wallboard.lines import board_scene, boards_for
from dashboards.wallboard.results import week_scene
from dashboards.wallboard.wins import latest_wins

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from incentives.org.models import Team

BOARD = "board:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A picture that every screen can have."""

    label: _StrPromise
    template: str
    build: Callable[[Team | None, date], object | None]


KINDS = {
    "results": Kind(
        _("The week's figures against their targets"),
        "dashboards/wallboard_results.html",
        lambda team, on: week_scene(team, on=on),
    ),
    "wins": Kind(
        _("Latest awards and levels, without reasons"),
        "dashboards/wallboard_wins.html",
        lambda team, on: latest_wins(team, on=on),
    ),
    "battle": Kind(
        _("The boss battle, while one is fought and when it is over"),
        "dashboards/wallboard_battle.html",
        lambda team, on: battle_scene(team, on=on),
    ),
}
BOARD_TEMPLATE = "dashboards/wallboard_board.html"


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: its template and what is drawn with it."""

    key: str
    template: str
    shows: object


def choices(team: Team | None) -> list[tuple[str, str]]:
    """What a screen about this team (None: the company) can show: keys and labels."""
    boards = [(f"{BOARD}{board.pk}", board.name) for board in boards_for(team)]
    return [*boards, *((key, str(kind.label)) for key, kind in KINDS.items())]


def scenes_of(screen: Wallboard, *, on: date) -> list[Scene]:
    """The pictures that have something to show now, in the screen's order.

    Boards are chosen anew from those that the screen may show: one that was archived, or has come
    to list other people since, is gone from the wall too.
    """
    boards = {f"{BOARD}{board.pk}": board for board in boards_for(screen.team)}
    drawn = []
    for key in screen.scenes:
        shows: object | None
        if key in boards:
            template, shows = BOARD_TEMPLATE, board_scene(screen, boards[key], on=on)
        elif key in KINDS:
            template, shows = KINDS[key].template, KINDS[key].build(screen.team, on)
        else:
            continue
        if shows is not None:
            drawn.append(Scene(key, template, shows))
    return drawn
