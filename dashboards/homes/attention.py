"""Who could use a leader's time and why: each sign has its figure, its reason and a next step.

Signs are care, not fault: they say what changed for a person, measured against that person's own
weeks or against what the scorecard asks, and never compare people with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.notation import said
from scoring.figures.display import number, shown
from scoring.figures.windows import ONE_DAY
from scoring.models import AgentDay, Kpi, Score
from scoring.scorecards.stored import glances

#: A fall of so many points against one's own four weeks before is worth a talk.
FALL = 5
LOW = 80
SILENT_DAYS = 5
#: Occupancy above 80 % for long risks burn-out (the KPI catalogue's upper limit).
BUSY = Decimal(85)
#: So many days with contacts one after the other, without a day off.
STREAK = 7
_LOOK_BACK = 28
_WEEK = 7
#: Days with contacts in the last seven from which a week without points is strange.
WORKED = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to look after someone: what is seen, where it comes from, what could be done."""

    kind: str
    text: str
    step: str
    url: str = ""
    step_url: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is answered where it links to, rather than explained there."""
        return self.kind in ("appeal", "goal")


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """What an agent did lately: the last day with contacts, days and occupancy of the last week."""

    last: date
    days: frozenset[date]
    handled: int
    occupancy: Decimal | None

    def streak(self, today: date) -> int:
        """Days with contacts one after the other, up to the last one that is not over a day ago."""
        day = self.last if self.last >= today - ONE_DAY else None
        length = 0
        while day is not None and day in self.days:
            length += 1
            day -= ONE_DAY
        return length

    def worked_in_week(self, today: date) -> int:
        """Days with contacts among the last seven."""
        return sum(day > today - timedelta(days=_WEEK) for day in self.days)


def works(agents: Sequence[int], *, today: date) -> dict[int, WaitingWork]:
    """The work of the last four weeks by agent; one query over daily totals."""
    since = today - timedelta(days=_LOOK_BACK - 1)
    week = Q(day__gt=today - timedelta(days=_WEEK))
    rows = (
        AgentDay.objects.filter(agent__in=agents, day__range=(since, today))
        .order_by()
        .values("agent")
        .annotate(
            last=Max("day"),
            days=ArrayAgg("day", filter=Q(handled__gt=0), distinct=True),
            contacts=Sum("handled", filter=week),
            busy=Sum("busy_seconds", filter=week),
            available=Sum("available_seconds", filter=week),
        )
    )
    return {row["agent"]: _work(row) for row in rows}


def _work(row: Mapping[str, Any]) -> WaitingWork:
    known = row["busy"] is not None and row["available"]
    return WaitingWork(
        last=row["last"],
        days=frozenset(row["days"] or ()),
        handled=int(row["contacts"] or 0),
        occupancy=Decimal(row["busy"]) * 100 / Decimal(row["available"]) if known else None,
    )


def score_sign(
    difference: Decimal | None, score: Score | None, kpis: Mapping[str, Kpi], url: str
) -> Sign | None:
    """A score that fell against the own four weeks before, or is low; with what weighs most."""
    cost = _costliest(score, kpis)
    if difference is not None and difference <= -FALL:
        text = _("Score %(points)s below their own four weeks before.")
        if cost:
            text = _(
                "Score %(points)s below their own four weeks before, most of it %(kpi)s (−%(lost)s)."
            )
        words = {"points": number(-difference, 1), **cost}
        return Sign("fall", text % words, _("Look at the tickets behind it together."), url)
    if score is not None and score.score < LOW:
        text = _("Score below %(low)s this month.")
        if cost:
            text = _("Score below %(low)s this month, most of it %(kpi)s (−%(lost)s).")
        step = _("Agree on a goal for the figure that weighs most.")
        goal = reverse("scoring:goal_new")
        return Sign("low", text % {"low": LOW, **cost}, step, url, goal)
    return None


def floor_signs(score: Score | None, kpis: Mapping[str, Kpi], url: str) -> list[Sign]:
    """Figures of the month that are at or below the scorecard's floor: they bring no points."""
    items = glances(score, score.scorecard.items.all()) if score else []
    return [
        Sign(
            "floor",
            _("%(kpi)s at %(value)s: below what the scorecard gives points for.")
            % {"kpi": kpi.name, "value": shown(Decimal(str(item["value"])), kpi.unit)},
            _("Offer coaching on this one figure."),
            url,
        )
        for item in items
        if (kpi := kpis.get(item["kpi"])) is not None and _is_at_floor(item)
    ]


def _is_at_floor(item: Mapping[str, Any]) -> bool:
    if item.get("value") is None or item.get("item_score") is None:
        return False
    return Decimal(str(item["item_score"])) <= 0 < Decimal(str(item["lost"]))


def _costliest(score: Score | None, kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """The KPI that cost most points, and how many; empty when nothing was lost."""
    items = glances(score, score.scorecard.items.all()) if score else []
    worst = max(items, key=lambda item: Decimal(str(item["lost"])), default=None)
    if worst is None or Decimal(str(worst["lost"])) <= 0:
        return {}
    kpi = kpis.get(worst["kpi"])
    lost = number(Decimal(str(worst["lost"])), 1)
    return {"kpi": kpi.name if kpi else worst["kpi"], "lost": lost}


def work_signs(work: WaitingWork | None, *, today: date, url: str) -> list[Sign]:
    """Signs of absence and of overload."""
    if work is None:
        return []
    signs = []
    if (today - work.last).days >= SILENT_DAYS:
        text = _("No contacts since %(day)s.") % {"day": said(work.last, "MMMd")}
        signs.append(Sign("silent", text, _("Ask how they are; a holiday explains most of it.")))
    if work.occupancy is not None and work.occupancy > BUSY:
        text = _("Busy %(share)s %% of the last seven days: time for a breather?")
        share = {"share": number(work.occupancy, 0)}
        step = _("Plan a lighter day, and breaks that are kept.")
        signs.append(Sign("busy", text % share, step, url))
    if (days := work.streak(today)) >= STREAK:
        text = ngettext(
            "%(days)s day in a row without a day off.",
            "%(days)s days in a row without a day off.",
            days,
        )
        step = _("Check the shift plan: a day off may be due.")
        signs.append(Sign("streak", text % {"days": days}, step, url))
    return signs


def unrewarded_sign(work: WaitingWork | None, *, today: date, agent: int) -> Sign | None:
    """A week of work that no rule gave a point for."""
    if work is None or work.worked_in_week(today) < WORKED:
        return None
    text = ngettext(
        "%(contacts)s contact in seven days and no points yet.",
        "%(contacts)s contacts in seven days and no points yet.",
        work.handled,
    )
    return Sign(
        "unrewarded",
        text % {"contacts": number(Decimal(work.handled), 0)},
        _("See which rules fit this work."),
        reverse("scoring:points_of", args=[agent]),
    )
