"""What rests on a KPI or a measure: capabilities declare how they find out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def nothing(_key: str) -> list[str]:
    """Nothing of this kind is used."""
    return []


@dataclass(frozen=True, slots=True)
class Uses:
    """Two questions to a capability: what of it uses a key, in words."""

    of_kpi: Callable[[str], list[str]] = nothing
    of_measure: Callable[[str], list[str]] = nothing
