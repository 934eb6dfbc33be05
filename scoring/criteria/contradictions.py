"""Criteria that can never be met together: two ranges of one metric that do not overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.utils.translation import gettext as _

from scoring.criteria.schema import Criteria, Criterion, Path
from scoring.criteria.windows import CriterionWindow
from scoring.figures.metrics import Metric

Figure: TypeAlias = tuple[str, CriterionWindow, bool]
_INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class _Range:
    """The values that meet a criterion; `open` ends are not included."""

    low: Decimal = -_INFINITE
    high: Decimal = _INFINITE
    low_open: bool = False
    high_open: bool = False

    def overlaps(self, other: _Range) -> bool:
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        if low[0] != high[0]:
            return low[0] < high[0]
        return not low[1] and high[1]


def contradictions(criteria: Criteria, metrics: Mapping[Path, Metric]) -> dict[Path, str]:
    """The first contradiction of each criterion with an earlier one that must hold as well.

    Only criteria that always hold together are compared: those of nested “all” groups.
    """
    found: dict[Path, str] = {}
    for group in _groups(criteria, ()):
        seen: list[tuple[Path, Figure, _Range]] = []
        for path, leaf in group:
            if leaf.op is None or path not in metrics:
                continue
            own = _range(leaf)
            # Streaks skip days off, so they may speak of another day than a single window.
            figure = (leaf.key, leaf.window, leaf.streak > 1)
            for earlier, other, accepted in seen:
                if other == figure and not own.overlaps(accepted):
                    found.setdefault(path, _contradiction(leaf, earlier))
            seen.append((path, figure, own))
    return found


def _groups(criteria: Criteria, path: Path) -> Iterator[list[tuple[Path, Criterion]]]:
    """Lists of criteria that have to hold at the same time."""
    if criteria.all is not None:
        yield list(_together(criteria, path))
    for at, node in enumerate(criteria.nodes):
        if isinstance(node, Criteria):
            yield from _groups(node, (*path, at))


def _together(criteria: Criteria, path: Path) -> Iterator[tuple[Path, Criterion]]:
    for at, node in enumerate(criteria.nodes):
        if isinstance(node, Criterion):
            yield (*path, at), node
        elif node.all is not None:
            yield from _together(node, (*path, at))


def _range(leaf: Criterion) -> _Range:
    value = leaf.value or Decimal(0)
    match leaf.op:
        case ">=" | ">":
            return _Range(low=value, low_open=leaf.op == ">")
        case "<=" | "<":
            return _Range(high=value, high_open=leaf.op == "<")
        case "=":
            return _Range(low=value, high=value)
        case _:
            return _Range()


def _contradiction(leaf: Criterion, earlier: Path) -> str:
    number = ".".join(str(part + 1) for part in earlier)
    return _("It contradicts criterion %(number)s, so nobody can meet both: change one.") % {
        "number": number
    }
