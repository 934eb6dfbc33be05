"""What other apps add to the demo company once its people and facts are there.

An app has a module `demo`, which is found by itself and registers what it makes:

    @register(_("badges, quests and battles"))
    def make_play(today: date) -> str:
        …
        return _("3 battles")

It is called with the company's day in an empty or half-filled installation, so it creates what is
missing and leaves what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.module_loading import autodiscover_modules

Maker = Callable[[date], str]
_MAKERS: list[tuple[Any, Maker]] = []


def register(label: Any) -> Callable[[Maker], Maker]:
    """Have something made for the demo; `label` is the line's name, the result what it says."""

    def add(make: Maker) -> Maker:
        _MAKERS.append((label, make))
        return make

    return add


def makers() -> list[tuple[Any, Maker]]:
    """What the installed apps make, lower apps first."""
    autodiscover_modules("demo")
    return list(_MAKERS)
