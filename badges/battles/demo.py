"""Battles of the demo company: one won, one lost by a little, one under way, one that comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Min, Sum
from django.utils.translation import ngettext

from badges.battles import fighting, proposing, publishing
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from badges.battles.state import health_of, share_of
from incentives.org.models import Person, Role, RoleGrant, Team
from scoring.figures.changes import Changes
from scoring.figures.windows import ONE_DAY, Span
from scoring.models import AgentDay, TeamDay
from scoring.points.budgets import set_budget
from scoring.points.decisions import confirm, decision_of

#: In a company with fewer days of tickets the past battles last two days, one after the other.
_ROOM = 35
_GOLEM = {
    "name_en": "The Backlog Golem",
    "name_zh": "积压石魔",
    "story_en": "It grew stone by stone while the tickets lay. Only answers wear it down.",
    "story_zh": "工单每搁置一刻，它就多长出一块石头。只有一次次答复才能把它磨平。",
    "creature": "golem",
}
_STORM = {
    "name_en": "The Returns Storm",
    "name_zh": "退货风暴",
    "story_en": "Parcels whirl back faster than anyone can sort them.",
    "story_zh": "退回的包裹漫天飞舞，谁也来不及分拣。",
    "creature": "storm",
}
_DRAGON = {
    "name_en": "The Queue Dragon",
    "name_zh": "排队巨龙",
    "story_en": "The longer customers wait, the hotter its fire. Solve, and keep them happy.",
    "story_zh": "顾客等得越久，它的火焰越旺。把问题解决，也让顾客满意。",
    "creature": "dragon",
}
_KRAKEN = {
    "name_en": "The Year-End Kraken",
    "name_zh": "年末海妖",
    "story_en": "Eight arms, one for each thing that goes wrong before the holidays.",
    "story_zh": "八条触手，对应年底前每一件可能出错的事。",
    "creature": "kraken",
}

#: Points a month for the manager who makes the battles of the whole company.
_BUDGET = 1_000_000

Days = tuple[date, date]


def make_battles(today: date) -> str:
    """Make the four battles, unless there are some."""
    manager = _manager()
    if manager is not None and not Battle.objects.exists():
        with transaction.atomic():
            _make(manager, today)
    many = Battle.objects.count()
    return ngettext("%(count)d battle", "%(count)d battles", many) % {"count": many}


def _manager() -> Person | None:
    whole = RoleGrant.objects.filter(role=Role.MANAGER, team=None, site=None)
    grant = whole.select_related("person").order_by("pk").first()
    return grant.person if grant else None


def _make(manager: Person, today: date) -> None:
    first = AgentDay.objects.aggregate(day=Min("day"))["day"]
    if first is None or (today - first).days < 8:
        return
    won, lost = _past(first, today)
    _fought(manager, _GOLEM, won, Decimal("0.93"), "handled", level=True, points=120)
    site = Team.objects.exclude(site=None).order_by("pk").values("site")[:1]
    teams = list(Team.objects.filter(site__in=site))
    _fought(manager, _STORM, lost, Decimal("1.06"), "resolved", teams=teams, consolation=40)
    running = today - timedelta(days=3), today + timedelta(days=3)
    _running(manager, running)
    coming = today + timedelta(days=4 + (7 - (today + timedelta(days=4)).weekday()) % 7)
    _announced(manager, _KRAKEN, (coming, coming + timedelta(days=6)), today)


def _past(first: date, today: date) -> tuple[Days, Days]:
    """The days of the won battle and of the lost one; both are settled before today."""
    if (today - first).days >= _ROOM:
        days = (28, 18), (15, 9)
    else:
        days = (8, 7), (6, 5)
    won, lost = ((today - timedelta(days=a), today - timedelta(days=b)) for a, b in days)
    return won, lost


def _fought(
    by: Person,
    words: dict[str, str],
    days: Days,
    hardness: Decimal,
    measure: str,
    *,
    teams: Sequence[Team] = (),
    level: bool = False,
    **terms: Any,
) -> None:
    """A battle of days past; its health is what was done, times `hardness`."""
    work = AgentDay.objects.filter(day__range=(days[0], days[1]))
    work = work.filter(team__in=teams) if teams else work
    done = work.aggregate(sum=Sum(measure))["sum"] or 0
    objectives = [_amount(measure, _round(done * hardness))]
    objectives += [_level(days, share=Decimal("0.97"))] if level else []
    battle = _announced(
        by, words, days, days[0] - ONE_DAY, objectives=objectives, teams=teams, **terms
    )
    _fight(battle, until=battle.counts_until)


def _running(by: Person, days: Days) -> None:
    """A battle in the middle of its days."""
    expected = proposing.propose(
        teams=[], objectives=[_amount("handled", None)], span=Span(*days), today=days[0]
    )
    target = expected.objectives[0].proposed or Decimal(100)
    earlier = days[0] - timedelta(days=28), days[0] - ONE_DAY
    objectives = [_amount("handled", target), _level(earlier, share=Decimal("0.98"))]
    battle = _announced(by, _DRAGON, days, days[0] - ONE_DAY, objectives=objectives, points=150)
    _fight(battle, until=days[0] + timedelta(days=2))


def _announced(by: Person, words: dict[str, str], days: Days, today: date, **terms: Any) -> Battle:
    """A published battle; without objectives what the weeks before propose."""
    teams = terms.pop("teams", ())
    objectives = terms.pop("objectives", None)
    if objectives is None:
        open_ = [_amount("resolved", None)]
        found = proposing.propose(teams=teams, objectives=open_, span=Span(*days), today=today)
        objectives = [_amount("resolved", found.objectives[0].proposed or Decimal(100))]
    battle = Battle(**words, starts_on=days[0], ends_on=days[1], settlement_days=2, **terms)
    publishing.save_draft(battle=battle, objectives=objectives, teams=list(teams), by=by)
    administrator = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")[0].person
    set_budget(person=by, month=today, points=_BUDGET, by=administrator)
    battle = publishing.publish(battle=battle, by=by, today=today)
    decision = decision_of("battle", battle.pk)
    if decision is not None and decision.waits:
        confirm(decision=decision, by=administrator, on=today)
        battle.refresh_from_db()
    return battle


def _fight(battle: Battle, *, until: date) -> None:
    """The night of that day; the course is what the nights before would have seen."""
    fighting.fight(Changes(as_of=until))
    state = BattleState.objects.get(battle=battle)
    objectives = list(battle.objectives.all())
    done = {str(each.pk): Decimal(0) for each in objectives}
    for day in sorted(state.days):
        if day >= until.isoformat():
            continue
        figures = dict(state.objectives)
        for each in objectives:
            if each.is_amount:
                done[str(each.pk)] += Decimal(state.days[day].get(str(each.pk), 0))
                share = share_of(done[str(each.pk)], each.target)
                figures[str(each.pk)] = {"share": f"{share:f}"}
        state.course[day] = f"{health_of(battle, objectives, figures):f}"
    state.course = dict(sorted(state.course.items()))
    state.save(update_fields=["course"])


def _amount(measure: str, target: Decimal | None) -> BattleObjective:
    goal: Any = target
    return BattleObjective(kind="amount", measure=measure, target=goal)


def _level(days: Days, *, share: Decimal) -> BattleObjective:
    """Satisfied customers: a little below what these days had."""
    rated = TeamDay.objects.filter(day__range=(days[0], days[1]))
    sums = rated.aggregate(good=Sum("csat_satisfied"), all=Sum("csat_count"))
    value = Decimal(100 * (sums["good"] or 0)) / (sums["all"] or 1) * share
    target = max(value.quantize(Decimal(1)), Decimal(1))
    least = max(Decimal(sums["all"] or 0) / 10, Decimal(1)).quantize(Decimal(1))
    return BattleObjective(kind="level", metric="csat", target=target, least=least)


def _round(amount: Any) -> Decimal:
    """A whole number of three figures and zeros, as a manager would write it."""
    whole = Decimal(int(amount)) if amount >= 1 else Decimal(1)
    return whole.quantize(Decimal(1).scaleb(max(whole.adjusted() - 2, 0))) + 0
