"""What the ledger should say, worked out by hand from the facts: one agent, day and rule after the other.

Written on purpose without the product's totals, criteria, windows and SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from django.db.models import Sum

from scoring.models import Activity, Kpi, PointEntry, PointRule, Ticket

Sums = dict[str, Fraction]
Points = dict[tuple[int, date, int], int]
DAY = timedelta(days=1)


def ledger() -> Points:
    """(agent, day, rule) → posted points, without zeros."""
    rows = PointEntry.objects.filter(kind="rule").order_by()
    summed = rows.values_list("agent", "occurred_on", "rule").annotate(points=Sum("amount"))
    return {(agent, day, rule): points for agent, day, rule, points in summed if points}


def expected(until: date) -> Points:
    """(agent, day, rule) → the points that the facts are worth under the published rules."""
    facts = _facts()
    rules = [
        rule
        for rule in PointRule.objects.filter(status="published")
        if rule.ends_on is None or rule.ends_on >= rule.starts_on
    ]
    found: Points = {}
    waiting = list(rules)
    while waiting:
        keys = {rule.key for rule in waiting}
        rule = next(each for each in waiting if not _needs(each) & keys)
        waiting.remove(rule)
        for agent in facts:
            found.update(_points_of(rule, agent, facts[agent], found, rules, until))
    return {key: points for key, points in found.items() if points}


def _needs(rule: PointRule) -> set[str]:
    return {name[7:] for _sign, name in _terms(rule.expression) if name.startswith("points_")}


def _terms(text: str) -> list[tuple[int, str]]:
    words = text.replace("+", " + ").replace("-", " - ").split()
    return [
        (-1 if at and words[at - 1] == "-" else 1, word)
        for at, word in enumerate(words)
        if word not in "+-"
    ]


def _facts() -> dict[int, dict[date, list[tuple[int, Sums]]]]:
    """Agent → day → (channel, what each fact adds)."""
    found: dict[int, dict[date, list[tuple[int, Sums]]]] = defaultdict(lambda: defaultdict(list))
    for kind in (Ticket, Activity):
        for fact in kind._default_manager.filter(deleted=False, held_for=None).exclude(agent=None):
            adds = _of_ticket(fact) if isinstance(fact, Ticket) else _of_activity(fact)
            if fact.agent_id and fact.day:
                found[fact.agent_id][fact.day].append((fact.channel_id, adds))
    return found


def _of_ticket(ticket: Ticket) -> Sums:
    hard = (ticket.difficulty or 0) >= 4 and ticket.resolved
    rated = ticket.csat is not None
    adds = {
        "handled": ticket.handled,
        "resolved": ticket.resolved,
        "first_contact_resolved": bool(ticket.first_contact),
        "reopened": (ticket.reopens or 0) > 0,
        "hard_solved": hard,
        "praises": bool(ticket.praise),
        "csat_count": rated,
        "csat_satisfied": bool(ticket.satisfied),
    }
    return {name: Fraction(int(value)) for name, value in adds.items()}


def _of_activity(activity: Activity) -> Sums:
    name = {
        "learning": "learning_units",
        "praise": "praises",
        "collaboration": "collaboration_points",
        "mentoring": "mentoring_hours",
        "kb_article": "kb_accepted" if activity.accepted else "",
        "suggestion": "suggestions_adopted" if activity.accepted else "",
    }.get(activity.kind, "")
    adds = {name: Fraction(activity.quantity)} if name else {}
    if activity.kind == "qa_review" and activity.score is not None:
        adds |= {"qa_sum": Fraction(activity.score), "qa_count": Fraction(1)}
    return adds


def _points_of(
    rule: PointRule,
    agent: int,
    days: dict[date, list[tuple[int, Sums]]],
    others: Points,
    rules: list[PointRule],
    until: date,
) -> Points:
    found: Points = {}
    given: dict[date, int] = defaultdict(int)
    for day in _worth_days(rule, days, until):
        if day < rule.starts_on or (rule.ends_on and day > rule.ends_on):
            continue
        counted = _counted(rule, agent, day, days, others, rules)
        points = floor(counted * rule.amount / rule.units) if counted > 0 else 0
        if rule.guard and not _met(rule.guard, day, days):
            points = 0
        if rule.cap_day:
            points = min(points, rule.cap_day)
        week = day - timedelta(days=day.weekday())
        if rule.cap_week:
            points = min(points, rule.cap_week - given[week])
        given[week] += points
        found[agent, day, rule.pk] = points
    return found


def _worth_days(rule: PointRule, days: dict[date, Any], until: date) -> list[date]:
    if rule.per == "unit":
        return sorted(days)
    window = rule.threshold["all"][0]["window"] if rule.threshold else "day"
    return sorted({end for day in days if (end := _span(window, day)[1]) <= until})


def _counted(
    rule: PointRule,
    agent: int,
    day: date,
    days: dict[date, list[tuple[int, Sums]]],
    others: Points,
    rules: list[PointRule],
) -> Fraction:
    if rule.per == "threshold":
        return Fraction(int(_met(rule.threshold or {}, day, days)))
    channels = rule.applies_to.get("channels")
    total = Fraction(0)
    for sign, name in _terms(rule.expression):
        for channel, adds in days.get(day, []):
            if not channels or channel in channels:
                total += sign * adds.get(name, Fraction(0))
        for other in rules:
            if name == f"points_{other.key}":
                total += sign * others.get((agent, day, other.pk), 0)
    return total


def _span(window: Any, day: date) -> tuple[date, date]:
    if window == "day":
        return day, day
    if window == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if window == "month":
        return day.replace(day=1), (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return day - timedelta(days=window["rolling_days"] - 1), day


def _met(criteria: dict[str, Any], day: date, days: dict[date, list[tuple[int, Sums]]]) -> bool:
    return all(_holds(leaf, day, days) for leaf in criteria["all"])


def _holds(leaf: dict[str, Any], day: date, days: dict[date, list[tuple[int, Sums]]]) -> bool:
    first, last = _span(leaf["window"], day)
    facts = [adds for when, all_ in days.items() if first <= when <= last for _c, adds in all_]
    kpi = Kpi.objects.get(key=leaf["metric"])
    top = sum((adds.get(kpi.numerator, Fraction(0)) for adds in facts), Fraction(0))
    value, volume = top, top
    if kpi.denominator:
        volume = sum((adds.get(kpi.denominator, Fraction(0)) for adds in facts), Fraction(0))
        if not volume:
            return False
        value = top / volume * (100 if kpi.unit == "%" else 1)
    threshold = Fraction(str(leaf["value"]))
    holds = value >= threshold if leaf["op"] == ">=" else value <= threshold
    return holds and volume >= leaf.get("least", 0)


def agents() -> Iterator[int]:
    """Everyone with facts."""
    yield from _facts()
