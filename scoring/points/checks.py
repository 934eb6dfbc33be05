"""What is wrong with a point rule before it is saved: for each field, sentences that say which part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scoring.criteria import Criteria, CriteriaError, parse_criteria
from scoring.criteria.windows import SeasonWindow
from scoring.figures.expressions import ExpressionError, parse
from scoring.figures.kpis import known_measures
from scoring.figures.windows import Period
from scoring.models import PointRule
from scoring.points.ledger import closed_through
from scoring.points.reach import periods_of
from scoring.points.specs import POINTS_OF, circle, is_points, names_in

Problems = dict[str, list[str]]


def problems(rule: PointRule) -> Problems:
    """Field → what is wrong; empty for a rule that can be published."""
    found: Problems = {}
    if rule.per == PointRule.Per.UNIT:
        _note(found, "expression", _expression_problem(rule))
        if not found:
            _note(found, "expression", circle_problem(rule))
    else:
        _note(found, "threshold", _criteria_problem(rule.threshold, threshold=True))
        if rule.scope.channels:
            text = _("A threshold looks at all channels together: choose no channel.")
            _note(found, "channels", text)
    if rule.guard is not None:
        _note(found, "guard", _criteria_problem(rule.guard))
    if rule.cap_day and rule.cap_week and rule.cap_week < rule.cap_day:
        text = _("The weekly limit is below the daily one: raise it, or leave the daily one out.")
        _note(found, "cap_week", text)
    for field, text in date_problems(rule).items():
        _note(found, field, text)
    return found


def _note(found: Problems, field: str, text: str) -> None:
    if text:
        found.setdefault(field, []).append(text)


def _expression_problem(rule: PointRule) -> str:
    try:
        parse(rule.expression, known=countable(rule.key))
    except ExpressionError as error:
        return str(error)
    return ""


def countable(key: str = "") -> dict[str, str]:
    """What the rule `key` may count, with names: measures, and the points of other rules.

    The rule's own points are among them, so that a rule on itself is told to be a circle.
    """
    names = known_measures(archived=False)
    current = PointRule.objects.filter(ends_on=None).order_by("version")
    rules = {POINTS_OF + rule.key: _("points of “%s”") % rule.name for rule in current}
    own = {POINTS_OF + key: _("its own points")} if key else {}
    return names | own | rules


def circle_problem(rule: PointRule) -> str:
    """Which rules build on each other in a circle through this one; empty without one."""
    # Versions that have ended are still judged again when facts of their days change.
    held = Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
    others = PointRule.objects.filter(held).exclude(pk=rule.pk)
    edges: dict[str, list[str]] = {}
    for key, text in [*others.values_list("key", "expression"), (rule.key, rule.expression)]:
        names = [name.removeprefix(POINTS_OF) for name in names_in(text) if is_points(name)]
        edges.setdefault(key, []).extend(names)
    found = circle(edges, rule.key)
    if not found:
        return ""
    return _(
        "Rules count each other in a circle: %(circle)s. Take “%(name)s” out of this rule."
    ) % {
        "circle": " → ".join(found),
        "name": POINTS_OF + found[1],
    }


def _criteria_problem(data: Mapping[str, Any] | None, *, threshold: bool = False) -> str:
    try:
        criteria = parse_criteria(data or {})
    except CriteriaError as error:
        return " ".join(error.messages)
    if any(leaf.score is not None for _path, leaf in criteria.leaves()):
        return _(
            "A score may rest on the team's figures, and points depend on one's own work only:"
            " compare a KPI."
        )
    if any(leaf.points is not None for _path, leaf in criteria.leaves()):
        return _("Points cannot depend on points given: compare a KPI.")
    if any(leaf.percentile is not None for _path, leaf in criteria.leaves()):
        return _(
            "Points depend on one's own work only: compare with a value, not with a top percentage."
        )
    if any(isinstance(leaf.window, SeasonWindow) for _path, leaf in criteria.leaves()):
        return _("A season has no fixed length: choose days, weeks, months or the last days.")
    return _period_problem(criteria) if threshold else ""


def _period_problem(criteria: Criteria) -> str:
    periods = periods_of(criteria.as_data())
    if len(periods) > 1 or periods & {None, Period.ALL}:
        return _(
            "A threshold is judged when its day, week, month or quarter is over:"
            " choose the same one of these in every line."
        )
    return ""


def date_problems(rule: PointRule) -> dict[str, str]:
    """What is wrong with the days of a version, given the other published ones."""
    if rule.ends_on is not None and rule.ends_on < rule.starts_on:
        return {"ends_on": _("The last day is before the first day: swap them.")}
    closed = closed_through()
    if closed is not None and rule.starts_on <= closed:
        return {
            "starts_on": _("Points up to %(day)s are closed: choose a later first day.")
            % {"day": date_format(closed)}
        }
    return _overlap_problem(rule)


def _overlap_problem(rule: PointRule) -> dict[str, str]:
    versions = PointRule.objects.filter(key=rule.key, status=PointRule.Status.PUBLISHED)
    # Withdrawn versions never held; the version before ends by itself when the next one begins.
    held = versions.filter(Q(ends_on=None) | Q(ends_on__gte=F("starts_on")))
    later = held.exclude(pk=rule.pk).filter(starts_on__gte=rule.starts_on)
    first = later.order_by("starts_on").first()
    if first is None:
        return {}
    if rule.ends_on is not None and rule.ends_on < first.starts_on:
        return {}
    return {
        "starts_on": _(
            "Version %(version)d holds from %(day)s: its days overlap with these. Choose a first"
            " day after that, or a last day before it."
        )
        % {"version": first.version, "day": date_format(first.starts_on)}
    }
