"""Speed of awarding badges, beside one plain SQL statement that does the same, in the same run.

Twenty badges of three tiers ask for points over days, weeks, months, the last 28 days, quarters (top
percentages) and since the beginning. The statement is what anyone would write by hand for just
these: who meets what first, with its evidence, into the table of awards, and the points into the
ledger. It need not follow corrections, versions, revocations or anything else.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from badges.awards.progress import measure_progress
from badges.awards.reconcile import award_badges
from badges.models import Award, Badge, BadgeVersion
from bench.harness import SINCE, Cost, add_entries, add_people, cost, head, in_transaction, row, sql
from scoring.figures.changes import Changes

OPTIONS = {"entries": (1_000_000, "of the ledger"), "agents": (10_000, "people")}
AS_OF = date(2025, 12, 31)
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


def measure(options: argparse.Namespace) -> None:
    """The statement, the first evaluation, nights with nothing new, and late points."""
    entries, agents = options.entries, options.agents
    add_people(agents)
    days = max(1, entries // agents)
    add_entries(entries, agents, days=days, last=AS_OF)
    head()
    print(f"{add_badges()} badges, {agents:,} agents, {entries:,} entries in {days} days")
    floor, by_hand = plain()
    row("one plain SQL statement", floor, floor)
    row("first evaluation", evaluated(AS_OF), floor)
    assert awards() == by_hand, (len(awards()), len(by_hand))
    print(f"{len(by_hand):,} awards, the same as by hand")
    row("nothing new, the same night", evaluated(AS_OF))
    row("nothing new, the next night", evaluated(AS_OF + timedelta(days=1)))
    sql("VACUUM ANALYZE badges_award")
    row("nothing new, the night after", evaluated(AS_OF + timedelta(days=2)))
    add_entries(1000, agents, days=1, last=AS_OF - timedelta(days=9), nth=2)
    row("1,000 late entries", evaluated(AS_OF + timedelta(days=2)))


def evaluated(as_of: date) -> Cost:
    """What the night's steps cost."""
    changes = Changes(as_of=as_of)
    return cost(in_transaction(lambda: [award_badges(changes), measure_progress(changes)]))


def plain() -> tuple[Cost, set[tuple[Any, ...]]]:
    """The cost of the statement, and what it awards; undone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        spent = cost(lambda: cursor.execute(PLAIN, {"as_of": AS_OF}))
        found = awards()
        transaction.set_rollback(True)
    sql("VACUUM badges_award;\nVACUUM scoring_pointentry")
    return spent, found


def awards() -> set[tuple[Any, ...]]:
    """Every award: badge, tier, person, day."""
    return set(Award.objects.order_by().values_list("badge", "tier", "person", "awarded_on"))


def add_badges() -> int:
    """The badges of KINDS instead of those that ship, and the same as a table for plain SQL."""
    BadgeVersion.objects.update(ends_on=SINCE - timedelta(days=9000))
    sql("CREATE TABLE bench_tier (badge_id bigint, version_id bigint, tier text, what text,"
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
                sql(f"INSERT INTO bench_tier VALUES ({badge.pk}, {version.pk}, '{tier}', '{what}',"
                    f" '{win}', {value - nth})")  # fmt: skip
    sql("ANALYZE bench_tier")
    return made


def criteria(what: str, window: Any, value: int) -> dict[str, Any]:
    """One criterion on points; of a quarter the top per cent."""
    if window == "quarter":
        return {"all": [{"points": what, "window": window, "percentile": {"top": value}}]}
    return {"all": [{"points": what, "window": window, "op": ">=", "value": value}]}
