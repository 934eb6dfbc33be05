"""Point rules as sentences, in any of our languages as criteria are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from incentives.org.models import Team
from incentives.org.notation import joined, languages, said
from incentives.org.scope import Scope
from incentives.org.wording import Language, readers_language
from scoring.criteria import load_criteria, sentence
from scoring.figures.expressions import parse
from scoring.figures.kpis import plain
from scoring.figures.measures import MEASURES
from scoring.figures.metrics import find_metrics
from scoring.models import Channel, CustomMeasure, PointEntry, PointRule
from scoring.models.kinds import ledger_kind
from scoring.points.reach import threshold_period
from scoring.points.specs import POINTS_OF

_WORDS: dict[str, Any] = {
    "unit": gettext_lazy("%(points)s for each of “%(what)s”"),
    "units": gettext_lazy("%(points)s for every %(units)d of “%(what)s”"),
    "day": gettext_lazy("%(points)s for a day, once it is over"),
    "week": gettext_lazy("%(points)s for a week, once it is over"),
    "month": gettext_lazy("%(points)s for a month, once it is over"),
    "quarter": gettext_lazy("%(points)s for a quarter, once it is over"),
    "if": gettext_lazy("%(counted)s, if: %(criteria)s"),
    "both": gettext_lazy("%(counted)s, at most %(day)d a day and %(week)d a week"),
    "cap_day": gettext_lazy("%(counted)s, at most %(day)d a day"),
    "cap_week": gettext_lazy("%(counted)s, at most %(week)d a week"),
    "end": gettext_lazy("%(counted)s."),
    "guard": gettext_lazy("Only while: %(criteria)s"),
    "from": gettext_lazy("From %(start)s on."),
    "between": gettext_lazy("From %(start)s to %(end)s."),
    "until": gettext_lazy("Until %(end)s."),
}
# Shipped rules hold for all history.
_ALWAYS = date(2000, 1, 1)
_LONG = "yMMMMd"


def rule_sentence(rule: PointRule, language: Language) -> str:
    """What the rule gives, to whom, and within which limits; at most six queries.

    Raises CriteriaError, UnknownMetric or ExpressionError for a rule that is not in order.
    """
    with override(language):
        return RuleWriter([rule]).rule(rule)


class RuleWriter:
    """Writes sentences about rules in the active language; names are read once for all of them."""

    def __init__(self, rules: Sequence[PointRule]) -> None:
        self.metrics = find_metrics(_metrics_of(rules))

    def word(self, key: str, **parts: object) -> str:
        return str(_WORDS[key] % parts)

    def rule(self, rule: PointRule) -> str:
        """The rule as a sentence; raises as `rule_sentence` does."""
        counted = rule.per == PointRule.Per.UNIT
        return joined(
            self.counted(rule) if counted else self.reached(rule),
            self.word("guard", criteria=self.criteria(rule.guard)) if rule.guard else "",
            self.scope(rule.scope),
            self.days(rule),
        )

    def points(self, amount: int) -> str:
        text = ngettext("%(points)s point", "%(points)s points", amount)
        return text % {"points": amount}

    def counted(self, rule: PointRule) -> str:
        parts = {"points": self.points(rule.amount), "what": self.expression(rule.expression)}
        key = "unit" if rule.units == 1 else "units"
        return self.word("end", counted=self.caps(rule, self.word(key, units=rule.units, **parts)))

    def reached(self, rule: PointRule) -> str:
        criteria = load_criteria(rule.threshold or {})
        period, _streak = threshold_period(criteria.as_data())
        counted = self.caps(rule, self.word(period.value, points=self.points(rule.amount)))
        return self.word("if", counted=counted, criteria=self.criteria(rule.threshold or {}))

    def caps(self, rule: PointRule, counted: str) -> str:
        day, week = rule.cap_day, rule.cap_week
        if not day and not week:
            return counted
        key = "both" if day and week else "cap_day" if day else "cap_week"
        return self.word(key, counted=counted, day=day, week=week)

    def criteria(self, criteria: Mapping[str, Any]) -> str:
        return sentence(load_criteria(criteria), readers_language(), metrics=self.metrics)

    def scope(self, scope: Scope) -> str:
        teams = self.teams if scope.teams else {}
        return scope.sentence(teams=teams, channels=self.channels if scope.channels else {})

    @cached_property
    def channels(self) -> dict[int, str]:
        return {each.pk: each.name for each in Channel.objects.all()}

    @cached_property
    def teams(self) -> dict[int, str]:
        return dict(Team.objects.values_list("pk", "name"))

    def days(self, rule: PointRule) -> str:
        start, end = said(rule.starts_on, _LONG), said(rule.ends_on, _LONG) if rule.ends_on else ""
        if rule.starts_on <= _ALWAYS:
            return self.word("until", end=end) if end else ""
        return self.word("between" if end else "from", start=start, end=end)

    def expression(self, text: str) -> str:
        names = self.countable
        words = ""
        for key, factor in parse(text, known=names).terms:
            sign = "−" if factor < 0 else "+"
            times = "" if abs(factor) == 1 else f"{plain(Decimal(abs(factor)))} × "
            lead = f" {sign} " if words else ("−" if factor < 0 else "")
            words += f"{lead}{times}{names[key]}"
        return words

    @cached_property
    def countable(self) -> dict[str, str]:
        names = {key: measure.name for key, measure in MEASURES.items()}
        own = {each.key: each.name for each in CustomMeasure.objects.all()}
        rules = PointRule.objects.order_by("version")
        text = _("points of “%(name)s”")
        points = {POINTS_OF + rule.key: text % {"name": rule.name} for rule in rules}
        return names | own | points


def _metrics_of(rules: Iterable[PointRule]) -> set[str]:
    return {
        leaf.key
        for rule in rules
        for criteria in (rule.guard, rule.threshold)
        if criteria
        for _path, leaf in load_criteria(criteria).leaves()
    }


def sentences(rules: Sequence[PointRule]) -> dict[int, str]:
    """Each rule's sentence by its id, in the reader's language; at most five queries for all of them.

    A rule that cannot be read any more (its measure has gone) is told by its name.
    """
    try:
        writer = RuleWriter(rules)
    except ValueError:
        return {rule.pk: rule.name for rule in rules}
    found = {}
    for rule in rules:
        try:
            found[rule.pk] = writer.rule(rule)
        except ValueError:
            found[rule.pk] = rule.name
    return found


def both_sentences(rule: PointRule) -> dict[str, str]:
    """The sentence by language code, the reader's first; empty where the rule is not in order yet."""
    try:
        return {language: rule_sentence(rule, language) for language in languages()}
    except ValueError:
        return {}


def cause(entry: PointEntry) -> str:
    """Why an entry was made; of a correction, what changed."""
    if entry.kind != "rule":
        kind = ledger_kind(entry.kind)
        return kind.why(entry) if kind and kind.why else entry.get_kind_display()
    told = entry.cause
    texts = {
        "facts": _("From the facts of the day"),
        "rule": _("The rule changed"),
        "guard": _("The guard's condition turned"),
        "deletion": _("A ticket was deleted"),
        "import": _("A later import changed the facts"),
        "moved": _("A ticket moved to another day or person"),
        "appeal": _("A granted appeal"),
    }
    text = texts.get(str(told.get("why")), _("Corrected"))
    if told.get("import"):
        text += _(" (import #%(id)s)") % {"id": told["import"]}
    if told.get("appeal"):
        text += f" #{told['appeal']}"
    if "now" in told:
        change = _("%(text)s: %(before)s before, %(now)s now")
        return change % {"text": text, "before": told.get("before", 0), "now": told["now"]}
    return text
