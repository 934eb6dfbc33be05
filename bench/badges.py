"""Speed of awarding badges, beside one plain SQL statement that does the same, in the same run.

Twenty badges of three tiers ask for points over days, weeks, months, the last 28 days, quarters (top
percentages) and since the beginning. The statement is what anyone would write by hand for just
these: who meets what first, with its evidence, into the table of awards, and the points into the
ledger. It need not follow corrections, versions, revocations or anything else.

    make bench-badges               1,000,000 entries of 10,000 agents
    .venv/bin/python bench/badges.py --entries 100000 --agents 1000
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench-badges"
AS_OF = date(2025, 12, 31)
SINCE = date(2020, 1, 1)
sys.path.insert(0, str(ROOT))
os.environ.update(
    ENVIRONMENT="development",
    DEBUG="0",
    LOG_LEVEL="ERROR",
    VAR_DIR=str(VAR),
    DJANGO_SETTINGS_MODULE="incentives.settings",
)
# (points of, window, values of bronze, silver and gold), and how many badges of the kind.
KINDS: list[tuple[str, Any, tuple[int, int, int], int]] = [
    ("any", "day", (42, 46, 50), 2),
    ("first", "day", (43, 47, 50), 1),
    ("any", "week", (200, 230, 250), 3),
    ("any", "month", (780, 830, 880), 4),
    ("first", "month", (380, 420, 460), 2),
    ("any", "all", (500, 1500, 2500), 3),
    ("first", "all", (300, 800, 1200), 2),
    ("any", {"rolling_days": 28}, (700, 760, 820), 2),
    ("any", "quarter", (10, 5, 1), 1),
]
_LAST = {"day": "{0}", "week": "date_trunc('week', {0})::date + 6"}
_LAST |= {
    period: f"(date_trunc('{period}', {{0}}) + interval '{length}')::date - 1"
    for period, length in (("month", "1 month"), ("quarter", "3 months"))
}
_PERIODS = "\n    UNION ALL ".join(
    f"SELECT '{name}' AS win, agent_id, {last.format('day')} AS met_on, sum(n_any) AS n_any,"
    " sum(n_first) AS n_first FROM daily GROUP BY 1, 2, 3"
    for name, last in _LAST.items()
)
PLAIN = f"""
WITH daily AS (
    SELECT e.agent_id, e.occurred_on AS day, sum(e.amount) AS n_any,
        coalesce(sum(e.amount) FILTER (WHERE r.key = 'first'), 0) AS n_first
    FROM scoring_pointentry e JOIN scoring_pointrule r ON r.id = e.rule_id
    WHERE e.kind = 'rule' GROUP BY 1, 2
), sums AS (
    {_PERIODS}
    UNION ALL SELECT 'all', agent_id, day, sum(n_any) OVER so_far, sum(n_first) OVER so_far
    FROM daily WINDOW so_far AS (PARTITION BY agent_id ORDER BY day)
    UNION ALL SELECT 'rolling', agent_id, day, sum(n_any) OVER recent, sum(n_first) OVER recent
    FROM daily WINDOW recent AS (PARTITION BY agent_id ORDER BY day
        RANGE BETWEEN interval '27 days' PRECEDING AND CURRENT ROW)
), ranked AS (
    SELECT *, NULL::numeric AS better FROM sums WHERE win <> 'quarter' AND met_on <= %(as_of)s
    UNION ALL SELECT *, 100.0 * (rank() OVER (PARTITION BY met_on ORDER BY n_any DESC) - 1)
        / count(*) OVER (PARTITION BY met_on)
    FROM sums WHERE win = 'quarter' AND met_on <= %(as_of)s
), met AS (
    SELECT t.badge_id, t.tier, s.agent_id, min(s.met_on) AS met_on
    FROM bench_tier t JOIN ranked s ON s.win = t.win AND CASE WHEN t.win = 'quarter'
        THEN s.better < t.value
        WHEN t.what = 'any' THEN s.n_any >= t.value ELSE s.n_first >= t.value END
    GROUP BY 1, 2, 3
), given AS (
    INSERT INTO badges_award (public_id, badge_id, version_id, person_id, tier, occasion, awarded_on,
        given_on, points, evidence)
    SELECT gen_random_uuid(), badge_id, t.version_id, agent_id, tier, '', met_on, %(as_of)s, 50,
        jsonb_build_array(jsonb_build_object('metric', t.what, 'end', met_on,
            'value', CASE t.what WHEN 'any' THEN s.n_any ELSE s.n_first END,
            'op', '>=', 'threshold', t.value, 'met', true))
    FROM met JOIN bench_tier t USING (badge_id, tier)
        JOIN sums s USING (win, agent_id, met_on) RETURNING id, person_id, points, awarded_on
)
INSERT INTO scoring_pointentry (agent_id, amount, kind, occurred_on, booked_on, source_key, cause)
SELECT person_id, points, 'badge', awarded_on, awarded_on, 'badge:' || id,
    jsonb_build_object('award', id) FROM given
