"""Explanations as sentences, for pages and the command line, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.explain.changes import Improvement, is_time, missing
from scoring.explain.points import RulePoints
from scoring.explain.scores import ItemStory
from scoring.figures.display import amount, expression_in_words, limit, number, shown
from scoring.figures.expressions import ExpressionError, parse
from scoring.figures.kpis import known_measures, plain
from scoring.models import Kpi, PointRule
from scoring.points.words import sentences

_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", "top": "≤"}


class Wording:
    """Sentences about one explanation; names, and the sentences of its rules, are read once."""

    def __init__(self, rules: Iterable[PointRule] = ()) -> None:
        self.rules: dict[int, str] = {}
        self._read(list(rules))
        self.measures = known_measures()
        self.kpis = {kpi.key: kpi for kpi in Kpi.objects.all()}

    def rule(self, rule: PointRule) -> str:
        """The rule version as a sentence; its name when it cannot be read any more."""
        if rule.pk not in self.rules:
            self._read([rule])
        text = self.rules[rule.pk]
        version = _("Version %(version)d") % {"version": rule.version}
        return f"{text} ({version})"

    def _read(self, rules: Sequence[PointRule]) -> None:
        self.rules |= sentences(rules) if rules else {}

    def formula(self, found: RulePoints) -> str:
        """How the figures make the points: 2 × 50 = 100; empty for what is no multiplication."""
        if found.rule.per != PointRule.Per.UNIT or not found.worth:
            return ""
        words = {
            "counted": amount(found.quantity),
            "points": amount(Decimal(found.rule.amount)),
            "units": amount(Decimal(found.rule.units)),
            "earned": amount(Decimal(found.earned)),
        }
        if found.rule.units == 1:
            return _("%(counted)s × %(points)s = %(earned)s") % words
        text = _("%(counted)s ÷ %(units)s × %(points)s, rounded down = %(earned)s")
        return text % words

    def limits(self, found: RulePoints) -> list[str]:
        """What guard and caps took off, a sentence each."""
        return [
            sentence % {"points": points}
            for sentence, points in (
                (_("%(points)d points are withheld: the guard is not met."), found.withheld),
                (_("%(points)d points lie beyond the daily limit."), found.cut_day),
                (_("%(points)d points lie beyond the weekly limit."), found.cut_week),
            )
            if points
        ]

    def evidence(self, found: RulePoints) -> list[str]:
        """The figures that a guard or threshold rests on, a sentence each."""
        return [self._judged(each) for each in found.evidence]

    def _judged(self, each: Mapping[str, Any]) -> str:
        kpi = self.kpis.get(str(each.get("metric")))
        unit = kpi.unit if kpi else "count"
        words = {
            "kpi": kpi.name if kpi else str(each.get("metric", "")).removeprefix("="),
            "value": shown(_decimal(each.get("value")), unit),
            "op": _SIGNS.get(str(each.get("op")), ""),
            "limit": limit(_decimal(each.get("threshold")) or Decimal(0), unit),
            "start": _day(each.get("start")),
            "end": _day(each.get("end")),
        }
        if each.get("met"):
            text = _("%(kpi)s %(start)s – %(end)s: %(value)s, as asked for (%(op)s %(limit)s)")
        else:
            text = _("%(kpi)s %(start)s – %(end)s: %(value)s; asked for is %(op)s %(limit)s")
        judged, change = text % words, self._would_do(each, kpi)
        told = {"judged": judged, "change": change}
        return _("%(judged)s. %(change)s") % told if change else judged

    def _would_do(self, each: Mapping[str, Any], kpi: Kpi | None) -> str:
        """What would have met an unmet guard or threshold; empty where counting does not answer it."""
        step = missing(each, kpi) if kpi and not each.get("met") else None
        if step is None or kpi is None:
            return ""
        way, count = step
        among = amount(_decimal(each.get("d"))) if kpi.denominator and way == "more" else ""
        words = {"count": count, "top": self.expression(kpi.numerator), "d": among}
        change = _counted(way, among=bool(among)) % words
        return _("%(change)s would have done.") % {"change": change}

    def expression(self, text: str) -> str:
        """A measure expression in the names of its measures."""
        try:
            return expression_in_words(parse(text, known=self.measures), self.measures)
        except ExpressionError:
            return text

    def value(self, item: ItemStory) -> str:
        """How the value came about: 11 of 12 = 91.7 %."""
        kpi = item.kpi
        as_time = is_time(kpi)
        words = {
            "n": shown(item.n, "seconds") if as_time else amount(item.n),
            "d": shown(item.d, "seconds") if as_time else amount(item.d),
            "top": self.expression(kpi.numerator),
            "bottom": self.expression(kpi.denominator) if kpi.denominator else "",
            "value": shown(item.value, kpi.unit),
        }
        if item.value is None:
            return _("No data; the weight is shared among the other items.")
        if not kpi.denominator:
            return _("%(top)s: %(n)s in %(d)s days = %(value)s a day") % words
        return _("%(top)s ÷ %(bottom)s = %(n)s ÷ %(d)s = %(value)s") % words

    def small(self, item: ItemStory) -> str:
        """What a small sample did to an item; empty when the sample is large enough."""
        if not item.entry["small"]:
            return ""
        unit = item.kpi.unit
        words = {
            "d": amount(item.d),
            "least": item.item.least,
            "rest": amount(item.item.least - (item.d or Decimal(0))),
            "value": shown(item.value, unit),
            "team": shown(item.team_value, unit),
            "used": shown(item.used, unit),
        }
        if not item.share:
            return _("Only %(d)s of at least %(least)s: the other items share the weight.") % words
        if item.team_value is None:
            return _("Only %(d)s of at least %(least)s, and no team to compare with.") % words
        text = _(
            "Only %(d)s of at least %(least)s, so the team's %(team)s counts too:"
            " (%(d)s × %(value)s + %(rest)s × %(team)s) ÷ %(least)s = %(used)s"
        )
        return text % words

    def points(self, item: ItemStory) -> str:
        """How the lost points came about: 25 % × (100 − 62.5) = 9.4."""
        if item.item_score is None:
            return ""
        words = {
            "share": number(item.share, 1),
            "score": number(item.item_score, 1),
            "lost": ("−" if item.lost < 0 else "") + number(abs(item.lost), 1),
        }
        return _("%(share)s %% × (100 − %(score)s) = %(lost)s points") % words

    def guard(self, item: ItemStory) -> str:
        """The guard that held an item back; empty when none did."""
        guard = item.entry["guard"]
        if not guard:
            return ""
        kpi = self.kpis.get(str(guard["metric"]))
        unit = kpi.unit if kpi else "count"
        words = {
            "kpi": kpi.name if kpi else guard["metric"],
            "actual": shown(_decimal(guard["actual"]), unit),
            "op": _SIGNS.get(str(guard["op"]), ""),
            "limit": limit(_decimal(guard["value"]) or Decimal(0), unit),
            "most": plain(_decimal(guard["at_most"])),
        }
        text = _("Held at %(most)s: %(kpi)s is %(actual)s; asked for is %(op)s %(limit)s.")
        return text % words

    def step(self, item: ItemStory) -> str:
        """What would have changed the score: “2 more … would have given +1.4 points”."""
        step = item.step
        if step is None:
            return ""
        words = {"change": self._what(step, item), "gain": number(step.gain, 1)}
        return _("%(change)s would have given +%(gain)s points.") % words

    def _what(self, step: Improvement, item: ItemStory) -> str:
        kpi = item.kpi
        words = {
            "count": step.count,
            "top": self.expression(kpi.numerator),
            "bottom": self.expression(kpi.denominator) if kpi.denominator else "",
            "value": shown(step.value, kpi.unit) if step.value is not None else "",
            "d": amount(item.d),
        }
        if step.way in ("longer", "shorter"):
            words["time"] = _("%(n)s min") % {"n": amount((step.value or Decimal(0)) / 60)}
            longer = step.way == "longer"
            return (
                _("%(time)s more of “%(top)s”") if longer else _("%(time)s less of “%(top)s”")
            ) % words
        if step.way == "better":
            return self._better(kpi, step) % words
        return _counted(step.way, among=bool(kpi.denominator)) % words

    def _better(self, kpi: Kpi, step: Improvement) -> str:
        if kpi.direction == Kpi.Direction.LOWER:
            return ngettext(
                "%(count)d more of “%(bottom)s” within %(value)s",
                "%(count)d more of “%(bottom)s” within %(value)s each",
                step.count,
            )
        return ngettext(
            "%(count)d more of “%(bottom)s” with %(value)s",
            "%(count)d more of “%(bottom)s” with %(value)s each",
            step.count,
        )

    def lines(self, found: RulePoints) -> Iterator[str]:
        """Everything about one rule's points, a line each."""
        yield self.rule(found.rule)
        if formula := self.formula(found):
            yield formula
        yield from self.limits(found)
        yield from self.evidence(found)


def _counted(way: str, *, among: bool) -> str:
    if way == "fewer":
        return _("%(count)d fewer of “%(top)s”")
    if among:
        return _("%(count)d more of “%(top)s” among the same %(d)s")
    return _("%(count)d more of “%(top)s”")


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _day(value: Any) -> str:
    return date_format(date.fromisoformat(value), "MONTH_DAY_FORMAT") if value else ""
