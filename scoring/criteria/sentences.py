"""Criteria as a sentence, in English or Chinese.

Both languages stand here side by side, and not in the catalogue of translations: a rule is always
shown in both, whatever the reader's own language, and they have to say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.criteria.schema import Criteria, Criterion
from scoring.criteria.windows import CriterionWindow, SeasonWindow
from scoring.figures.measures import MEASURES
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import CalendarWindow, FixedWindow, Period, RollingWindow

Language = Literal["en", "zh-hans"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# English and Chinese of everything that a sentence is made of.
_WORDS: dict[str, tuple[str, str]] = {
    "sentence": ("{text}.", "{text}。"),
    "all": (", and ", "，并且"),
    "any": (", or ", "，或者"),
    "group": ("({text})", "（{text}）"),
    "value": ("“{name}” is {compared}{when}{least}", "{when}“{name}”{compared}{least}"),
    "least": (", from at least {amount} {volume}", "（{volume}不少于 {amount}）"),
    "least itself": (", and at least {amount}", "（且不少于 {amount}）"),
    ">=": ("at least {value}", "不低于 {value}"),
    "<=": ("at most {value}", "不高于 {value}"),
    ">": ("more than {value}", "高于 {value}"),
    "<": ("less than {value}", "低于 {value}"),
    "=": ("exactly {value}", "等于 {value}"),
    "!=": ("anything but {value}", "不等于 {value}"),
    "top team": ("among the top {top} % of the team", "位列本团队前 {top}%"),
    "top company": ("among the top {top} % of the company", "位列全公司前 {top}%"),
    "day": (" on the day", "当天"),
    "week": (" in the week", "本周"),
    "month": (" in the month", "本月"),
    "quarter": (" in the quarter", "本季度"),
    "season": (" in the season", "本赛季"),
    "all time": (" since the beginning", "自开始以来"),
    "day back": (" {back} days before", " {back} 天前"),
    "week back": (" {back} weeks before", " {back} 周前"),
    "month back": (" {back} months before", " {back} 个月前"),
    "quarter back": (" {back} quarters before", " {back} 个季度前"),
    "day back 1": (" on the day before", "前一天"),
    "week back 1": (" in the week before", "上一周"),
    "month back 1": (" in the month before", "上个月"),
    "quarter back 1": (" in the quarter before", "上一季度"),
    "day streak": (" on each of {streak} days in a row", "连续 {streak} 天"),
    "week streak": (" in each of {streak} weeks in a row", "连续 {streak} 周"),
    "month streak": (" in each of {streak} months in a row", "连续 {streak} 个月"),
    "quarter streak": (" in each of {streak} quarters in a row", "连续 {streak} 个季度"),
    "rolling": (" in the last {days} days", "最近 {days} 天"),
    "rolling 1": (" on the day", "当天"),
    "fixed": (" from {start} to {end}", "{start}至{end}"),
    "one day": (" on {start}", "{start}"),
    "%": ("{number} %", "{number}%"),
    "seconds": ("{number} s", "{number} 秒"),
    "minutes": ("{number} min", "{number} 分钟"),
    "hours": ("{number} h", "{number} 小时"),
    "points": ("{number} points", "{number} 分"),
}


def sentence(
    criteria: Criteria, language: Language, *, metrics: Mapping[str, Metric] | None = None
) -> str:
    """The criteria in words, in the given language ("en" or "zh-hans"), with exact values.

    `metrics` as `scoring.figures.metrics.find_metrics` gives them spare the queries (two at most).
    """
    if metrics is None:
        metrics = find_metrics(leaf.key for _path, leaf in criteria.leaves())
    return _Writer(language, metrics).sentence(criteria)


class _Writer:
    def __init__(self, language: Language, metrics: Mapping[str, Metric]) -> None:
        self.chinese = language.lower().startswith("zh")
        self.metrics = metrics

    def word(self, key: str, **parts: str) -> str:
        return _WORDS[key][self.chinese].format(**parts)

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
            name=metric.name_zh if self.chinese else metric.name_en,
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
        found = [MEASURES.get(key) for key in measures]
        names = [
            key if measure is None else measure.name_zh if self.chinese else measure.name_en.lower()
            for key, measure in zip(measures, found, strict=True)
        ]
        return " + ".join(names)

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
                return self.word(key, start=self.day(start), end=self.day(end))
            case CalendarWindow(period=Period.ALL):
                return self.word("all time")
            case CalendarWindow(period=period, back=0):
                return self.word(period.value)
            case CalendarWindow(period=period, back=back):
                key = f"{period.value} back" + (" 1" if back == 1 else "")
                return self.word(key, back=str(back))

    def day(self, day: date) -> str:
        if self.chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def amount(self, value: Decimal, unit: str) -> str:
        whole_minutes = value >= 120 and value % 60 == 0
        if unit == "seconds" and whole_minutes:
            return self.word("minutes", number=exact(value / 60))
        return self.word(unit, number=exact(value)) if unit in _WORDS else exact(value)


def exact(value: Decimal) -> str:
    """A number as it was written: grouped by thousands, never rounded."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
