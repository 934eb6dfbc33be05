"""An agent's points on their home: the latest day's by rule, their level, what others gave them and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from incentives.capabilities import Visit
from incentives.org.models import Person
from incentives.org.notation import said
from scoring.figures.addresses import explain_address
from scoring.figures.display import number
from scoring.figures.windows import ONE_DAY
from scoring.models import PointEntry, PointRule, PointTotal, SeasonResult
from scoring.models.kinds import ledger_kind
from scoring.points.levels import Level, level_of

RECENT_DAYS = 7
PRAISE_DAYS = 90
MOST_PRAISED = 3
#: Behind more than so many a place in a season says nothing that encourages.
PLACES_TOLD = 10
_READ = (
    "agent_id", "occurred_on", "amount", "kind", "quantity", "cause", "reason", "reverses_id",
    "actor__display_name", "rule__key", "rule__name_en", "rule__name_zh", "rule__amount",
    "rule__per", "rule__units", "decision__kind", "decision__decided_by__display_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earned:
    """The points of one rule or cause on a day."""

    name: str
    note: str
    points: int


@dataclass(frozen=True, slots=True)
class Praise:
    """Points that someone gave, in their own words."""

    text: str
    by: str
    day: str
    points: int


@dataclass(frozen=True, slots=True)
class SeasonPlace:
    """What the latest archived season ended with; `rank` is None behind the places told."""

    name: str
    points: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class Lately:
    """Points of the latest day that has some, rules that gave them lately, recognition."""

    day: date | None = None
    earned: list[Earned] = field(default_factory=list)
    praise: list[Praise] = field(default_factory=list)
    rules: list[PointRule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Today:
    """The card of a day's points; `url` explains them."""

    title: str
    earned: list[Earned]
    url: str

    @property
    def points(self) -> int:
        """The sum of the day's points."""
        return sum(each.points for each in self.earned)


@dataclass(frozen=True, slots=True)
class OwnLevel:
    """The level, and what one more of something is worth on the way to the next."""

    level: Level
    worth: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What others gave, and the place at the end of the latest season."""

    praise: list[Praise]
    season: SeasonPlace | None


def todays_points(visit: Visit) -> Today | None:
    """The points of the latest of the last seven days that has some."""
    found = visit.once(lately)
    if not found.earned or found.day is None:
        return None
    url = explain_address(visit.person, found.day)
    return Today(day_title(found.day, visit.today), found.earned, url)


def own_level(visit: Visit) -> OwnLevel | None:
    """The level of someone who has points."""
    level, _season = visit.once(career)
    if level is None:
        return None
    return OwnLevel(level, worth(visit.once(lately).rules, Decimal(level.missing)))


def recognition(visit: Visit) -> Recognition | None:
    """What others gave lately, and how the latest season ended."""
    praise = visit.once(lately).praise
    _level, season = visit.once(career)
    return Recognition(praise, season) if praise or season else None


def lately(visit: Visit) -> Lately:
    """The points of the last seven days and the praise of the last ninety."""
    rows, week = visit.once(_entries), visit.today - timedelta(days=RECENT_DAYS - 1)
    of_week = [row for row in rows if row.occurred_on >= week]
    if not of_week:
        return Lately(praise=_praise(rows))
    day = of_week[0].occurred_on
    return Lately(
        day,
        _grouped(row for row in of_week if row.occurred_on == day and row.amount),
        _praise(rows),
        list({row.rule.key: row.rule for row in of_week if row.rule}.values()),
    )


def career(visit: Visit) -> tuple[Level | None, SeasonPlace | None]:
    """The level, and how the latest archived season ended; a query for whoever has no entry lately."""
    totals = PointTotal.objects.filter(agent=visit.person).annotate(**_season(visit.person))
    found: Any = next(iter(visit.once(_entries)), None) or totals.first()
    if found is None or not found.lifetime or found.lifetime <= 0:
        return None, None
    level = level_of(found.lifetime)
    if found.season is None:
        return level, None
    rank = found.season_rank if found.season_rank <= PLACES_TOLD else None
    return level, SeasonPlace(found.season, found.season_points, rank)


def _entries(visit: Visit) -> list[Any]:
    """The entries of the last days, the latest first, each with the person's career; one query."""
    person, today = visit.person, visit.today
    week = today - timedelta(days=RECENT_DAYS - 1)
    since = today - timedelta(days=PRAISE_DAYS - 1)
    # The agent stands in both arms, so that both are read by the index of an agent's days.
    lately_or_praised = Q(agent=person, occurred_on__range=(week, today)) | Q(
        agent=person, occurred_on__range=(since, today), rule=None
    )
    lifetime = PointTotal.objects.filter(agent=person).values("lifetime")
    entries = PointEntry.objects.filter(lately_or_praised).annotate(
        lifetime=Subquery(lifetime), **_season(person)
    )
    related = entries.select_related("rule", "actor", "decision__decided_by").only(*_READ)
    return list(related.order_by("-occurred_on", "pk"))


