"""The score on an agent's home: this month's, what it lost, and the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.db.models import Q
from django.utils.translation import gettext as _

from incentives.capabilities import Visit
from incentives.org.models import Person
from incentives.org.wording import reads_chinese
from incentives.stamps import for_everyone
from scoring.figures.addresses import explain_address
from scoring.figures.display import Change, number, percent, shown
from scoring.figures.windows import Period, first_day
from scoring.models import Score, ScorecardItem
from scoring.scorecards.stored import glances

WEEKS = 12
MOST_LOST = 3
#: Up to here the ring is full; scores above the target fill it and say so in figures.
FULL = 100
# 2π × 62, the length of the ring's line.
_RING = 389.56


@dataclass(frozen=True, slots=True)
class Lost:
    """One item of the score that cost points; `share` is its part of the longest bar, 0–100."""

    name: str
    value: str
    target: str
    lost: str
    gain: str
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The month's score as the ring draws it."""

    text: str
    above: bool
    arc: str
    title: str
    month: str
    change: Change | None
    since: str
    lost: list[Lost]
    lost_total: str
    trend: list[Decimal | None]
    url: str


def own_score(visit: Visit) -> ScoreView | None:
    """The score of the latest month that has one, what it lost, and twelve weeks; one query, and one that is kept."""
    person = visit.person
    months, weeks = _scores(person, visit.today)
    if not months:
        return None
    score, before = months[0], months[1] if len(months) > 1 else None
    return ScoreView(
        text=number(score.score, 1),
        above=score.score > FULL,
        arc=f"{min(float(score.score), FULL) / FULL * _RING:.1f}",
        title=_title(score.score),
        month=_month(score.starts_on),
        change=_change(score.score, before.score) if before else None,
        since=_month(before.starts_on) if before else "",
        lost=_lost(person, score),
        lost_total=number(FULL - score.score, 1),
        trend=weeks,
        url=explain_address(person, score.starts_on, "month"),
    )


def largest_loss(visit: Visit) -> Lost | None:
    """The item of the score that cost most: where most of it can come back."""
    score = visit.once(own_score)
    return score.lost[0] if score and score.lost else None


def _scores(person: Person, today: date) -> tuple[list[Score], list[Decimal | None]]:
    """The scores of the last three months, latest first, and of the last twelve weeks; one query."""
    month, monday = first_day(Period.MONTH, today), first_day(Period.WEEK, today)
    since = first_day(Period.MONTH, month - timedelta(days=32))
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    wanted = Q(period="month", starts_on__range=(since, today))
    wanted |= Q(period="week", starts_on__in=starts)
    found = list(Score.objects.filter(wanted, agent=person).order_by("-starts_on"))
    weeks = {score.starts_on: score.score for score in found if score.period == "week"}
    months = [score for score in found if score.period == "month"]
    return months, [weeks.get(start) for start in starts]


def _month(day: date) -> str:
    locale = "zh_CN" if reads_chinese() else "en_GB"
    return str(format_date(day, "LLLL", locale=locale))


def _title(score: Decimal) -> str:
    """A word about where the score stands, without judging the person."""
    if score >= 100:
        return _("Above target")
    if score >= 90:
        return _("A strong month")
    if score >= 80:
        return _("Solid, with room to grow")
    return _("Let’s look at this together")


def _change(now: Decimal, before: Decimal) -> Change:
    difference = now - before
    text = number(abs(difference), 1)
    if text == number(Decimal(0), 1):
        return Change("same", _("no change"))
    return Change("better", f"▲ {text}") if difference > 0 else Change("worse", f"▼ {text}")


def _lost(person: Person, score: Score) -> list[Lost]:
    """The items that cost most, with the value and the target that the card asks for."""
    card = score.scorecard_id
    items = for_everyone(f"items-of-card:{card}", lambda: _items(card))
    asked = {item.kpi.key: item for item in items}
    entries = glances(score, list(asked.values()))
    costly = sorted((each for each in entries if each["lost"] > 0), key=lambda each: -each["lost"])
    url = explain_address(person, score.starts_on, "month")
    return [
        _lost_item(each, asked[each["kpi"]], costly[0]["lost"], url) for each in costly[:MOST_LOST]
    ]


def _items(card: int) -> list[ScorecardItem]:
    return list(ScorecardItem.objects.filter(scorecard=card).select_related("kpi"))


def _lost_item(item: Mapping[str, Any], asked: ScorecardItem, whole: Decimal, url: str) -> Lost:
    lost = item["lost"]
    return Lost(
        name=asked.kpi.name,
        value=shown(item["value"], asked.kpi.unit),
        target=_target(asked),
        lost=f"−{number(lost, 1)}",
        gain=f"+{number(lost, 1)}",
        share=float(lost / whole * 100),
        url=url,
    )


def _target(asked: ScorecardItem) -> str:
    unit = asked.kpi.unit
    if asked.low is not None and asked.high is not None:
        ends = {"low": _plain(asked.low, unit), "high": _plain(asked.high, unit)}
        return _("%(low)s to %(high)s") % ends
    return _plain(asked.target, unit) if asked.target is not None else ""


def _plain(value: Decimal, unit: str) -> str:
    """A target without decimals that say nothing."""
    if unit == "seconds" or value != value.to_integral_value():
        return shown(value, unit)
    return percent(value, 0) if unit == "%" else number(value, 0)
