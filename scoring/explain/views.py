"""The explain page: every point and every lost score point of an agent's day, week or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from incentives.org.access import agents_seen_by, signed_in
from incentives.org.models import Person
from scoring.explain import explain, may_explain, span_of
from scoring.explain.points import FactPart, RulePoints
from scoring.explain.scores import ItemStory
from scoring.explain.words import Wording
from scoring.figures.windows import ONE_DAY, Period, next_first_day
from scoring.ingest.corrections import parts_behind
from scoring.models import AgentDay, PointEntry
from scoring.points.words import cause

PERIODS = (Period.DAY, Period.WEEK, Period.MONTH)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule's points in words."""

    name: str
    total: int
    pending: int
    sentence: str
    formula: str
    limits: list[str]
    evidence: list[str]
    corrections: list[tuple[PointEntry, str]]
    facts: list[FactPart]
    fact_count: int
    days: list[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the score in words; `contest` is the part of a ticket that appeals are about."""

    story: ItemStory
    value: str
    small: str
    points: str
    guard: str
    step: str
    contest: str

    @property
    def bar(self) -> Decimal:
        """How much of what the item could have lost is lost: 0 to 100."""
        return max(Decimal(0), 100 - (self.story.item_score or Decimal(0)))


@require_GET
@login_required
def explain_own(request: HttpRequest) -> HttpResponse:
    """The last day on which the reader's own work was counted; without one a page that says so."""
    person = signed_in(request)
    days = AgentDay.objects.filter(agent=person).order_by("-day").values_list("day", flat=True)
    last = days.first()
    if last is None:
        return render(request, "scoring/explain_none.html", {"agent": person})
    return redirect("scoring:explain", pk=person.pk, day=last)


@require_GET
@login_required
def explain_page(request: HttpRequest, pk: int, day: date) -> HttpResponse:
    """The explanation for those whom it concerns: the agent, and who leads them."""
    agent = get_object_or_404(agents_seen_by(signed_in(request)), pk=pk)
    period = _period(request)
    if not may_explain(signed_in(request), agent, span_of(period, day)):
        raise Http404
    story = explain(agent=agent, day=day, period=period)
    told = Wording(each.rule for each in story.rules)
    single = period is Period.DAY
    context = {
        "agent": agent,
        "own": agent == signed_in(request),
        "day": day,
        "story": story,
        "tabs": _tabs(agent, day, period),
        "period": period.value,
        "earlier": story.starts_on - ONE_DAY,
        "later": _later(period, day, agent),
        "giving": [_rule(each, told, single=single) for each in story.giving],
        "silent": [_rule(each, told, single=single) for each in story.silent],
        "others": [(entry, cause(entry)) for entry in story.others],
        "items": [_item(each, told) for each in story.score.items] if story.score else [],
    }
    return render(request, "scoring/explain.html", context)


def _period(request: HttpRequest) -> Period:
    text = request.GET.get("period", Period.DAY.value)
    if text not in {each.value for each in PERIODS}:
        raise Http404
    return Period(text)


def _later(period: Period, day: date, agent: Person) -> date | None:
    following = next_first_day(period, day)
    return following if following <= agent.company_today else None


def _tabs(agent: Person, day: date, period: Period) -> list[dict[str, Any]]:
    labels = {
        Period.DAY: pgettext("period", "Day"),
        Period.WEEK: _("Week"),
        Period.MONTH: _("Month"),
    }
    return [
        {"label": labels[each], "url": f"?period={each.value}", "current": each is period}
        for each in PERIODS
    ]


def _rule(found: RulePoints, told: Wording, *, single: bool) -> RuleRow:
    return RuleRow(
        name=found.rule.name,
        total=found.total,
        pending=found.pending,
        sentence=told.rule(found.rule),
        formula=told.formula(found),
        limits=told.limits(found),
        evidence=told.evidence(found),
        corrections=[(entry, cause(entry)) for entry in found.corrections],
        facts=found.facts,
        fact_count=found.fact_count,
        days=[(each.day, each.granted) for each in found.worth if not single],
    )


def _item(story: ItemStory, told: Wording) -> ItemRow:
    parts = parts_behind(story.kpi)
    return ItemRow(
        story=story,
        value=told.value(story),
        small=told.small(story),
        points=told.points(story),
        guard=told.guard(story),
        step=told.step(story),
        contest=parts[0],
    )