def _season(person: Person) -> dict[str, Any]:
    """How the latest archived season ended, for `annotate`."""
    latest = SeasonResult.objects.filter(agent=person).order_by("-season__ends_on")
    columns = {"season": "season__name", "season_points": "points", "season_rank": "rank"}
    return {name: Subquery(latest.values(column)[:1]) for name, column in columns.items()}


def day_title(day: date, today: date) -> str:
    """The heading over a day's points."""
    if day == today:
        return _("Today")
    return _("Yesterday") if day == today - ONE_DAY else said(day, "MMMd")


def _grouped(entries: Iterable[PointEntry]) -> list[Earned]:
    groups: dict[tuple[str, Any], list[PointEntry]] = {}
    for entry in entries:
        what = entry.rule.key if entry.rule else entry.words
        groups.setdefault((entry.kind, what), []).append(entry)
    earned = [_earned_by(group) for group in groups.values()]
    return sorted((each for each in earned if each.points), key=lambda each: -each.points)


def _earned_by(group: Sequence[PointEntry]) -> Earned:
    last = group[-1]
    points = sum(entry.amount for entry in group)
    if last.rule is None:
        return Earned(_given(last), "", points)
    each = _("%(points)s each") % {"points": f"+{last.rule.amount}"}
    counted = last.quantity is not None and last.quantity > 1
    note = each if _is_single(last.rule) and counted else ""
    name = last.rule.name
    if counted and last.quantity is not None:
        # The figure stays with its sign when the line breaks.
        name = f"{name} ×\u00a0{number(last.quantity, 0)}"
    return Earned(name, note, points)


def _given(entry: PointEntry) -> str:
    """What an entry without a rule is called; the words of who gave it stand under recognition."""
    kind = ledger_kind(entry.kind)
    if kind and kind.called:
        return kind.called(entry)
    return entry.words or entry.get_kind_display()


def _is_single(rule: PointRule) -> bool:
    return rule.per == PointRule.Per.UNIT and rule.units == 1


def _praise(entries: Sequence[PointEntry]) -> list[Praise]:
    """What people gave, the latest first, without what was taken back or machines have paid."""
    given = [(entry, giver) for entry in entries if (giver := _giver(entry)) is not None]
    taken_back = {entry.reverses_id for entry in entries}
    kept = [each for each in given if each[0].amount > 0 and each[0].pk not in taken_back]
    return [
        Praise(
            entry.words or str(entry.get_kind_display()),
            giver.display_name,
            said(entry.occurred_on, "MMMd"),
            entry.amount,
        )
        for entry, giver in kept[:MOST_PRAISED]
    ]


def _giver(entry: PointEntry) -> Person | None:
    """The person who gave this to the agent, where somebody did."""
    kind = ledger_kind(entry.kind)
    return kind.giver(entry) if kind and kind.giver else None


def worth(rules: Iterable[PointRule], missing: Decimal) -> str:
    """What one more of something that this agent did lately is worth, for a distance in points.

    The smallest amount that covers the distance, else the largest one.
    """
    single = sorted(
        (rule for rule in rules if _is_single(rule) and rule.amount > 0),
        key=lambda rule: rule.amount,
    )
    if not single or missing <= 0:
        return ""
    rule = next((rule for rule in single if rule.amount >= missing), single[-1])
    words = {"rule": rule.name, "points": rule.amount}
    return _("One “%(rule)s” is worth %(points)s.") % words
