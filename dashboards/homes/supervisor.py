"""A supervisor's home: who could use your time, what waits for you, whom to praise, the week's KPIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.quests.claims import waiting_for as waiting_claims
from dashboards.homes.attention import Sign
from dashboards.homes.tiles import (
    WEEK,
    Tile,
    explorer_address,
    last_day_with_figures,
    scope_of,
    tiles,
)
from dashboards.team_board import TeamBoard, TeamRow, team_board
from incentives.org.models import Person, Team
from incentives.org.notation import said
from scoring.appeals.operations import to_decide
from scoring.figures.windows import Span
from scoring.models import Appeal, AwardBudget, Goal
from scoring.points.budgets import usual_budgets
from scoring.points.giving import GIVERS

MOST_WAITING = 3
TILES = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a yes or a decision; `overdue` when its day has passed."""

    title: str
    note: str
    url: str
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for someone: the most urgent few of each kind, and how many there are."""

    appeals: list[Waiting] = field(default_factory=list)
    many_appeals: int = 0
    goals: list[Waiting] = field(default_factory=list)
    many_goals: int = 0
    claims: int = 0

    @property
    def many(self) -> int:
        """Everything that waits."""
        return self.many_appeals + self.many_goals + self.claims

    @property
    def more_appeals(self) -> bool:
        """Whether more appeals wait than are listed."""
        return self.many_appeals > len(self.appeals)

    @property
    def more_goals(self) -> bool:
        """Whether more goals wait than are listed."""
        return self.many_goals > len(self.goals)


@dataclass(frozen=True, slots=True)
class Budget:
    """Points to give by hand this month."""

    points: int
    spent: int

    @property
    def left(self) -> int:
        """Points that can still be given."""
        return self.points - self.spent


@dataclass(frozen=True, slots=True)
class SupervisorHome:
    """Everything on the page other than the greeting."""

    teams: list[Team]
    board: TeamBoard | None
    attention: list[TeamRow]
    inbox: Inbox
    budget: Budget | None
    tiles: list[Tile]
    span: Span | None
    kpis_url: str


def supervisor_home(person: Person, *, today: date) -> SupervisorHome:
    """Read a supervisor's home as of a day; some twenty queries, however many people there are."""
    teams = list(Team.objects.led_by(person).active(on=today).order_by("name"))
    board = team_board(teams, today=today) if teams else None
    appeals, goals = list(to_decide(person)), list(goals_waiting(person))
    scope = scope_of(person)
    as_of = last_day_with_figures(scope, today=today) if teams else None
    span = WEEK.span(as_of) if as_of else None
    return SupervisorHome(
        teams=teams,
        board=board,
        attention=_attention(board, appeals, goals) if board else [],
        inbox=_inbox(appeals, goals, today, claims=waiting_claims(person)),
        budget=budget(person, today=today),
        tiles=tiles(scope, as_of=as_of, window=WEEK, choose=_first) if as_of else [],
        span=span,
        kpis_url=explorer_address(scope, span) if span else "",
    )


def _first(kpis: Sequence[Any]) -> list[str]:
    return [kpi.key for kpi in kpis[:TILES]]


def goals_waiting(person: Person) -> QuerySet[Goal]:
    """Goals of one's people that wait for one's own yes or assessment, the first to end on top."""
    proposed = Q(status=Goal.Status.PROPOSED) & ~Q(acknowledgements__person=person)
    to_assess = Q(status=Goal.Status.CLOSED, kpi=None, outcome="")
    led = Goal.objects.led_by(person).filter(proposed | to_assess)
    return led.select_related("agent", "team").order_by("ends_on", "pk").distinct()


def _inbox(appeals: Sequence[Appeal], goals: Sequence[Goal], today: date, *, claims: int) -> Inbox:
    return Inbox(
        [_appeal(each, today) for each in appeals[:MOST_WAITING]],
        len(appeals),
        [_goal(each) for each in goals[:MOST_WAITING]],
        len(goals),
        claims,
    )


def _appeal(appeal: Appeal, today: date) -> Waiting:
    words = {"name": appeal.agent.display_name, "about": appeal.get_about_display()}
    due = {"day": said(appeal.due_on, "MMMd")}
    return Waiting(
        _("%(name)s: %(about)s") % words,
        _("to be decided by %(day)s") % due,
        reverse("scoring:appeal", args=[appeal.pk]),
        appeal.due_on < today,
    )


def _goal(goal: Goal) -> Waiting:
    owner = goal.agent.display_name if goal.agent else goal.team and goal.team.name
    note = _("proposed") if goal.status == Goal.Status.PROPOSED else _("to be assessed")
    return Waiting(
        _("%(name)s: %(about)s") % {"name": owner, "about": goal.title},
        note,
        reverse("scoring:goal", args=[goal.pk]),
    )


def _attention(board: TeamBoard, appeals: Sequence[Appeal], goals: Sequence[Goal]) -> list[TeamRow]:
    """The rows with signs, what waits for an answer among them; those with most signs first."""
    waiting = _waiting_signs(appeals, goals)
    rows = [
        replace(row, signs=[*row.signs, *waiting.get(row.person.pk, ())])
        if row.person.pk in waiting
        else row
        for row in board.rows
    ]
    return sorted((row for row in rows if row.signs), key=lambda row: -len(row.signs))


def _waiting_signs(appeals: Sequence[Appeal], goals: Sequence[Goal]) -> Mapping[int, list[Sign]]:
    signs: dict[int, list[Sign]] = {}
    for appeal in appeals:
        text = _("An appeal waits since %(day)s.") % {"day": said(appeal.raised_at.date(), "MMMd")}
        step = _("Decide it, or hand it on to a manager.")
        url = reverse("scoring:appeal", args=[appeal.pk])
        signs.setdefault(appeal.agent_id, []).append(Sign("appeal", text, step, url))
    for goal in goals:
        if goal.agent_id is None:
            continue
        text = _("The goal “%(goal)s” waits for your answer.") % {"goal": goal.title}
        url = reverse("scoring:goal", args=[goal.pk])
        signs.setdefault(goal.agent_id, []).append(
            Sign("goal", text, _("Say yes, or talk about it."), url)
        )
    return signs


def budget(person: Person, *, today: date) -> Budget | None:
    """What someone may give by hand this month; None for those who give no points."""
    if not person.has_role(*GIVERS):
        return None
    month = today.replace(day=1)
    found = AwardBudget.objects.filter(person=person, month=month).first()
    if found is not None:
        return Budget(found.points, found.spent)
    return Budget(usual_budgets(people=[person], month=month)[person.pk], 0)
