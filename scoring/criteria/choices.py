"""What the lists of the sentence builder offer, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.criteria.compile import Subjects
from scoring.figures.kpis import known_measures
from scoring.figures.metrics import ANY_CARD, ANY_RULE, FORMULA, POINTS, SCORE
from scoring.models import Kpi, PointRule, Scorecard

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """Values and words of each list; `whats` by group."""

    whats: list[tuple[str, Pairs]]
    ops: Pairs
    windows: Pairs
    among: Pairs


def choices(by: Subjects, *, used: Sequence[str] = (), scores: bool = True) -> Choices:
    """The lists for judging agents or teams; what is `used` already is always among them.

    Teams have no scores and points of their own; without `scores` agents are offered none either.
    """
    return Choices(
        whats=_whats(used, scores=scores and by == "agent"),
        ops=_ops(),
        windows=_windows(),
        among=_among(by),
    )


def _whats(used: Iterable[str], *, scores: bool) -> list[tuple[str, Pairs]]:
    groups: dict[str, Pairs] = {}
    for kpi in Kpi.objects.filter(archived=False).order_by("pk"):
        groups.setdefault(str(kpi.get_group_display()), []).append((kpi.key, kpi.name))
    measures = known_measures(archived=False).items()
    counts = [(f"{FORMULA}{key}", name) for key, name in measures]
    scored = [(_("Scores"), _scores()), (_("Points"), _points())] if scores else []
    found = [*groups.items(), *scored, (_("Counts and sums"), counts)]
    offered = {key for _group, pairs in found for key, _name in pairs}
    others = [(key, key.removeprefix(FORMULA)) for key in dict.fromkeys(used) if key]
    others = [(key, name) for key, name in others if key not in offered]
    return [*found, (_("In use here"), others)] if others else found


def _scores() -> Pairs:
    """The score of whichever scorecard applies, and of each that was ever in force."""
    cards = Scorecard.objects.filter(status=Scorecard.Status.PUBLISHED).order_by("version")
    named = {card.key: card.name for card in cards}
    one_card = _("Score on “%(card)s”")
    return [
        (f"{SCORE}{ANY_CARD}", _("Score")),
        *((f"{SCORE}{key}", one_card % {"card": name}) for key, name in sorted(named.items())),
    ]


def _points() -> Pairs:
    """The points of all rules together, and of each that was ever in force."""
    rules = PointRule.objects.filter(status=PointRule.Status.PUBLISHED).order_by("version")
    named = {rule.key: rule.name for rule in rules}
    one_rule = _("Points for “%(rule)s”")
    return [
        (f"{POINTS}{ANY_RULE}", _("Points of all rules")),
        *((f"{POINTS}{key}", one_rule % {"rule": name}) for key, name in sorted(named.items())),
    ]


def _ops() -> Pairs:
    return [
        (">=", _("is at least")),
        ("<=", _("is at most")),
        (">", _("is more than")),
        ("<", _("is less than")),
        ("=", _("is exactly")),
        ("!=", _("is not")),
        ("top", _("is among the top %")),
    ]


def _windows() -> Pairs:
    return [
        ("day", _("on the day")),
        ("week", _("in the week")),
        ("month", _("in the month")),
        ("quarter", _("in the quarter")),
        ("season", _("in the season")),
        ("rolling", _("in the last days")),
        ("range", _("from – to")),
        ("day-1", _("on the day before")),
        ("week-1", _("in the week before")),
        ("month-1", _("in the month before")),
        ("quarter-1", _("in the quarter before")),
        ("all", _("since the beginning")),
    ]


def _among(by: Subjects) -> Pairs:
    company = [("company", _("of the company"))]
    return company if by == "team" else [*company, ("team", _("of the team"))]
