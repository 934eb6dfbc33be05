"""The periods of boards: their days, which of them are kept, how they are named and turned over."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.figures.windows import ONE_DAY, Period, first_day, last_day
from scoring.models import BoardPeriod, Season

#: How many periods keep their standings, the current one included; older ones are let go, and a
#: correction that late no longer moves them. The ledger and the scores keep everything.
KEPT = {BoardPeriod.DAY: 7, BoardPeriod.WEEK: 8, BoardPeriod.MONTH: 6, BoardPeriod.SEASON: 4}
#: The one period "all time" begins before any fact.
ALWAYS = date(1900, 1, 1)
FOREVER = date(9999, 12, 31)
_CUT = {
    BoardPeriod.DAY: Period.DAY,
    BoardPeriod.WEEK: Period.WEEK,
    BoardPeriod.MONTH: Period.MONTH,
}


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """One period of a board, from `first` to `last`, both included."""

    first: date
    last: date

    def reference(self, as_of: date) -> date:
        """The last day counted: `as_of`, or the period's end when that is past."""
        return max(self.first, min(as_of, self.last))


class BoardCalendar:
    """The stretches of every kind of period; seasons are read once, when they are asked for."""

    def __init__(self) -> None:
        self._seasons: list[Stretch] | None = None

    @property
    def seasons(self) -> list[Stretch]:
        """All seasons, oldest first."""
        if self._seasons is None:
            rows = Season.objects.order_by("starts_on").values_list("starts_on", "ends_on")
            self._seasons = [Stretch(*row) for row in rows]
        return self._seasons

    def around(self, period: str, day: date) -> Stretch | None:
        """The stretch that `day` lies in; None on a day without a season."""
        if period == BoardPeriod.ALL:
            return Stretch(ALWAYS, FOREVER)
        if period == BoardPeriod.SEASON:
            return next((each for each in self.seasons if each.first <= day <= each.last), None)
        cut = _CUT[BoardPeriod(period)]
        return Stretch(first_day(cut, day), last_day(cut, day))

    def kept(self, period: str, as_of: date) -> list[Stretch]:
        """The stretches with standings as of a day, oldest first; the last one is the current."""
        if period == BoardPeriod.ALL:
            return [Stretch(ALWAYS, FOREVER)]
        if period == BoardPeriod.SEASON:
            return [each for each in self.seasons if each.first <= as_of][
                -KEPT[BoardPeriod.SEASON] :
            ]
        found = []
        day = as_of
        for _turn in range(KEPT[BoardPeriod(period)]):
            stretch = self.around(period, day)
            if stretch is None:
                break
            found.append(stretch)
            day = stretch.first - ONE_DAY
        return found[::-1]

    def touched(
        self, period: str, days: Iterable[date], as_of: date, *, before: int = 0
    ) -> list[Stretch]:
        """The kept stretches that rest on one of the days, oldest first.

        It lies in them, or in the `before` days before them.
        """
        known = sorted(set(days))
        found = []
        for stretch in self.kept(period, as_of):
            at = bisect_left(known, stretch.first - timedelta(days=before))
            if at < len(known) and known[at] <= stretch.last:
                found.append(stretch)
        return found
