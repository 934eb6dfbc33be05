"""What quests and battles add to a night.

50 quests for everyone that run on every one of the nights (two of the single day, as many as the
rotation opens, and 48 of the week and longer, some of teams) and 3 battles over 10,000 agents; each
night everyone's day is new, and some corrections of earlier days arrive. Quests of the days before
are in their grace besides: each night says how many run.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import connection

from badges.battles import publishing
from badges.battles.fighting import fight
from badges.battles.proposing import propose
from badges.models import Battle, BattleObjective, BattleState, Quest, QuestSettings
from badges.quests.night import run_quests
from bench.harness import Cost, add_people, cost, head, in_transaction, median, row, sql
from incentives.org.models import Person, RoleGrant, Team
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.figures.windows import Span
from scoring.points.decisions import confirm, decision_of

OPTIONS = {
    "agents": (10_000, "people"),
    "daily": (2, "of the 50, quests of a single day: 10 are as many as can be set"),
}
MONDAY = date(2025, 11, 3)
QUESTS, BATTLES, CORRECTIONS = 50, 3, 1_000
NIGHTS = 7
BUDGET = 2.0
STEPS = {"quests": run_quests, "battles": fight}
# What about one in ten reaches in a day, a week, a month, at a week's end, and as a team in a week.
_TARGETS = {
    "handled": (46, 245, 990, 260, 4400),
    "csat_satisfied": (21, 108, 430, 115, 1930),
    "resolved": (45, 239, 960, 254, 4270),
    "praises": (3, 15, 60, 16, 240),
}
# A day of a third of the company's usual figures, different for every agent and day.
_DAY = """
    INSERT INTO scoring_agentday (agent_id, team_id, channel_id, day, handled, resolved, csat_satisfied,
        csat_count, complaints, praises, first_response_within, first_response_count)
    SELECT m.person_id, m.team_id, c.id, %(day)s, h, h - h %% 3, h * 9 / 20, h / 2, (h %% 17 = 0)::int,
        h %% 4, h - h %% 5, h
    FROM org_membership m
    CROSS JOIN (SELECT id FROM scoring_channel WHERE key = 'chat') c
    CROSS JOIN LATERAL (SELECT 10 + abs(hashtext(m.person_id::text || %(day)s)) %% 40 AS h) x
    ON CONFLICT DO NOTHING;
    INSERT INTO scoring_teamday (team_id, channel_id, day, handled, resolved, csat_satisfied,
        csat_count, complaints, praises)
    SELECT team_id, channel_id, day, sum(handled), sum(resolved), sum(csat_satisfied),
        sum(csat_count), sum(complaints), sum(praises)
    FROM scoring_agentday WHERE day = %(day)s GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING;
    ANALYZE scoring_agentday; ANALYZE scoring_teamday;
