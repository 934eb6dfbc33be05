"""The battle designer: a form, and beside it the boss and how hard it would have been."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.awards.medals import known_metrics
from badges.battles import proposing, publishing
from badges.battles.boss import (
    Boss,
    banner_facts,
    boss_of,
    in_unit,
    metric_name,
    objective_lines,
)
from badges.battles.forms.designer import BattleForm, next_monday
from badges.battles.models.battles import RUNNERS, Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from badges.battles.proposing import Proposal, Proposed
from badges.battles.words import rewards
from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person
from incentives.org.refusals import told_in
from scoring.figures.display import shown
from scoring.figures.expressions import ExpressionError
from scoring.figures.kpis import UnknownMetric
from scoring.figures.metrics import Metric
from scoring.figures.windows import Span

_EASY, _FAIR, _HARD = 0.8, 0.45, 0.15


@dataclass(frozen=True, slots=True)
class Expected:
    """One objective as the weeks before saw it; `take` is what its button sends, empty without."""

    name: str
    target: str
    proposed: str
    take: str
    reached: int
    of: int
    past: list[Decimal | None]
    goal: Decimal | None


@require_http_methods(["GET", "POST"])
@require_role(*RUNNERS)
def battle_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a battle, or change one that nobody was told of."""
    person = signed_in(request)
    battle = _edited(person, pk)
    if not battle.is_editable:
        messages.error(request, _("This battle was announced: its terms stand."))
        return redirect("badges:battle", pk=battle.pk)
    was_named = battle.name
    form = BattleForm(request.POST or None, instance=battle, by=person)
    effect = request.htmx and request.htmx.target == "effect"  # type: ignore[attr-defined]
    return editor_page(
        request,
        form,
        "badges/battle_edit.html",
        save=lambda: _saved(request, form, person),
        context=lambda: {"battle": battle, "was_named": was_named, **_effect(form, person)},
        part="effect" if effect else "editor",
    )


def _edited(person: Person, pk: int | None) -> Battle:
    if pk is not None:
        return get_object_or_404(Battle.objects.run_by(person), pk=pk)
    first, last = next_monday(person.company_today)
    return Battle(starts_on=first, ends_on=last)


def _saved(request: HttpRequest, form: BattleForm, by: Person) -> HttpResponse | None:
    """Save and go on; None when it was refused, with the reasons in the form."""
    battle, objectives, teams = form.terms()
    with told_in(form):
        battle = publishing.save_draft(battle=battle, objectives=objectives, teams=teams, by=by)
    if form.errors:
        return None
    if "publish" in request.POST:
        address = reverse("badges:battle_publish", args=[battle.pk])
    else:
        messages.success(request, _("“%(name)s” is saved as a draft.") % {"name": battle.name})
        address = reverse("badges:battle", args=[battle.pk])
    return redirect(address)


def _effect(form: BattleForm, person: Person) -> dict[str, Any]:
    """The boss as it would be announced, and what to expect of it."""
    battle, objectives, teams = form.terms()
    if not form.has_days:
        return {}
    metrics = known_metrics(each.key for each in objectives)
    known = [each for each in objectives if each.key in metrics]
    found = _proposal(form, known, teams, person)
    return {
        "boss": _boss(battle, known, metrics, person),
        "rewards": rewards(battle) if battle.points else [],
        "proposal": found,
        "difficulty": difficulty(found) if found and _complete(known) else "",
        "expected": [
            _expected(each, metrics[each.key], proposed)
            for each, proposed in zip(known, found.objectives, strict=True)
        ]
        if found
        else [],
    }


def _complete(objectives: list[BattleObjective]) -> bool:
    return bool(objectives) and all(each.target is not None for each in objectives)


def _boss(battle: Battle, objectives: list[BattleObjective], metrics: Any, person: Person) -> Boss:
    ready = [each for each in objectives if each.target is not None]
    lines = objective_lines(battle, ready, {}, metrics=metrics)
    facts = banner_facts(lines, begun=False)
    state = BattleState(battle=battle)
    return boss_of(battle, state, today=person.company_today, facts=facts)


def _proposal(
    form: BattleForm, objectives: list[BattleObjective], teams: list[Any], person: Person
) -> Proposal | None:
    battle, today = form.instance, person.company_today
    if not objectives or not publishing.may_run(person, teams):
        return None
    try:
        return proposing.propose(
            teams=teams,
            objectives=objectives,
            span=Span(battle.starts_on, battle.ends_on),
            today=min(today, battle.starts_on),
            combine=battle.combine,
        )
    except (UnknownMetric, ExpressionError):
        return None


def difficulty(found: Proposal) -> str:
    """How hard a battle is expected to be, in a word; empty without anything to compare."""
    if not found.of:
        return ""
    share = found.won / found.of
    if share >= _EASY:
        return _("Easy")
    if share >= _FAIR:
        return _("A fair fight")
    return _("Hard") if share >= _HARD else _("Hardly to be won")


def _expected(objective: BattleObjective, metric: Metric, found: Proposed) -> Expected:
    def text(value: Decimal | None) -> str:
        if value is None:
            return ""
        return in_unit(value, metric.unit) if objective.is_amount else shown(value, metric.unit)

    offered = found.proposed is not None and found.proposed != objective.target
    return Expected(
        name=metric_name(objective, metric),
        target=text(objective.target),
        proposed=text(found.proposed),
        take=f"{objective.key}:{found.proposed:f}"
        if offered and found.proposed is not None
        else "",
        reached=found.reached,
        of=found.of,
        past=[None if each is None else Decimal(str(each)) for each in reversed(found.past)],
        goal=objective.target,
    )
