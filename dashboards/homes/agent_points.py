"""An agent's points on their home: the latest day's by rule, and what others gave them and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from incentives.org.models import Person
from incentives.org.notation import said
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
class Recent:
    """Points of the latest day that has some, rules that gave them lately, recognition."""

    day: date | None = None
    earned: list[Earned] = field(default_factory=list)
    praise: list[Praise] = field(default_factory=list)
    rules: list[PointRule] = field(default_factory=list)

    @property
    def points(self) -> int:
        """The sum of the day's points."""
        return sum(each.points for each in self.earned)


def recent(person: Person, *, today: date) -> Recent:
    """The points of the last seven days and the praise of the last ninety, by one query."""
    week = today - timedelta(days=RECENT_DAYS - 1)
    since = today - timedelta(days=PRAISE_DAYS - 1)
    # The agent stands in both arms, so that both are read by the index of an agent's days.
    lately_or_praised = Q(agent=person, occurred_on__range=(week, today)) | Q(
        agent=person, occurred_on__range=(since, today), rule=None
    )
    entries = PointEntry.objects.filter(lately_or_praised)
    related = entries.select_related("rule", "actor", "decision__decided_by").only(*_READ)
    rows = list(related.order_by("-occurred_on", "pk"))
    lately = [row for row in rows if row.occurred_on >= week]
    if not lately:
        return Recent(praise=_praise(rows))
    day = lately[0].occurred_on
    return Recent(
        day,
        _grouped(row for row in lately if row.occurred_on == day and row.amount),
        _praise(rows),
        list({row.rule.key: row.rule for row in lately if row.rule}.values()),
    )


def day_title(day: date | None, today: date) -> str:
    """The heading over a day's points."""
    if day is None or day == today:
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


def careers(person: Person) -> QuerySet[PointTotal, Any]:
    """The lifetime points and how the latest archived season ended: at most one row."""
    latest = SeasonResult.objects.filter(agent=OuterRef("agent")).order_by("-season__ends_on")
    ended = latest.values(found=JSONObject(name="season__name", points="points", rank="rank"))[:1]
    return PointTotal.objects.filter(agent=person).values("lifetime", season=Subquery(ended))


def career(rows: Sequence[Mapping[str, Any]]) -> tuple[Level | None, SeasonPlace | None]:
    """The level and the place of the last season that `careers` tells of."""
    if not rows or rows[0]["lifetime"] <= 0:
        return None, None
    level, season = level_of(rows[0]["lifetime"]), rows[0]["season"]
    if season is None:
        return level, None
    rank = season["rank"] if season["rank"] <= PLACES_TOLD else None
    return level, SeasonPlace(season["name"], season["points"], rank)
