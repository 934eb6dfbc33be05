"""What the facts are worth: points per rule, agent and day, by a fixed number of statements.

The agent days are those in `point_reach`; the answer is the temporary table `point_desired`:
one row (rule_id, agent_id, day) wherever something was counted, with

    quantity   what was counted (numeric)          earned     its points before guard and caps
    met        whether the guard is met            after_day  what guard and daily cap leave
    evidence   of the guard, or of the threshold   granted    what the weekly cap leaves: the points
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from scoring.expressions import Expression
from scoring.measures import MEASURES
from scoring.points.judging import judge_guards, judge_thresholds
from scoring.points.reach import judged_by
from scoring.points.specs import POINTS_OF, RuleSpec, is_points, levels

# No rule gives more than this to anyone in a day: a slip in an expression over money or seconds
# must not overflow the ledger.
MOST_A_DAY = 1_000_000


def open_desired(cursor: Any) -> None:
    """Create the empty tables for this transaction."""
    tables = {
        "point_quantity": "rule_id bigint, agent_id bigint, day date, quantity numeric,"
        " evidence jsonb, PRIMARY KEY (rule_id, agent_id, day)",
        "point_desired": "rule_id bigint, agent_id bigint, day date, quantity numeric,"
        " earned bigint, met boolean, evidence jsonb, after_day bigint, granted bigint,"
        " PRIMARY KEY (rule_id, agent_id, day)",
    }
    for name, columns in tables.items():
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DROP")
        cursor.execute(f"TRUNCATE {name}")


def fill_desired(cursor: Any, rules: Sequence[RuleSpec], *, until: date) -> None:
    """Fill `point_desired` for the agent days in `point_reach`.

    Weeks and months that end after `until` are not judged by threshold rules yet. Rules that
    are counted by others have to be among `rules`.
    """
    open_desired(cursor)
    for layer in levels(rules):
        counted = [rule for rule in layer if rule.expression is not None]
        if counted:
            _count(cursor, counted, rules)
        judge_thresholds(cursor, layer, until=until)
        cursor.execute("ANALYZE point_quantity (rule_id, agent_id, day)")
        judge_guards(cursor, layer)
        _grant(cursor, layer)
    cursor.execute("ANALYZE point_desired (rule_id, agent_id, day)")


def _count(cursor: Any, layer: Sequence[RuleSpec], rules: Sequence[RuleSpec]) -> None:
    """What each rule that counts units counts on each day: one read of the totals for all."""
    cases, params = zip(*(_of_measures(rule) for rule in layer), strict=True)
    parts = [
        "SELECT v.rule_id, k.agent_id, k.day, v.quantity FROM point_reach k"
        " JOIN scoring_agentday f ON f.agent_id = k.agent_id AND f.day = k.day"
        " JOIN org_person p ON p.id = k.agent_id"
        f" CROSS JOIN LATERAL (VALUES {', '.join(cases)}) v(rule_id, quantity)"
        " WHERE v.quantity <> 0"
    ]
    values = [value for own in params for value in own]
    for rule in layer:
        for text, own in _of_rules(rule, rules):
            parts.append(text)
            values += own
    cursor.execute(
        "INSERT INTO point_quantity (rule_id, agent_id, day, quantity)"
        f" SELECT rule_id, agent_id, day, sum(quantity) FROM ({' UNION ALL '.join(parts)}) u"
        " GROUP BY rule_id, agent_id, day HAVING sum(quantity) > 0",
        values,
    )


def _of_measures(rule: RuleSpec) -> tuple[str, list[Any]]:
    """A row of VALUES: the rule, and its measures on a row `f` of totals."""
    parts: list[str] = []
    params: list[Any] = []
    for name, factor in (rule.expression or Expression(())).terms:
        if is_points(name):
            continue
        column = f'f."{name}"' if name in MEASURES else "(f.custom->>%s)::numeric"
        parts.append(f"%s * coalesce({column}, 0)")
        params += [factor] if name in MEASURES else [factor, name]
    who, own = rule.scope.condition(day="f.day", team="f.team_id", channel="f.channel_id")
    days = "f.day >= %s" + ("" if rule.ends_on is None else " AND f.day <= %s")
    limits = [rule.starts_on] + ([] if rule.ends_on is None else [rule.ends_on])
    case = f"CASE WHEN {days} AND {who} THEN {' + '.join(parts) or '0'} END"
    return f"({int(rule.id)}, ({case})::numeric)", [*limits, *own, *params]


def _of_rules(rule: RuleSpec, rules: Sequence[RuleSpec]) -> list[tuple[str, list[Any]]]:
    """SELECTs of the points of other rules that it counts, for the people it is for."""
    who, own = rule.scope.condition(day="d.day", team="m.team_id")
    found = []
    for name, factor in (rule.expression or Expression(())).terms:
        ids = [other.id for other in rules if POINTS_OF + other.key == name and is_points(name)]
        if ids:
            sql = (
                "SELECT %s::bigint, d.agent_id, d.day, %s * d.granted FROM point_desired d"
                " JOIN org_person p ON p.id = d.agent_id"
                " LEFT JOIN org_membership m ON m.person_id = d.agent_id"
                " AND m.starts_on <= d.day AND (m.ends_on IS NULL OR m.ends_on >= d.day)"
                f" WHERE d.rule_id = ANY(%s) AND d.day >= %s AND d.day <= %s AND {who}"
            )
            limits = [rule.starts_on, rule.ends_on or date.max]
            found.append((sql, [rule.id, factor, ids, *limits, *own]))
    return found


# The limit of a week counts what the ledger has for its days before those that are looked at
# again; all days after the first of these are among them.
_GRANT = """
WITH used AS (
  SELECT e.rule_id, w.agent_id, w.week, e.points
  FROM (SELECT agent_id, date_trunc('week', day)::date AS week, min(day) AS first
        FROM point_reach GROUP BY 1, 2) w
  -- Lateral: some days of one agent by the index, never a scan of the whole ledger.
  CROSS JOIN LATERAL (
    SELECT rule_id, sum(amount) AS points FROM scoring_pointentry
    WHERE agent_id = w.agent_id AND occurred_on >= w.week AND occurred_on < w.first
      AND rule_id = ANY(%s)
    GROUP BY rule_id) e)