"""


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=10_000)
    options = parser.parse_args()
    from django.db import connections

    from incentives import embedded

    stop_servers()
    shutil.rmtree(VAR, ignore_errors=True)
    VAR.mkdir(parents=True)
    embedded.ensure_missing()
    try:
        measure(options.entries, options.agents)
    finally:
        connections.close_all()
        stop_servers()
        shutil.rmtree(VAR, ignore_errors=True)


def stop_servers() -> None:
    """Stop the benchmark's own embedded servers."""
    if VAR.exists():
        subprocess.run([sys.executable, "-m", "incentives.embedded", "stop"], cwd=ROOT, check=False)


def measure(entries: int, agents: int) -> None:
    """The statement, the first evaluation, nights with nothing new, and late points."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    add_people(agents)
    days = max(1, entries // agents)
    add_entries(entries, agents, days=days, last=AS_OF)
    badges = add_badges()
    print(f"{badges} badges, {agents:,} agents, {entries:,} entries in {days} days")
    floor, by_hand = plain()
    row("one plain SQL statement", floor)
    row("first evaluation", cost(lambda: evaluate(AS_OF)), floor)
    assert awards() == by_hand, (len(awards()), len(by_hand))
    print(f"{len(by_hand):,} awards, the same as by hand")
    row("nothing new, the same night", cost(lambda: evaluate(AS_OF)))
    row("nothing new, the next night", cost(lambda: evaluate(AS_OF + timedelta(days=1))))
    run("VACUUM ANALYZE badges_award")
    row("nothing new, the night after", cost(lambda: evaluate(AS_OF + timedelta(days=2))))
    add_entries(1000, agents, days=1, last=AS_OF - timedelta(days=9), nth=2)
    row("1,000 late entries", cost(lambda: evaluate(AS_OF + timedelta(days=2))))


def evaluate(as_of: date) -> None:
    """The night's step, in a transaction as the night runs it."""
    from django.db import connection, transaction

    from badges.awards.reconcile import award_badges
    from scoring.figures.changes import Changes

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '256MB'")
        award_badges(Changes(as_of=as_of))


