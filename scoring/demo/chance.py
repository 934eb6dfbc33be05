"""Random columns that depend on the seed and the row alone, not on how rows are cut into chunks.

Each draw scrambles the row's own number (SplitMix64: Steele, Lea, Flood, OOPSLA 2014), so any part
of the data can be made at any time and is the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from hashlib import blake2b

import polars as pl

SERIAL = "serial"
_STEP = 0x9E3779B97F4A7C15
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


class Chance:
    """Draws for frames whose column `counter` numbers the rows (UInt64, no number twice)."""

    def __init__(self, seed: int, counter: str = SERIAL) -> None:
        self.seed = seed
        self.counter = counter

    def uniform(self, name: str) -> pl.Expr:
        """Evenly between 0 (included) and 1 (excluded); draws of other names are independent."""
        digest = blake2b(f"{self.seed}:{name}".encode(), digest_size=8).digest()
        bits = pl.col(self.counter) * _u64(_STEP) + _u64(int.from_bytes(digest, "big"))
        for shift, factor in _MIX:
            bits = (bits ^ (bits // _u64(1 << shift))) * _u64(factor)
        bits = bits ^ (bits // _u64(1 << 31))
        return (bits // _u64(1 << 11)).cast(pl.Float64) * 2.0**-53

    def normal(self, name: str) -> pl.Expr:
        """Mean 0, standard deviation 1 (Box and Muller)."""
        radius = (-2 * (1 - self.uniform(f"{name}/r")).log()).sqrt()
        return radius * (2 * math.pi * self.uniform(f"{name}/a")).cos()

    def lognormal(self, name: str, *, median: float | pl.Expr, spread: float) -> pl.Expr:
        """Right-skewed, like most durations and amounts; `spread` is that of the logarithm."""
        return (self.normal(name) * spread).exp() * median

    def exponential(self, name: str, *, mean: float) -> pl.Expr:
        """Waiting times."""
        return -(1 - self.uniform(name)).log() * mean

    def happens(self, name: str, probability: float | pl.Expr) -> pl.Expr:
        """True with that probability."""
        return self.uniform(name) < probability


def by_share(share: pl.Expr, weights: Mapping[str, float]) -> pl.Expr:
    """The text in whose part of the whole the share (0–1) lies; parts as wide as the weights."""
    total = sum(weights.values())
    found: pl.Expr = pl.lit(list(weights)[-1])
    reached = total
    for text, weight in reversed(list(weights.items())):
        reached -= weight
        found = pl.when(share < (reached + weight) / total).then(pl.lit(text)).otherwise(found)
    return found


def _u64(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt64)
