"""What becomes of goals: measured while they run, closed after their last day, followed up later.

A goal's figure follows from the facts at any time: the night measures what runs, closes what is
over, and looks again when late facts change a closed one. Points of a team's key result are posted
and taken back accordingly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from scoring.figures.changes import Changes
from scoring.figures.frames import MILLION, read_sums
from scoring.figures.kpis import value_of
from scoring.figures.metrics import find_metrics
from scoring.figures.windows import ONE_DAY, Span
from scoring.models import Goal, Kpi
from scoring.points.decisions import decision_of, release
from scoring.points.occasions import Occasion, post_all

_Status = Goal.Status
_Outcome = Goal.Outcome
_Figures = Mapping[int, tuple[Decimal | None, Decimal, Decimal | None]]
_SHARE = Decimal("0.0001")
#: The first day of the figure before a goal (`figures_before`): late facts reach that, too.
_FIRST_DAY_BEFORE = ExpressionWrapper(
    F("starts_on") - (F("ends_on") - F("starts_on")) - ONE_DAY, output_field=DateField()
)


def review_goals(changes: Changes) -> StepResult:
    """The night's step: measure what runs, close what is over, look at closed ones that changed."""
    with transaction.atomic():
        goals = list(_to_review(changes).select_for_update(of=("self",)).select_related("kpi"))
        figures, before = measure(goals, until=changes.as_of), figures_before(goals)
        closed = sum(_review(goal, figures, before, changes.as_of) for goal in goals)
        posted = post_points([goal for goal in goals if goal.points])
    line = ngettext("%(n)d goal looked at", "%(n)d goals looked at", len(goals)) % {"n": len(goals)}
    line += _(", %(closed)d closed.") % {"closed": closed}
    return StepResult(line, {"goals": len(goals), "closed": closed, "entries": posted})


def _to_review(changes: Changes) -> QuerySet[Goal]:
    started = Q(status__in=[_Status.PROPOSED, _Status.AGREED], starts_on__lte=changes.as_of)
    late = Q(status=_Status.CLOSED, kpi__isnull=False)
    if not changes.everything and changes.first_day is not None:
        # A team's figure changes with anyone's day; which teams those were does not matter here.
        late &= Q(looks_back_to__lte=changes.last_day, ends_on__gte=changes.first_day)
        late &= Q(agent=None) | Q(agent__in=changes.agents)
    elif not changes.everything:
        late = Q(pk=None)
    goals = Goal.objects.annotate(looks_back_to=_FIRST_DAY_BEFORE)
    return goals.filter(started | late).order_by("pk")


def _review(
    goal: Goal, figures: _Figures, before: Mapping[int, Decimal | None], as_of: date
) -> bool:
    """Write down what is known of a goal by that day; returns whether it was closed now."""
    over = goal.ends_on <= as_of
    if goal.is_measured:
        goal.value, goal.numerator, goal.denominator = figures[goal.pk]
        if goal.agreed_at is not None:
            goal.baseline = before[goal.pk]
        goal.progress, goal.measured_on = progress_of(goal), min(as_of, goal.ends_on)
    was_open = goal.is_open
    if over and goal.status == _Status.PROPOSED:
        goal.status, goal.outcome = _Status.CLOSED, _Outcome.LAPSED
    elif over and goal.status == _Status.AGREED:
        goal.status = _Status.CLOSED
    closed = was_open and not goal.is_open
    if closed:
        goal.closed_on = as_of
    if goal.status == _Status.CLOSED and goal.is_measured and goal.outcome != _Outcome.LAPSED:
        goal.outcome = outcome_of(goal)
    goal.save()
    return closed


def outcome_of(goal: Goal) -> str:
    """What the measured figure makes of a goal."""
    volume = goal.denominator if goal.denominator is not None else goal.numerator
    if goal.value is None or (volume or 0) < goal.least:
        return _Outcome.UNMEASURED
    return _Outcome.REACHED if goal.is_met_by(goal.value) else _Outcome.MISSED


def progress_of(goal: Goal) -> Decimal | None:
    """How far a goal is, 0 to 1: 1 exactly when its figure meets the target; None without data.

    For sums, and without a figure from before, the part of the target that is reached; else the
    part of the way from there to the target.
    """
    if goal.value is None or goal.target is None:
        return None
    if goal.is_met_by(goal.value):
        return Decimal(1)
    upwards = goal.op in (Goal.Op.AT_LEAST, Goal.Op.ABOVE)
    start = goal.baseline if goal.denominator is not None else Decimal(0)
    if start is None or (start >= goal.target) == upwards:
        start = Decimal(0) if upwards else 2 * goal.target
    whole = goal.target - start
    part = (goal.value - start) / whole if whole else Decimal(0)
    return min(max(part, Decimal(0)), 1 - _SHARE).quantize(_SHARE)


def measure(goals: Sequence[Goal], *, until: date) -> _Figures:
    """Value, numerator and denominator of each goal with a KPI over its days up to `until`.

    One grouped query for the people and one for the teams, whatever the number of goals.
    """
    found: dict[int, tuple[Decimal | None, Decimal, Decimal | None]] = {}
    for by in ("agent", "team"):
        mine = [goal for goal in goals if goal.is_measured and getattr(goal, f"{by}_id")]
        if mine:
            found |= _measured(mine, by, until)
    return found


