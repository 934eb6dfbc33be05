"""Reading criteria: what is wrong with them, in one clear sentence for each thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from scoring.criteria.contradictions import contradictions
from scoring.criteria.schema import Criteria, Criterion, Path
from scoring.figures.expressions import ExpressionError, near
from scoring.figures.kpis import UnknownMetric
from scoring.figures.metrics import Metric, find_metrics
from scoring.models import Kpi

_PARTS = (
    *("metric", "measure", "score", "points", "window"),
    *("op", "value", "least", "streak", "percentile"),
)
_TAGS = ("criterion", "group")


class CriteriaError(ValueError):
    """Criteria that cannot be used.

    `messages` has one sentence for each thing wrong; `by_place` the same by the place of the
    criterion ((0,) the first, (1, 0) the first of the second place's group, () the whole).
    """

    def __init__(self, by_place: Mapping[Path, list[str]]) -> None:
        self.by_place = dict(by_place)
        self.messages = [
            _sentence_at(place, text) for place, texts in by_place.items() for text in texts
        ]
        super().__init__(" ".join(self.messages))


def parse_criteria(data: Mapping[str, Any] | str, *, by: str = "agent") -> Criteria:
    """Criteria from JSON data (or text) that someone wrote, checked completely.

    Beyond the shape: the metrics and measures exist, a top percentage makes sense for them (and
    for teams, if `by` is "team"), values lie where shares and scores do, and no two criteria
    contradict each other. Raises CriteriaError.
    """
    criteria = load_criteria(data)
    problems: dict[Path, list[str]] = {}
    found: dict[Path, Metric] = {}
    known = _known_metrics(criteria)
    for path, leaf in criteria.leaves():
        metric = known[leaf.key]
        if isinstance(metric, str):
            problems[path] = [metric]
            continue
        found[path] = metric
        problem = _misfit(leaf, metric, by)
        if problem:
            problems[path] = [problem]
    for path, text in contradictions(criteria, found).items():
        problems.setdefault(path, []).append(text)
    if problems:
        raise CriteriaError(problems)
    return criteria


def load_criteria(data: Mapping[str, Any] | str) -> Criteria:
    """Criteria from data that was checked when it was stored: only the shape is read, no query.

    Raises CriteriaError.
    """
    try:
        raw = json.loads(data) if isinstance(data, str) else data
    except (ValueError, RecursionError):  # of a number with thousands of digits the former as well
        raise CriteriaError({(): [_("This is no JSON: check its brackets and quotes.")]}) from None
    if not isinstance(raw, Mapping) or not {"all", "any"} & raw.keys():
        message = _("Criteria begin with “all” or “any”, followed by a list of criteria.")
        raise CriteriaError({(): [message]})
    try:
        return Criteria.model_validate(raw)
    except ValidationError as error:
        raise CriteriaError(_by_place(error)) from None
    except RecursionError:
        message = _("Groups stand inside each other too deep: make it simpler.")
        raise CriteriaError({(): [message]}) from None


def _known_metrics(criteria: Criteria) -> dict[str, Metric | str]:
    """Each key's metric, or what is wrong with the key."""
    keys = [leaf.key for _path, leaf in criteria.leaves()]
    try:
        return {**find_metrics(keys)}
    except (UnknownMetric, ExpressionError):
        return {key: _metric_or_problem(key) for key in keys}


def _metric_or_problem(key: str) -> Metric | str:
    try:
        return find_metrics([key])[key]
    except (UnknownMetric, ExpressionError) as error:
        return str(error)


def _misfit(leaf: Criterion, metric: Metric, by: str) -> str:
    """Why this criterion makes no sense for this metric; empty if it does."""
    if leaf.score is not None and by == "team":
        return _("Teams have no score of their own: compare a KPI.")
    problem = _misfit_of_points(leaf, by) if leaf.points is not None else ""
    if leaf.percentile is not None:
        return problem or _misfit_of_percentile(leaf, metric, by)
    return problem or _misfit_of_value(leaf, metric)


def _misfit_of_percentile(leaf: Criterion, metric: Metric, by: str) -> str:
    if metric.direction == Kpi.Direction.BAND:
        return _("“%(name)s” is best inside a band, so it has no top: compare it with a value.") % {
            "name": metric.key
        }
    if by == "team" and leaf.percentile is not None and leaf.percentile.among == "team":
        return _("Teams are compared within the company: choose “company”.")
    return ""


def _misfit_of_value(leaf: Criterion, metric: Metric) -> str:
    value = leaf.value or Decimal(0)
    if metric.most is not None and _is_beyond(leaf.op, value, metric.most):
        if metric.card:
            return _("Scores lie between 0 and 120: choose such a value.")
        return _("“%(name)s” lies between 0 and 100 per cent: choose such a level.") % {
            "name": metric.key
        }
    low_wanted = leaf.op in ("<", "<=", "=")
    if metric.bottom is None and leaf.least and low_wanted and value < leaf.least:
        return _(
            "“%(name)s” is a plain sum, so its least volume is the sum itself: use a rate, or add"
            " a criterion on the volume."
        ) % {"name": metric.key}
    return ""


def _is_beyond(op: str | None, value: Decimal, most: int) -> bool:
    """Whether what is asked of a value from 0 to `most` lies outside; more than all of it does."""
    never = (op == ">" and value == most) or (op == "<" and not value)
    return never or not 0 <= value <= most


def _misfit_of_points(leaf: Criterion, by: str) -> str:
    if by == "team":
        return _("Teams have no points of their own: compare a KPI.")
    if leaf.percentile is not None and leaf.percentile.among == "team":
        return _("Points are compared within the company: choose “company”.")
    return ""


def _by_place(error: ValidationError) -> dict[Path, list[str]]:
    found: dict[Path, list[str]] = {}
    for problem in error.errors():
        location = [part for part in problem["loc"] if part not in _TAGS]
        path = tuple(part for part in location if isinstance(part, int))
        names = [part for part in location if isinstance(part, str) and part not in ("all", "any")]
        text = _text_of(problem, names)
        if text not in found.setdefault(path, []):
            found[path].append(text)
    return found


def _text_of(problem: Any, names: list[str]) -> str:
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ValueError):
        return str(cause)
    name = ".".join(names)
    if problem["type"] == "extra_forbidden":
        text = _("“%(name)s” is not a part of a criterion: remove it.") % {"name": name}
        return text + near(names[-1] if names else "", _PARTS)
    if problem["type"] == "missing":
        return _("“%(name)s” is missing: fill it in.") % {"name": name}
    return _EXPECTED.get(names[0] if names else "", _list_expected)(name, problem)


