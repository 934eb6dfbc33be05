"""The arithmetic of small drawings: sparkline points and the faces of people."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
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
