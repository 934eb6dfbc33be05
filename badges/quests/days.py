"""Criteria over a quest's own days: whatever window they were written with, its days are meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from badges.quests.models.pool import Length
from scoring.criteria import Criteria, CriteriaError, Criterion, parse_criteria
from scoring.criteria.schema import Path
from scoring.criteria.windows import CriterionWindow, read_window
from scoring.figures.windows import FixedWindow, Span


class RunningWindow(FixedWindow):
    """From the first day of a quest to the day from which it is seen, at most to its last."""

    def span(self, as_of: date) -> Span:
        """The days that count as seen on `as_of`; before the first day, that day alone."""
        return Span(self.start, min(self.end, max(self.start, as_of)))


def running(criteria: Criteria, *, start: date, end: date) -> Criteria:
    """The criteria counted from a quest's first day to whatever day they are asked for."""
    window = RunningWindow(start=start, end=end)
    return _with(criteria, lambda leaf: leaf.model_copy(update={"window": window}))


def over_days(criteria: Criteria, *, start: date, end: date) -> Criteria:
    """The criteria counted over a stretch of days, to be judged or said."""
    window = FixedWindow(start=start, end=end)
    return _with(criteria, lambda leaf: leaf.model_copy(update={"window": window}))


def fitted(criteria: Criteria, *, length: str, days: int = 1) -> Criteria:
    """The criteria as they are stored: with the window that says a quest's length best."""
    window = usual_window(length, days)
    return _with(criteria, lambda leaf: leaf.model_copy(update={"window": window}))


def usual_window(length: str, days: int = 1) -> CriterionWindow:
    """On the day, in the week, in the last N days: as sentences and dry runs take a length."""
    if length == Length.OWN:
        return read_window({"rolling_days": days})
    return read_window("week" if length == Length.WEEK else "day")


def checked(criteria: Criteria, *, length: str, days: int = 1, by: str = "agent") -> Criteria:
    """Criteria that a quest can be judged by, as they are stored.

    Beyond what all criteria have to be: no scores, nothing in a row, and no contradiction once all
    of them count the same days. Raises CriteriaError.
    """
    problems: dict[Path, list[str]] = {}
    for path, leaf in criteria.leaves():
        problem = _misfit(leaf)
        if problem:
            problems[path] = [problem]
    if problems:
        raise CriteriaError(problems)
    return parse_criteria(fitted(criteria, length=length, days=days).as_data(), by=by)


def compares_people(criteria: Criteria) -> bool:
    """Whether someone's result depends on what others do, so that it is known only at the end."""
    return any(leaf.percentile is not None for _path, leaf in criteria.leaves())


def _misfit(leaf: Criterion) -> str:
    if leaf.score is not None:
        return _("A quest counts its own days, and scores have days of their own: choose a KPI.")
    if leaf.streak > 1:
        return _("A quest counts its own days: leave out the times in a row.")
    return ""


def _with(criteria: Criteria, change: Callable[[Criterion], Criterion]) -> Criteria:
    word = "all" if criteria.all is not None else "any"
    nodes = tuple(
        change(node) if isinstance(node, Criterion) else _with(node, change)
        for node in criteria.nodes
    )
    return criteria.model_copy(update={word: nodes})