def _list_expected(_name: str, _problem: Any) -> str:
    return _("A criterion is written as {…} with a metric, a window and a comparison.")


def _text_expected(name: str, _problem: Any) -> str:
    return _("“%(name)s” is a text: write a key or an expression.") % {"name": name}


def _op_expected(_name: str, _problem: Any) -> str:
    return _("A comparison is one of >=, <=, >, <, = and !=.")


def _number_expected(name: str, problem: Any) -> str:
    if problem["type"].startswith("decimal_m") or problem["type"] == "decimal_whole_digits":
        return _("“%(name)s” has too many digits: use at most 12 before and 6 after the point.") % {
            "name": name
        }
    if problem["type"] == "greater_than_equal":
        return _("“%(name)s” cannot be negative: write 0 or more.") % {"name": name}
    return _("“%(name)s” is a number, such as 90 or 2.5.") % {"name": name}


def _streak_expected(_name: str, _problem: Any) -> str:
    return _("The number in a row is a whole number, 1 or more.")


def _percentile_expected(_name: str, _problem: Any) -> str:
    return _("A top percentage is more than 0 and less than 100, among “team” or “company”.")


_EXPECTED = {
    "metric": _text_expected,
    "measure": _text_expected,
    "score": _text_expected,
    "points": _text_expected,
    "op": _op_expected,
    "value": _number_expected,
    "least": _number_expected,
    "streak": _streak_expected,
    "percentile": _percentile_expected,
}


def _sentence_at(place: Path, text: str) -> str:
    if not place:
        return text
    number = ".".join(str(part + 1) for part in place)
    return _("Criterion %(number)s: %(text)s") % {"number": number, "text": text}