"""


def measure(options: argparse.Namespace) -> None:
    """Seven nights, one of them once more, and what happens less often."""
    prepare(options.agents, options.daily)
    head()
    print(f"{QUESTS} quests at a time and {BATTLES} battles over {options.agents:,} agents")
    both: list[Cost] = []
    ran: list[int] = []
    for number in range(NIGHTS):
        day = MONDAY + timedelta(days=number)
        changes = one_day(day)
        ran.append(Quest.objects.running(on=day).count())
        print(f"night {number + 1}: {ran[-1]} quests run")
        found = [step(name, changes) for name in STEPS]
        both.append(Cost(sum(each.seconds for each in found), sum(each.cpu for each in found)))
    print("once more")
    for name in STEPS:
        step(name, changes)
    usual = median(both)
    row(f"a usual night with {min(ran)} running quests", usual, None, f"goal {BUDGET:.0f} s")
    _measure_battles()


def step(name: str, changes: Changes) -> Cost:
    """Run a step as the night does, and print its line."""
    told: list[str] = []
    spent = cost(in_transaction(lambda: told.append(STEPS[name](changes).line)))
    row(f"  {name}", spent, None, *told)
    return spent


def prepare(agents: int, daily: int = 2) -> None:
    """A company of so many people, with its quests (so many of a single day) and battles."""
    people = add_people(agents)
    _add_quests(daily)
    _add_battles(*people[:2])


def _add_quests(daily: int) -> None:
    """Those of a single day anew for each night; of the others a quarter each: of this week, of a
    month, judged at the end, of teams. So as many run on all nights.
    """
    QuestSettings.objects.create(daily=0, weekly=0)
    for day in range(NIGHTS):
        for step in range(daily):
            _add_quest(0, step, MONDAY + timedelta(days=day))
    for number in range(QUESTS - daily):
        _add_quest(1 + number % 4, number // 4, MONDAY)


def _add_quest(kind: int, step: int, start: date) -> None:
    measure, targets = list(_TARGETS.items())[step % len(_TARGETS)]
    # No two that run at once ask for the same.
    value = targets[kind] + step // len(_TARGETS)
    leaves: list[dict[str, Any]] = [
        {"measure": measure, "window": "day", "op": ">=", "value": value}
    ]
    if kind == 3:
        leaves.append(
            {"metric": "csat", "window": "day", "op": ">=", "value": 80 + step % 5, "least": 9}
        )
    Quest.objects.create(
        name_en=f"Quest {kind}.{step} from {start}",
        audience="team" if kind == 4 else "person",
        settles="end" if kind == 3 else "reached",
        criteria={"all": leaves},
        points=30,
        starts_on=start,
        ends_on=start + timedelta(days=(1, 7, 30, 7, 7)[kind] - 1),
    )


def _add_battles(by: Person, second: Person) -> None:
    """A third of the teams each, with two amounts and a level; a second manager agrees to the points."""
    for manager in (by, second):
        RoleGrant.objects.create(person=manager, role="manager")
        manager.forget_roles()
    teams = list(Team.objects.order_by("pk"))
    for number in range(BATTLES):
        battle = Battle(
            name_en=f"Battle {number}",
            starts_on=MONDAY,
            ends_on=MONDAY + timedelta(days=13),
            settlement_days=2,
            consolation=50,
        )
        goals = [
            BattleObjective(kind="amount", measure="handled", target=Decimal(2_000_000)),
            BattleObjective(kind="amount", measure="resolved + praises", target=Decimal(2_000_000)),
            BattleObjective(kind="level", metric="csat", target=Decimal(85), least=Decimal(1_000)),
        ]
        of_third = teams[number::BATTLES]
        made = publishing.save_draft(battle=battle, objectives=goals, teams=of_third, by=by)
        eve = MONDAY - timedelta(days=1)
        if publishing.publish(battle=made, by=by, today=eve).status != Battle.Status.PUBLISHED:
            decision = decision_of("battle", made.pk)
            assert decision is not None
            confirm(decision=decision, by=second, on=eve)
    assert Battle.objects.running(on=MONDAY).count() == BATTLES


def _measure_battles() -> None:
    """What happens less often than every night."""
    last = MONDAY + timedelta(days=6)
    BattleState.objects.update(recount=True)
    print("a week counted anew")
    step("battles", Changes(as_of=last))
    print("settled, everyone paid and told")
    step("battles", Changes(as_of=MONDAY + timedelta(days=15)))
    goals = [BattleObjective(kind="amount", measure="handled")]
    days = Span(MONDAY + timedelta(days=14), MONDAY + timedelta(days=20))
    proposal = cost(
        lambda: propose(teams=[], objectives=goals, span=days, today=last + timedelta(days=1))
    )
    row("a proposal for the whole company", proposal)


def one_day(day: date) -> Changes:
    """Everyone's work of a day, and corrections of the days before, as a night is told."""
    late = max(MONDAY, day - timedelta(days=2))
    sql(_DAY, {"day": day.isoformat()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT agent_id, day FROM scoring_agentday WHERE day = %s", [day])
        rows = cursor.fetchall()
        cursor.execute(
            "UPDATE scoring_agentday SET handled = handled + 1 WHERE day = %s AND agent_id IN"
            " (SELECT id FROM org_person ORDER BY md5(id::text || %s) LIMIT %s)"
            " RETURNING agent_id, day",
            [late, day.isoformat(), CORRECTIONS if late < day else 0],
        )
        rows += cursor.fetchall()
    return Changes(as_of=day, days=pl.DataFrame(rows, schema=DAYS_SCHEMA, orient="row"))
