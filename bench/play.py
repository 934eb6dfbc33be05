"""What quests and battles add to a night.

50 quests for everyone that run on every one of the nights (two of the single day, as many as the
rotation opens, and 48 of the week and longer, some of teams) and 3 battles over 10,000 agents; each
night everyone's day is new, and some corrections of earlier days arrive. Quests of the days before
are in their grace besides: each night says how many run. Seconds on the clock and of processor time
(this process and the database's session).

    make bench-play
    .venv/bin/python bench/play.py --agents 1000     a quick look
    .venv/bin/python bench/play.py --daily 10        as many of the single day as can be set
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import company

ROOT = company.ROOT
VAR = ROOT / "var" / "bench-play"
MONDAY = date(2025, 11, 3)
QUESTS, BATTLES, TEAM_SIZE, CORRECTIONS = 50, 3, 20, 1_000
NIGHTS = 7
BUDGET = 2.0
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


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--daily", type=int, default=2, help="of the 50, quests of a single day")
    options = parser.parse_args()
    company.start(VAR)
    from django.db import connections

    from incentives import embedded

    _stop()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        prepare(options.agents, options.daily)
        _measure()
    finally:
        connections.close_all()
        _stop()
        shutil.rmtree(VAR, ignore_errors=True)


def _stop() -> None:
    if VAR.exists():
        subprocess.run([sys.executable, "-m", "incentives.embedded", "stop"], cwd=ROOT, check=False)


def prepare(agents: int, daily: int = 2) -> None:
    """A company of so many people, with its quests (so many of a single day) and battles."""
    import django

    django.setup()
    from django.core.management import call_command

    from incentives.org.models import Membership, Person, Team

    call_command("migrate", verbosity=0)
    since = date(2020, 1, 1)
    teams = Team.objects.bulk_create(
        Team(key=f"team{n}", name=f"Team {n}") for n in range(max(1, agents // TEAM_SIZE))
    )
    people = Person.objects.bulk_create(
        Person(key=f"bench{n}", display_name=f"Agent {n}", hired_on=since) for n in range(agents)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=teams[n % len(teams)], starts_on=since)
        for n, person in enumerate(people)
    )
    _add_quests(daily)
    _add_battles(people[0])
    print(f"{QUESTS} quests at a time and {BATTLES} battles over {agents:,} agents")


def _add_quests(daily: int) -> None:
    """Those of a single day anew for each night; of the others a quarter each: of this week, of a
    month, judged at the end, of teams. So as many run on all nights.
    """
    from badges.models import QuestSettings

    QuestSettings.objects.create(daily=0, weekly=0)
    for day in range(NIGHTS):
        for step in range(daily):
            _add_quest(0, step, MONDAY + timedelta(days=day))
    for number in range(QUESTS - daily):
        _add_quest(1 + number % 4, number // 4, MONDAY)


def _add_quest(kind: int, step: int, start: date) -> None:
    from badges.models import Quest

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


def _add_battles(by: Any) -> None:
    """A third of the teams each, with two amounts and a level."""
    from badges.battles import publishing
    from badges.models import Battle, BattleObjective
    from incentives.org.models import RoleGrant, Team

    RoleGrant.objects.create(person=by, role="manager")
    by.forget_roles()
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
        publishing.publish(battle=made, by=by, today=MONDAY - timedelta(days=1))


def _measure_battles() -> None:
    """What happens less often than every night, and what a home page asks."""
    from badges.battles.fighting import fight
    from badges.battles.home import battles_at_home, glance_of
    from badges.battles.proposing import propose
    from badges.models import BattleObjective, BattleState
    from dashboards.together import read_together
    from incentives.org.models import Person
    from scoring.figures.changes import Changes
    from scoring.figures.windows import Span

    last = MONDAY + timedelta(days=6)
    BattleState.objects.update(recount=True)
    all_days = timed(fight, Changes(as_of=last))
    settled = timed(fight, Changes(as_of=MONDAY + timedelta(days=15)))
    for what, (seconds, cpu, _line) in (
        ("a week counted anew", all_days),
        ("settled, everyone paid and told", settled),
    ):
        print(f"3 battles, {what}: {seconds:.2f} s, {cpu:.2f} s processor")
    goals = [BattleObjective(kind="amount", measure="handled")]
    days = Span(MONDAY + timedelta(days=14), MONDAY + timedelta(days=20))
    begun = time.perf_counter()
    propose(teams=[], objectives=goals, span=days, today=last + timedelta(days=1))
    print(f"a proposal for the whole company: {time.perf_counter() - begun:.2f} s")
    people = list(Person.objects.filter(key__startswith="bench")[:200])
    begun = time.perf_counter()
    for person in people:
        day = MONDAY + timedelta(days=16)
        glance_of(read_together(found=battles_at_home(person, day))["found"], day)
    print(f"a battle on the home page: {(time.perf_counter() - begun) / 200 * 1000:.1f} ms")


def _measure() -> None:
    from badges.battles.fighting import fight
    from badges.models import Quest
    from badges.quests.night import run_quests

    steps: dict[str, Callable[..., Any]] = {"quests": run_quests, "battles": fight}
    both: list[tuple[float, float]] = []
    ran: list[int] = []
    for number in range(NIGHTS):
        day = MONDAY + timedelta(days=number)
        changes = one_day(day)
        ran.append(Quest.objects.running(on=day).count())
        print(f"night {number + 1}: {ran[-1]} quests run")
        found = {name: timed(step, changes) for name, step in steps.items()}
        both.append((sum(f[0] for f in found.values()), sum(f[1] for f in found.values())))
        for name, (seconds, cpu, line) in found.items():
            print(f"night {number + 1} {name:<8}{seconds:7.2f} s {cpu:7.2f} s processor   {line}")
    again = {name: timed(step, changes) for name, step in steps.items()}
    for name, (seconds, cpu, line) in again.items():
        print(f"once more {name:<8}{seconds:6.2f} s {cpu:7.2f} s processor   {line}")
    usual, cpu = (statistics.median(each) for each in zip(*both, strict=True))
    print(
        f"a usual night with {min(ran)} running quests: {usual:.2f} s, {cpu:.2f} s processor,"
        f" promised is less than {BUDGET:.0f} s"
    )
    _measure_battles()


def one_day(day: date) -> Any:
    """Everyone's work of a day, and corrections of the days before, as a night is told."""
    import polars as pl
    from django.db import connection

    from incentives.database_roles import as_owner
    from scoring.figures.changes import DAYS_SCHEMA, Changes

    late = max(MONDAY, day - timedelta(days=2))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(_DAY, {"day": day.isoformat()})
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


def timed(step: Callable[..., Any], changes: Any) -> tuple[float, float, str]:
    from django.db import transaction

    begun, cpu = time.perf_counter(), _cpu()
    with transaction.atomic():
        result = step(changes)
    return time.perf_counter() - begun, _cpu() - cpu, result.line


def _cpu() -> float:
    """Processor seconds of this process and of the database's session that works for it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    ticks = int(stat[11]) + int(stat[12])
    return usage.ru_utime + usage.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
