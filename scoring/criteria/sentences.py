"""Criteria as a sentence, in any of our languages: a rule is always shown in both."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import override, pgettext_lazy

from incentives.org.notation import day as day_text
from incentives.org.wording import Language, in_readers_language
from scoring.criteria.schema import Criteria, Criterion
from scoring.criteria.windows import CriterionWindow, SeasonWindow
from scoring.figures.measures import MEASURES
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import CalendarWindow, FixedWindow, Period, RollingWindow

# Everything that a sentence is made of.
_WORDS: dict[str, Any] = {
    "sentence": pgettext_lazy("criterion", "%(text)s."),
    "all": pgettext_lazy("criterion", ", and "),
    "any": pgettext_lazy("criterion", ", or "),
    "group": pgettext_lazy("criterion", "(%(text)s)"),
    "value": pgettext_lazy("criterion", "“%(name)s” is %(compared)s %(when)s%(least)s"),
    "least": pgettext_lazy("criterion", ", from at least %(amount)s %(volume)s"),
    "least itself": pgettext_lazy("criterion", ", and at least %(amount)s"),
    ">=": pgettext_lazy("criterion", "at least %(value)s"),
    "<=": pgettext_lazy("criterion", "at most %(value)s"),
    ">": pgettext_lazy("criterion", "more than %(value)s"),
    "<": pgettext_lazy("criterion", "less than %(value)s"),
    "=": pgettext_lazy("criterion", "exactly %(value)s"),
    "!=": pgettext_lazy("criterion", "anything but %(value)s"),
    "top team": pgettext_lazy("criterion", "among the top %(top)s %% of the team"),
    "top company": pgettext_lazy("criterion", "among the top %(top)s %% of the company"),
    "day": pgettext_lazy("criterion", "on the day"),
    "week": pgettext_lazy("criterion", "in the week"),
    "month": pgettext_lazy("criterion", "in the month"),
    "quarter": pgettext_lazy("criterion", "in the quarter"),
    "season": pgettext_lazy("criterion", "in the season"),
    "all time": pgettext_lazy("criterion", "since the beginning"),
    "day back": pgettext_lazy("criterion", "%(back)s days before"),
    "week back": pgettext_lazy("criterion", "%(back)s weeks before"),
    "month back": pgettext_lazy("criterion", "%(back)s months before"),
    "quarter back": pgettext_lazy("criterion", "%(back)s quarters before"),
    "day back 1": pgettext_lazy("criterion", "on the day before"),
    "week back 1": pgettext_lazy("criterion", "in the week before"),
    "month back 1": pgettext_lazy("criterion", "in the month before"),
    "quarter back 1": pgettext_lazy("criterion", "in the quarter before"),
    "day streak": pgettext_lazy("criterion", "on each of %(streak)s days in a row"),
    "week streak": pgettext_lazy("criterion", "in each of %(streak)s weeks in a row"),
    "month streak": pgettext_lazy("criterion", "in each of %(streak)s months in a row"),
    "quarter streak": pgettext_lazy("criterion", "in each of %(streak)s quarters in a row"),
    "rolling": pgettext_lazy("criterion", "in the last %(days)s days"),
    "rolling 1": pgettext_lazy("criterion", "on the day"),
    "fixed": pgettext_lazy("criterion", "from %(start)s to %(end)s"),
    "one day": pgettext_lazy("criterion", "on %(start)s"),
    "%": pgettext_lazy("criterion", "%(number)s %%"),
    "seconds": pgettext_lazy("criterion", "%(number)s s"),
    "minutes": pgettext_lazy("criterion", "%(number)s min"),
    "hours": pgettext_lazy("criterion", "%(number)s h"),
    "points": pgettext_lazy("criterion", "%(number)s points"),
}


def sentence(
    criteria: Criteria, language: Language, *, metrics: Mapping[str, Metric] | None = None
) -> str:
    """The criteria in words, in the given language ("en" or "zh-hans"), with exact values.

    `metrics` as `scoring.figures.metrics.find_metrics` gives them spare the queries (two at most).
    """
    if metrics is None:
        metrics = find_metrics(leaf.key for _path, leaf in criteria.leaves())
    with override(language):
        return _Writer(metrics).sentence(criteria)


class _Writer:
    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self.metrics = metrics

    def word(self, key: str, **parts: str) -> str:
        return str(_WORDS[key] % parts)

    def sentence(self, criteria: Criteria) -> str:
        return self.word("sentence", text=self.group(criteria))

    def group(self, criteria: Criteria) -> str:
        parts = [
            self.criterion(node)
            if isinstance(node, Criterion)
            else self.word("group", text=self.group(node))
            for node in criteria.nodes
        ]
        return self.word("all" if criteria.all is not None else "any").join(parts)

    def criterion(self, leaf: Criterion) -> str:
        metric = self.metrics[leaf.key]
        return self.word(
            "value",
            name=in_readers_language(metric.name_en, metric.name_zh),
            compared=self.comparison(leaf, metric),
            when=self.when(leaf),
            least=self.least(leaf, metric),
        )

    def comparison(self, leaf: Criterion, metric: Metric) -> str:
        if leaf.percentile is not None:
            top = exact(leaf.percentile.top)
            return self.word(f"top {leaf.percentile.among}", top=top)
        value = self.amount(leaf.value or Decimal(0), metric.unit)
        return self.word(str(leaf.op), value=value)

    def least(self, leaf: Criterion, metric: Metric) -> str:
        if not leaf.least:
            return ""
        if metric.bottom is None:
            return self.word("least itself", amount=self.amount(leaf.least, metric.unit))
        keys = metric.bottom.measures
        unit = MEASURES[keys[0]].unit if keys[0] in MEASURES else "count"
        return self.word("least", amount=self.amount(leaf.least, unit), volume=self.volume(metric))

    def volume(self, metric: Metric) -> str:
        """What is counted for the least volume, by the measures' names."""
        measures = metric.bottom.measures if metric.bottom is not None else ()
        known = ((key, MEASURES.get(key)) for key in measures)
        return " + ".join(
            in_readers_language(each.name_en.lower(), each.name_zh) if each else key
            for key, each in known
        )

    def when(self, leaf: Criterion) -> str:
        if leaf.streak > 1:
            return self.word(f"{leaf.period.value} streak", streak=str(leaf.streak))
        return self.window(leaf.window)

    def window(self, window: CriterionWindow) -> str:
        match window:
            case SeasonWindow():
                return self.word("season")
            case RollingWindow(rolling_days=days):
                return self.word("rolling 1" if days == 1 else "rolling", days=str(days))
            case FixedWindow(start=start, end=end):
                key = "one day" if start == end else "fixed"
                return self.word(key, start=day_text(start), end=day_text(end))
            case CalendarWindow(period=Period.ALL):
                return self.word("all time")
            case CalendarWindow(period=period, back=0):
                return self.word(period.value)
            case CalendarWindow(period=period, back=back):
                key = f"{period.value} back" + (" 1" if back == 1 else "")
                return self.word(key, back=str(back))

    def amount(self, value: Decimal, unit: str) -> str:
        whole_minutes = value >= 120 and value % 60 == 0
        if unit == "seconds" and whole_minutes:
            return self.word("minutes", number=exact(value / 60))
        return self.word(unit, number=exact(value)) if unit in _WORDS else exact(value)


def exact(value: Decimal) -> str:
    """A number as it was written: grouped by thousands, never rounded."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
