"""The arithmetic of small drawings: sparkline points, strips of days, and the faces of people."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WIDTH, HEIGHT, MARGIN = 120.0, 36.0, 3.0
TONES = 5
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Sparkline:
    """An SVG path in a 120 × 36 box; gaps in the values are gaps in the path."""

    path: str
    last: tuple[str, str] | None
    target: str | None


def points(values: Sequence[Decimal | None], *, target: Decimal | None = None) -> Sparkline | None:
    """The drawing of the values, oldest first; None when fewer than two are known."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return None
    scale = [*known, float(target)] if target is not None else known
    low, high = min(scale), max(scale)

    def across(index: int) -> str:
        return f"{MARGIN + index * (WIDTH - 2 * MARGIN) / (len(values) - 1):.1f}"

    def down(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.1f}"

    path, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{across(index)} {down(float(value))}")
        pen = "L"
    last = max(index for index, value in enumerate(values) if value is not None)
    return Sparkline(
        " ".join(path),
        (across(last), down(known[-1])),
        down(float(target)) if target is not None else None,
    )


HEAT_TONES = ("heat-0", "heat-1", "heat-2", "heat-3", "heat-4")
_CELL = 12


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A day of a strip: where it stands, how strong it is, and what is said about it."""

    x: int
    y: int
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class HeatStrip:
    """Weeks as columns from Monday down, in a box of `width` × `height`."""

    cells: list[HeatCell]
    width: int
    height: int
    tones: tuple[str, ...] = HEAT_TONES


def heat(days: Sequence[tuple[date, Decimal | None, str]]) -> HeatStrip | None:
    """A strip of days, oldest first, each with its figure and what is said about it.

    The strength is the figure's share of the largest one, in four steps; a day without a figure is
    only outlined. None without days.
    """
    if not days:
        return None
    monday = days[0][0] - timedelta(days=days[0][0].weekday())
    most = max((figure for _, figure, _ in days if figure), default=Decimal(1))
    cells = [
        HeatCell(
            (day - monday).days // 7 * _CELL,
            day.weekday() * _CELL,
            _heat_tone(figure, most),
            words,
        )
        for day, figure, words in days
    ]
    return HeatStrip(cells, max(cell.x for cell in cells) + _CELL, 7 * _CELL)


def _heat_tone(figure: Decimal | None, most: Decimal) -> str:
    if figure is None:
        return "free"
    if figure <= 0 or most <= 0:
        return HEAT_TONES[0]
    return HEAT_TONES[min(4, 1 + int(figure * 4 / most - Decimal("0.0001")))]


def initials(name: str) -> str:
    """Two letters for a face: first and last initial, or the last two Chinese characters."""
    han = _HAN.findall(name)
    if han:
        return "".join(han[-2:])
    words = name.split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


def tone(name: str) -> int:
    """Which of the soft grounds a person has; the same on every page."""
    return zlib.crc32(name.encode()) % TONES
