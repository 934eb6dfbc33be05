"""Point rules as sentences in English and Chinese, side by side as criteria have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from babel.dates import format_date
from django.utils.translation import gettext as _

from incentives.org.models import Team
from incentives.org.notation import languages
from incentives.org.scope import Scope
from scoring.criteria import Criteria, load_criteria, sentence
from scoring.criteria.sentences import Language
from scoring.figures.expressions import parse
from scoring.figures.kpis import plain
from scoring.figures.measures import MEASURES
from scoring.figures.metrics import find_metrics
from scoring.models import Channel, CustomMeasure, PointEntry, PointRule
from scoring.models.kinds import ledger_kind
from scoring.points.reach import threshold_period
from scoring.points.specs import POINTS_OF

_WORDS: dict[str, tuple[str, str]] = {
    "unit": ("{points} for each of “{what}”", "每个“{what}”得 {points}"),
    "units": ("{points} for every {units} of “{what}”", "每 {units} 个“{what}”得 {points}"),
    "day": ("{points} for a day, once it is over", "每天结束时得 {points}"),
    "week": ("{points} for a week, once it is over", "每周结束时得 {points}"),
    "month": ("{points} for a month, once it is over", "每月结束时得 {points}"),
    "quarter": ("{points} for a quarter, once it is over", "每季度结束时得 {points}"),
    "points": ("{n} points", "{n} 分"),
    "point": ("1 point", "1 分"),
    "if": (", if: {criteria}", "，条件是：{criteria}"),
    "both": (", at most {day} a day and {week} a week", "，每天至多 {day} 分，每周至多 {week} 分"),
    "cap_day": (", at most {day} a day", "，每天至多 {day} 分"),
    "cap_week": (", at most {week} a week", "，每周至多 {week} 分"),
    "guard": (" Only while: {criteria}", "仅当：{criteria}"),
    "channels": (" Channels: {names}.", "渠道：{names}。"),
    "teams": (" Teams: {names}.", "团队：{names}。"),
    "newcomers": (" For people in their first {days} days.", "仅限入职 {days} 天内的新人。"),
    "experienced": (" For people after their first {days} days.", "仅限入职满 {days} 天的同事。"),
    "from": (" From {start} on.", "自{start}起。"),
    "between": (" From {start} to {end}.", "自{start}至{end}。"),
    "until": (" Until {end}.", "至{end}。"),
    "and": (", ", "、"),
    "end": (".", "。"),
    "points of": ("points of “{name}”", "“{name}”所得积分"),
}
# Shipped rules hold for all history.
_ALWAYS = date(2000, 1, 1)


def rule_sentence(rule: PointRule, language: Language) -> str:
    """What the rule gives, to whom, and within which limits; at most six queries.

    Raises CriteriaError, UnknownMetric or ExpressionError for a rule that is not in order.
    """
    return RuleWriter([rule], language).rule(rule)


class RuleWriter:
    """Writes sentences about rules in one language; names are read once for all of them."""

    def __init__(self, rules: Sequence[PointRule], language: Language) -> None:
        self.language: Language = language
        self.chinese = language.startswith("zh")
        self.metrics = find_metrics(_metrics_of(rules))

    def word(self, key: str, **parts: object) -> str:
        return _WORDS[key][self.chinese].format(**parts)

    def rule(self, rule: PointRule) -> str:
        """The rule as a sentence; raises as `rule_sentence` does."""
        head = self.counted(rule) if rule.per == PointRule.Per.UNIT else self.reached(rule)
        text = head + self.guard(rule) + self.scope(rule.scope)
        return (text + self.days(rule)).strip()

    def points(self, amount: int) -> str:
        return self.word("point") if amount == 1 else self.word("points", n=amount)

    def counted(self, rule: PointRule) -> str:
        parts = {"points": self.points(rule.amount), "what": self.expression(rule.expression)}
        key = "unit" if rule.units == 1 else "units"
        return self.word(key, units=rule.units, **parts) + self.caps(rule) + self.word("end")

    def reached(self, rule: PointRule) -> str:
        criteria = load_criteria(rule.threshold or {})
        period, _streak = threshold_period(criteria.as_data())
        head = self.word(period.value, points=self.points(rule.amount)) + self.caps(rule)
        return head + self.word("if", criteria=self.said(criteria))

    def caps(self, rule: PointRule) -> str:
        if rule.cap_day and rule.cap_week:
            return self.word("both", day=rule.cap_day, week=rule.cap_week)
        if rule.cap_day:
            return self.word("cap_day", day=rule.cap_day)
        return self.word("cap_week", week=rule.cap_week) if rule.cap_week else ""

    def guard(self, rule: PointRule) -> str:
        if rule.guard is None:
            return ""
        return self.word("guard", criteria=self.said(load_criteria(rule.guard)))

    def said(self, criteria: Criteria) -> str:
        return sentence(criteria, self.language, metrics=self.metrics)

    def scope(self, scope: Scope) -> str:
        text = ""
        if scope.channels:
            names = (self.channels.get(pk, "?") for pk in scope.channels)
            text += self.word("channels", names=self.word("and").join(names))
        if scope.teams:
            names = (self.teams.get(pk, "?") for pk in scope.teams)
            text += self.word("teams", names=self.word("and").join(names))
        if scope.people != "everyone":
            text += self.word(scope.people, days=scope.newcomer_days)
        return text

    @cached_property
    def channels(self) -> dict[int, str]:
        return {each.pk: self.name(each) for each in Channel.objects.all()}

    @cached_property
    def teams(self) -> dict[int, str]:
        return dict(Team.objects.values_list("pk", "name"))

    def name(self, thing: Channel | CustomMeasure | PointRule) -> str:
        return (thing.name_zh if self.chinese else "") or thing.name_en

    def days(self, rule: PointRule) -> str:
        start, end = self.day(rule.starts_on), self.day(rule.ends_on)
        if rule.starts_on <= _ALWAYS:
            return self.word("until", end=end) if end else ""
        return self.word("between" if end else "from", start=start, end=end)

    def day(self, day: date | None) -> str:
        if day is None:
            return ""
        return str(format_date(day, "long", locale="zh_Hans" if self.chinese else "en_GB"))

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
        names = {
            key: measure.name_zh if self.chinese else measure.name_en
            for key, measure in MEASURES.items()
        }
        own = {each.key: self.name(each) for each in CustomMeasure.objects.all()}
        rules = PointRule.objects.order_by("version")
        points = {
            POINTS_OF + rule.key: self.word("points of", name=self.name(rule)) for rule in rules
        }
        return names | own | points


def _metrics_of(rules: Iterable[PointRule]) -> set[str]:
    return {
        leaf.key
        for rule in rules
        for criteria in (rule.guard, rule.threshold)
        if criteria
        for _path, leaf in load_criteria(criteria).leaves()
    }


def sentences(rules: Sequence[PointRule], language: Language) -> dict[int, str]:
    """Each rule's sentence by its id; at most five queries for all of them.

    A rule that cannot be read any more (its measure has gone) is told by its name.
    """
    try:
        writer = RuleWriter(rules, language)
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