def _measured(goals: Sequence[Goal], by: Any, until: date) -> _Figures:
    metrics = find_metrics(goal.kpi.key for goal in goals if goal.kpi)
    spans = {_window(goal): Span(goal.starts_on, min(goal.ends_on, until)) for goal in goals}
    frame = read_sums(
        metrics=list(metrics.values()),
        spans=spans,
        by=by,
        agents=sorted({goal.agent_id for goal in goals if goal.agent_id})
        if by == "agent"
        else None,
    )
    rows = {(row["window"], row[f"{by}_id"]): row for row in frame.iter_rows(named=True)}
    return {
        goal.pk: _figure(rows.get((_window(goal), getattr(goal, f"{by}_id"))), goal.kpi)
        for goal in goals
        if goal.kpi is not None
    }


def _window(goal: Goal) -> str:
    return f"{goal.starts_on} {goal.ends_on}"


def _figure(
    row: Mapping[str, Any] | None, kpi: Kpi
) -> tuple[Decimal | None, Decimal, Decimal | None]:
    top = row[f"{kpi.key}.n"] if row else None
    bottom = row[f"{kpi.key}.d"] if row else None
    numerator = Decimal(top or 0) / MILLION
    if not kpi.denominator:
        return numerator, numerator, None
    denominator = Decimal(bottom or 0) / MILLION
    # A duration that was never measured has no sum; nothing is not zero seconds.
    value = None if top is None else value_of(kpi, numerator, denominator)
    return value, numerator, denominator


def figures_before(goals: Sequence[Goal]) -> dict[int, Decimal | None]:
    """Each goal's figure over as many days before its first day; None for a sum, or without data."""
    earlier = [
        Goal(
            pk=goal.pk,
            agent_id=goal.agent_id,
            team_id=goal.team_id,
            kpi=goal.kpi,
            starts_on=goal.starts_on - (goal.ends_on - goal.starts_on + ONE_DAY),
            ends_on=goal.starts_on - ONE_DAY,
        )
        for goal in goals
        if goal.kpi is not None and goal.kpi.denominator
    ]
    found = measure(earlier, until=date.max)
    return {goal.pk: found[goal.pk][0] if goal.pk in found else None for goal in goals}


# What is due for a goal and not posted, by person. The ledger's keys are compared byte by byte,
# and “;” is what follows “:”. Everyone with totals for the team in the goal's days has taken part.
_UNSETTLED = """
    WITH due AS (
        SELECT DISTINCT agent_id FROM scoring_agentday
        WHERE %(reached)s AND team_id = %(team)s AND day BETWEEN %(first)s AND %(last)s
    ), posted AS (
        SELECT agent_id, sum(amount) AS amount, count(*) AS times, max(id) AS last,
            sum(coalesce((cause->>'withheld')::int, 0)) AS withheld
        FROM scoring_pointentry WHERE source_key >= %(key)s || ':' AND source_key < %(key)s || ';'
        GROUP BY 1
    )
    SELECT agent_id, due.agent_id IS NOT NULL, coalesce(amount, 0), coalesce(withheld, 0),
        coalesce(times, 0), last
    FROM due FULL JOIN posted USING (agent_id)
    WHERE CASE WHEN due.agent_id IS NULL THEN 0 ELSE %(points)s END
        <> coalesce(amount, 0) + coalesce(withheld, 0)
    ORDER BY 1
"""


def unsettled(goal: Goal) -> list[Occasion]:
    """What is due for a team's goal and not posted; empty while it runs. Two queries."""
    if goal.status != _Status.CLOSED or not goal.points:
        return []
    params: dict[str, Any] = {
        "reached": goal.outcome == _Outcome.REACHED,
        "team": goal.team_id,
        "first": goal.starts_on,
        "last": goal.ends_on,
        "key": f"goal:{goal.pk}",
        "points": goal.points,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNSETTLED, params)
        rows = cursor.fetchall()
    decision = decision_of("goal", goal.pk) if rows else None
    return [
        Occasion(
            agent=agent,
            amount=goal.points - amount - withheld if due else -amount,
            on=goal.ends_on,
            key=f"goal:{goal.pk}:{agent}:{times + 1}",
            cause={"goal": goal.pk, "why": "facts"},
            reason=goal.title,
            decision=decision.pk if decision else None,
            withheld=0 if due else -withheld,
            reverses=None if due else last,
        )
        for agent, due, amount, withheld, times, last in rows
    ]


def post_points(goals: Iterable[Goal]) -> int:
    """Give the points of reached team goals, take back those of goals no longer reached.

    Everyone who has totals for the team in the goal's days gets the same. Returns the number of
    new entries; running it again posts nothing. What a goal that is over has set aside and not
    paid goes back into the budget.
    """
    posted = 0
    over = [goal for goal in goals if goal.points and not goal.is_open]
    for goal in over:
        posted += post_all(unsettled(goal), kind="goal")
    if over:
        settled = [goal.pk for goal in over if not goal.waits_for_assessment]
        release("goal", settled)
    return posted