INSERT INTO point_desired
SELECT rule_id, agent_id, day, quantity, earned, met, evidence, after_day,
  CASE WHEN cap_week IS NULL THEN after_day
    ELSE least(so_far, cap_week) - least(so_far - after_day, cap_week) END
FROM (
  SELECT guarded.*, coalesce(u.points, 0)::bigint + sum(after_day) OVER (
    PARTITION BY rule_id, agent_id, week ORDER BY day)::bigint AS so_far
  FROM (
    SELECT *, CASE WHEN met THEN least(earned, cap_day) ELSE 0 END AS after_day
    FROM (
      SELECT q.rule_id, q.agent_id, q.day, q.quantity, r.cap_day, r.cap_week,
        date_trunc('week', q.day)::date AS week,
        least(floor(q.quantity * r.amount / r.units), %s)::bigint AS earned,
        r.judged_by IS NULL OR coalesce(g.met, FALSE) AS met,
        coalesce(g.evidence, q.evidence) AS evidence
      FROM point_quantity q
      JOIN (VALUES {rules}) r(rule_id, amount, units, cap_day, cap_week, judged_by)
        ON r.rule_id = q.rule_id
      LEFT JOIN point_verdict g ON g.rule_id = q.rule_id AND g.agent_id = q.agent_id
        AND g.starts_on = date_trunc(r.judged_by, q.day)::date
    ) counted WHERE earned > 0
  ) guarded LEFT JOIN used u USING (rule_id, agent_id, week)
) capped
"""


def _grant(cursor: Any, layer: Sequence[RuleSpec]) -> None:
    """Guard, cap per day, then cap per week in the order of the days."""
    row = "(%s::bigint, %s::numeric, %s::numeric, %s::bigint, %s::bigint, %s::text)"
    limited = [rule.id for rule in layer if rule.cap_week is not None]
    params: list[Any] = [limited, MOST_A_DAY]
    for rule in layer:
        period = judged_by(rule.guard).value if rule.guard is not None else None
        params += [rule.id, rule.amount, rule.units, rule.cap_day, rule.cap_week, period]
    cursor.execute(_GRANT.format(rules=", ".join([row] * len(layer))), params)
