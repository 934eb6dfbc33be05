"""Metrics ready to be computed: KPIs, measure expressions, scores of scorecards, points of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.wording import in_both
from scoring.figures.expressions import Expression, near, parse
from scoring.figures.formulas import Formula, formulas_of, sums
from scoring.figures.item_scores import MOST
from scoring.figures.kpis import UnknownMetric
from scoring.figures.measures import MEASURES
from scoring.models import CustomMeasure, Kpi, PointRule, Scorecard
from scoring.models.kpis import Unit

# An expression of measures stands for itself behind this sign: "=saves + converted".
FORMULA = "="
# An agent's score stands behind this one: "score:phone" of one scorecard, "score:any" of whichever
# scorecard applied.
SCORE = "score:"
ANY_CARD = "any"
# The points that rules gave stand behind this one: "points:hard_case" of one rule, "points:any" of all.
POINTS = "points:"
ANY_RULE = "any"
_SHOWN_IN_HUNDREDS = ("%", "points")


@dataclass(frozen=True, slots=True)
class Metric:
    """A numerator, perhaps a denominator, and what the value means.

    `key` is the KPI's key, or "=" and the text of a measure expression. With `card` it is the
    stored score of that scorecard (ANY_CARD: of whichever applied), counted as score ÷ 1; no sum
    of totals gives it. With `rule` it is the sum of that rule's points (ANY_RULE: of all rules');
    no sum of totals gives that either. `earlier` are the formulas of days before the one of now held.
    """

    key: str
    top: Expression
    bottom: Expression | None
    unit: str
    name_en: str
    name_zh: str
    direction: str = Kpi.Direction.HIGHER
    card: str = ""
    rule: str = ""
    earlier: tuple[Formula, ...] = ()

    @property
    def factor(self) -> int:
        """What n ÷ d is multiplied by: shares, and points with a denominator, are in hundreds."""
        return 100 if self.bottom is not None and self.unit in _SHOWN_IN_HUNDREDS else 1

    @property
    def most(self) -> int | None:
        """The greatest value there can be, the least being 0; None where nothing says so.

        Scores, and shares of one of the product's measures in others: what a company counts
        itself may well be 120 % of something.
        """
        if self.card:
            return MOST
        if self.unit != Unit.PERCENT or self.bottom is None or len(self.top.terms) != 1:
            return None
        known = all(key in MEASURES for key in self.top.measures + self.bottom.measures)
        part = 0 < self.top.terms[0][1] <= 1 <= min(factor for _key, factor in self.bottom.terms)
        return 100 if known and part else None

    def sums(self) -> list[tuple[str, list[Any]]]:
        """SQL of the numerator and of the denominator ("NULL" without one) over totals `f`.

        See `scoring.figures.formulas.sums`; both in at most six decimals.
        """
        found = sums([*self.earlier, Formula(self.top, self.bottom)], millionths=True)
        return [part or ("NULL", []) for part in found]


def find_metrics(keys: Iterable[str]) -> dict[str, Metric]:
    """The metrics of these keys, read at once (four queries at most), in the given order.

    A key is a KPI's, or "=" and a measure expression such as "=saves + converted", or "score:" and
    the key of a scorecard or "any", or "points:" and the key of a point rule or "any". Raises UnknownMetric with near names, or ExpressionError for an
    expression that cannot be read.
    """
    wanted = list(dict.fromkeys(keys))
    found = _score_metrics([key for key in wanted if key.startswith(SCORE)])
    found |= _points_metrics([key for key in wanted if key.startswith(POINTS)])
    found |= _of_totals([key for key in wanted if key not in found])
    return {key: found[key] for key in wanted}


def _of_totals(wanted: Sequence[str]) -> dict[str, Metric]:
    kpis = {kpi.key: kpi for kpi in Kpi.objects.order_by("pk")} if _any_kpi(wanted) else {}
    own: dict[str, CustomMeasure] | None = None
    found: dict[str, Metric] = {}
    for key in wanted:
        if not key.startswith(FORMULA) and key not in kpis:
            raise UnknownMetric(
                _("There is no KPI “%(key)s”.") % {"key": key} + near(key, kpis.keys())
            )
        kpi = kpis.get(key)
        texts = [key.removeprefix(FORMULA)] if kpi is None else kpi.formulas
        if own is None and not all(_built_in(text) for text in texts):
            own = {measure.key: measure for measure in CustomMeasure.objects.order_by("key")}
        known = MEASURES.keys() | (own or {}).keys()
        if kpi is not None:
            found[key] = _of_kpi(kpi, formulas_of(kpi, known=known))
        else:
            found[key] = _formula_metric(key, parse(texts[0], known=known), own)
    return found


def _score_metrics(keys: Sequence[str]) -> dict[str, Metric]:
    """Scores by their keys; the newest published version names a card."""
    wanted = {key: key.removeprefix(SCORE) for key in keys}
    named = set(wanted.values()) - {ANY_CARD}
    cards: dict[str, Scorecard] = {}
    if named:
        held = Scorecard.objects.filter(status=Scorecard.Status.PUBLISHED)
        cards = {card.key: card for card in held.order_by("version")}
    for card in sorted(named - cards.keys()):
        raise UnknownMetric(
            _("There is no published scorecard “%(key)s”.") % {"key": card} + near(card, cards)
        )
    return {key: _score_metric(key, cards.get(card), card) for key, card in wanted.items()}


def _score_metric(key: str, card: Scorecard | None, name: str) -> Metric:
    text = gettext_lazy("Score (%(name)s)") if card else gettext_lazy("Score")
    english, chinese = in_both(text, card)
    nothing = Expression(())
    return Metric(key, nothing, nothing, Unit.SCORE, english, chinese, card=name)


def _points_metrics(keys: Sequence[str]) -> dict[str, Metric]:
    """Points by their keys; the newest published version names a rule."""
    wanted = {key: key.removeprefix(POINTS) for key in keys}
    named = set(wanted.values()) - {ANY_RULE}
    rules: dict[str, PointRule] = {}
    if named:
        held = PointRule.objects.filter(status=PointRule.Status.PUBLISHED)
        rules = {rule.key: rule for rule in held.order_by("version")}
    for rule in sorted(named - rules.keys()):
        raise UnknownMetric(
            _("There is no published point rule “%(key)s”.") % {"key": rule} + near(rule, rules)
        )
    return {key: _points_metric(key, rules.get(rule), rule) for key, rule in wanted.items()}


def _points_metric(key: str, rule: PointRule | None, name: str) -> Metric:
    text = gettext_lazy("Points (%(name)s)") if rule else gettext_lazy("Points")
    english, chinese = in_both(text, rule)
    return Metric(key, Expression(()), None, Unit.POINTS, english, chinese, rule=name)


def _any_kpi(keys: Iterable[str]) -> bool:
    return any(not key.startswith(FORMULA) for key in keys)


def _built_in(text: str) -> bool:
    """Whether the words of an expression are all measures of the product (or no names at all)."""
    words = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in text).split()
    return all(word in MEASURES or word[0].isdigit() for word in words)


def _of_kpi(kpi: Kpi, formulas: list[Formula]) -> Metric:
    return Metric(
        key=kpi.key,
        top=formulas[-1].top,
        bottom=formulas[-1].bottom,
        unit=kpi.unit,
        name_en=kpi.name_en,
        name_zh=kpi.name_zh or kpi.name_en,
        direction=kpi.direction,
        earlier=tuple(formulas[:-1]),
    )


def _formula_metric(key: str, top: Expression, own: dict[str, CustomMeasure] | None) -> Metric:
    unit, english, chinese = _meaning(top, own or {})
    return Metric(key=key, top=top, bottom=None, unit=unit, name_en=english, name_zh=chinese)


def _meaning(top: Expression, own: dict[str, CustomMeasure]) -> tuple[str, str, str]:
    """Unit and names of an expression, put together from its measures'."""
    measures = [(MEASURES.get(key) or own[key], factor) for key, factor in top.terms]
    units = {measure.unit for measure, _factor in measures}
    english, chinese = "", ""
    for measure, factor in measures:
        sign = (" − " if factor < 0 else " + ") if english else ("−" if factor < 0 else "")
        times = "" if abs(factor) == 1 else f"{abs(factor).normalize():f} × "
        english += f"{sign}{times}{measure.name_en}"
        chinese += f"{sign}{times}{measure.name_zh or measure.name_en}"
    return units.pop() if len(units) == 1 else "count", english, chinese