def plain() -> tuple[Cost, set[tuple[Any, ...]]]:
    """The cost of the statement, and what it awards; undone afterwards."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        spent = cost(lambda: cursor.execute(PLAIN, {"as_of": AS_OF}))
        found = awards()
        transaction.set_rollback(True)
    run("VACUUM badges_award; VACUUM scoring_pointentry".replace("; ", ";\n"))
    return spent, found


def awards() -> set[tuple[Any, ...]]:
    """Every award: badge, tier, person, day."""
    from badges.models import Award

    return set(Award.objects.order_by().values_list("badge", "tier", "person", "awarded_on"))


def add_badges() -> int:
    """The badges of KINDS instead of those that ship, and the same as a table for plain SQL."""
    from badges.models import Badge, BadgeVersion

    BadgeVersion.objects.update(ends_on=SINCE - timedelta(days=9000))
    run("CREATE TABLE bench_tier (badge_id bigint, version_id bigint, tier text, what text,"
        " win text, value int)")  # fmt: skip
    made = 0
    for what, window, values, many in KINDS:
        for nth in range(many):
            made += 1
            badge = Badge.objects.create(key=f"bench-{made}", name_en=str(made), group="growth")
            tiers = dict(zip(("bronze", "silver", "gold"), values, strict=True))
            version = BadgeVersion.objects.create(
                badge=badge,
                status="published",
                starts_on=SINCE,
                tiers=[
                    {"tier": tier, "points": 50, "criteria": criteria(what, window, value - nth)}
                    for tier, value in tiers.items()
                ],
            )
            win = window if isinstance(window, str) else "rolling"
            for tier, value in tiers.items():
                run(f"INSERT INTO bench_tier VALUES ({badge.pk}, {version.pk}, '{tier}', '{what}',"
                    f" '{win}', {value - nth})")  # fmt: skip
    run("ANALYZE bench_tier")
    return made


def criteria(what: str, window: Any, value: int) -> dict[str, Any]:
    """One criterion on points; of a quarter the top per cent."""
    if window == "quarter":
        return {"all": [{"points": what, "window": window, "percentile": {"top": value}}]}
    return {"all": [{"points": what, "window": window, "op": ">=", "value": value}]}


def add_people(agents: int) -> None:
    """Agents in teams of twenty."""
    from incentives.org.models import Membership, Person, Team

    teams = Team.objects.bulk_create(
        Team(key=f"team{n}", name=f"Team {n}") for n in range(max(1, agents // 20))
    )
    people = Person.objects.bulk_create(
        Person(key=f"bench{n}", display_name=f"Agent {n}", hired_on=SINCE) for n in range(agents)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=teams[n % len(teams)], starts_on=SINCE)
        for n, person in enumerate(people)
    )


def add_entries(entries: int, agents: int, *, days: int, last: date, nth: int = 1) -> None:
    """Entries of two rules for all agents in turn over the `days` that end with `last`."""
    from scoring.models import PointRule

    for key in ("first", "second"):
        if not PointRule.objects.filter(key=key).exists():
            PointRule.objects.create(
                key=key, name_en=key, per="unit", expression="handled", amount=1,
                status="published", starts_on=SINCE,
            )  # fmt: skip
    run(f"""
        INSERT INTO scoring_pointentry
            (agent_id, occurred_on, booked_on, amount, kind, rule_id, nth, cause)
        SELECT s.first + n % {agents}, d.day, d.day, 1 + (n * 7919::bigint) % 50, 'rule',
            r.ids[1 + (n / 7) % 2], {nth}, '{{}}'
        FROM generate_series(0, {entries} - 1) n
            CROSS JOIN LATERAL (SELECT DATE '{last}' - (n / {agents} % {days})::int AS day) d,
            (SELECT min(id) AS first FROM org_person WHERE key LIKE 'bench%') s,
            (SELECT array_agg(id ORDER BY key) AS ids FROM scoring_pointrule
                WHERE key IN ('first', 'second')) r;
        VACUUM ANALYZE scoring_pointentry;
        ANALYZE
    """)


def run(statements: str) -> None:
    """Run SQL statements one by one, as the owner of the tables."""
    from django.db import connection

    from incentives.database_roles import as_owner

    with as_owner(), connection.cursor() as cursor:
        for statement in statements.strip().split(";\n"):
            if statement.strip():
                cursor.execute(statement)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and processor seconds of this process and its database session."""

    seconds: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    """What one run costs. Processor seconds do not grow when the machine has other things to do."""
    cpu, begun = processor(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - begun, processor() - cpu)


def processor() -> float:
    """Processor seconds so far of this process and of the server's process for its session."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def row(what: str, spent: Cost, floor: Cost | None = None) -> None:
    """Print a line of the table."""
    line = f"{what:<32}{spent.seconds * 1000:8.0f} ms; processor {spent.cpu * 1000:8.0f} ms"
    if floor is not None:
        line += f"; {spent.seconds / floor.seconds:.2f} ×, processor {spent.cpu / floor.cpu:.2f} ×"
    print(line, flush=True)


if __name__ == "__main__":
    main()
