"""What a demo is made from: how many people, which days, which seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

ZONE = "Asia/Shanghai"
FEWEST_AGENTS, FEWEST_DAYS = 8, 10
# Double 11: the five days around 11 November, and how much busier than usual they are.
_PEAK = {8: 1.25, 9: 1.3, 10: 1.45, 11: 1.8, 12: 1.5}
# How long after a ticket's day its first export is made; ratings that come later are corrections.
RECENT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a demo; the same plan always makes the same files."""

    agents: int
    days: int
    seed: int
    last_day: date

    @property
    def first_day(self) -> date:
        """The first day with tickets."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def recent_from(self) -> date:
        """The first day whose tickets were exported before all of their ratings had come."""
        return max(self.first_day, self.last_day - timedelta(days=RECENT_DAYS - 1))

    def every_day(self) -> list[date]:
        """The days of the demo, in order."""
        return [self.first_day + timedelta(days=n) for n in range(self.days)]

    def peak(self) -> dict[date, float]:
        """How much busier than usual the days of the promotion are.

        Double 11 if the days hold all of it, else a promotion that ends three days before the end.
        """
        for year in (self.last_day.year, self.first_day.year):
            days = {date(year, 11, number): factor for number, factor in _PEAK.items()}
            if self.first_day <= min(days) and max(days) <= self.last_day:
                return days
        start = self.last_day - timedelta(days=len(_PEAK) + 2)
        return {start + timedelta(days=n): factor for n, factor in enumerate(_PEAK.values())}

    def random(self, *names: object) -> Random:
        """A generator that depends only on the seed and the names."""
        return Random(":".join(map(str, (self.seed, *names))))  # noqa: S311
