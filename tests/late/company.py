"""A demo company some weeks back, with everything that has a window, for late corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from badges.models import Badge, BadgeVersion
from incentives.capabilities import DemoStep, declared
from incentives.org.models import Person, Site, Team
from scoring.demo import fill, sign_ins
from scoring.demo.company import make_company
from scoring.demo.exports import write_files
from scoring.demo.plan import Plan
from scoring.figures.windows import ONE_DAY, Period, first_day
from scoring.models import Goal, Kpi, Leaderboard, PointRule, Season
from scoring.points.decisions import addressed, decide

SINCE = date(2000, 1, 1)
_CSAT = {"metric": "csat", "op": ">=", "value": 80}
_HANDLED = {"metric": "handled", "op": ">=", "value": 5}
#: (criteria, applies_to, repeats): windows of every kind, top percentages, scores, rows.
_BADGES: Sequence[tuple[dict[str, Any], dict[str, Any], str]] = (
    ({"all": [_CSAT | {"window": {"rolling_days": 10}, "streak": 1}]}, {}, "once"),
    ({"all": [_HANDLED | {"window": "day", "streak": 4}]}, {}, "once"),
    ({"all": [_CSAT | {"window": "week", "streak": 2}]}, {}, "period"),
    ({"all": [{"metric": "handled", "window": "week", "percentile": {"top": 30}}]}, {}, "period"),
    (
        {"all": [{"metric": "csat", "window": "month", "percentile": {"top": 20, "among": "team"}}]},
        {},
        "period",
    ),
    ({"all": [{"score": "any", "window": "week", "op": ">=", "value": 70}]}, {}, "period"),
    ({"all": [{"score": "any", "window": "month", "percentile": {"top": 25}}]}, {}, "period"),
    ({"all": [{"score": "any", "window": "week", "op": ">=", "value": 60, "streak": 3}]}, {}, "once"),
    ({"all": [{"points": "any", "window": "week", "op": ">=", "value": 60}]}, {}, "period"),
    ({"all": [{"points": "any", "window": "season", "op": ">=", "value": 300}]}, {}, "period"),
    ({"all": [{"metric": "complaint_rate", "window": "quarter", "op": "<=", "value": 2}]}, {}, "once"),
    ({"all": [_HANDLED | {"window": "day"}]}, {"people": "newcomers", "newcomer_days": 40}, "period"),
)  # fmt: skip


def make(folder: Path, *, agents: int, days: int, seed: int, last_day: date) -> date:
    """The demo company as of `last_day`; returns that day, which no night has closed yet."""
    fill.set_up_company()
    plan = Plan(agents=agents, days=days, seed=seed, last_day=last_day)
    write_files(plan, make_company(plan), folder)
    for _run in fill.import_files(folder):
        pass
    sign_ins.set_up(folder)
    add_windows(first_day(Period.MONTH, last_day), last_day)
    for part in declared(DemoStep):
        part.make(last_day + ONE_DAY)
    return last_day


def add_windows(month: date, today: date) -> None:
    """Boards, badges, rules, seasons and goals that look further than a day, or at others."""
    _boards()
    for number, (criteria, who, repeats) in enumerate(_BADGES):
        badge = Badge.objects.create(
            key=f"window-{number}", name_en=f"window {number}", group="customer", repeats=repeats
        )
        tier = {"tier": "bronze", "criteria": criteria, "points": 5}
        BadgeVersion.objects.create(
            badge=badge, status="published", starts_on=SINCE, tiers=[tier], applies_to=who
        )
    _rules()
    # One that is closed on the way, and one that follows.
    Season.objects.create(name="First", starts_on=month - timedelta(days=60), ends_on=today)
    Season.objects.create(
        name="Second", starts_on=today + ONE_DAY, ends_on=today + timedelta(days=200)
    )
    _goals(today)


def _boards() -> None:
    kpi = {each.key: each for each in Kpi.objects.all()}
    site, team = Site.objects.first(), Team.objects.order_by("pk").first()
    improved: dict[str, Any] = {"league": "improved"}
    made: list[dict[str, Any]] = [
        {"by": "points", "period": period, **improved}
        for period in ("day", "week", "month", "season")
    ]
    made += [{"by": "score", "period": period, **improved} for period in ("day", "month")]
    made += [
        {"by": "kpi", "kpi": kpi[key], "period": period, **improved}
        for key, period in (("csat", "week"), ("handled", "month"), ("handled", "day"))
    ]
    made += [
        {"by": "kpi", "kpi": kpi["handled"], "period": "week", "subject": "team", "normalised": True},
        {"by": "points", "period": "week", "within": "company", "site": site},
        {"by": "points", "period": "month", "team": team},
        {"by": "points", "period": "all"},
        {"by": "score", "period": "week", "subject": "team"},
        {"by": "points", "period": "month", "subject": "team", "normalised": True},
    ]  # fmt: skip
    for number, traits in enumerate(made):
        key = f"window-{number}"
        Leaderboard.objects.create(key=key, name_en=key, **({"least": 0} | traits))


def _rules() -> None:
    fixed = {"from": "2000-01-01", "to": "2100-01-01"}
    for number, guard in enumerate(
        (
            _CSAT | {"window": {"rolling_days": 14}},
            _CSAT | {"window": "month"},
            _CSAT | {"window": "week", "streak": 2},
            _CSAT | {"window": fixed, "value": 90},
            _CSAT | {"window": "all", "value": 92},
        )
    ):
        PointRule.objects.create(
            key=f"window-{number}", name_en=f"window {number}", per="unit", expression="handled",
            amount=1, cap_week=30, guard={"all": [guard]}, status="published", starts_on=SINCE,
        )  # fmt: skip
    thresholds: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (_CSAT | {"window": "week", "streak": 2}, {}),
        (_HANDLED | {"window": "month", "value": 60}, {"people": "newcomers"}),
        (
            _HANDLED | {"window": "week", "value": 20},
            {"teams": [Team.objects.order_by("pk").values_list("pk", flat=True)[0]]},
        ),
    ]
    for number, (threshold, who) in enumerate(thresholds):
        PointRule.objects.create(
            key=f"threshold-{number}", name_en=f"threshold {number}", per="threshold",
            threshold={"all": [threshold]}, amount=7, applies_to=who, status="published",
            starts_on=SINCE,
        )  # fmt: skip


def _goals(today: date) -> None:
    by = Person.objects.filter(role_grants__role="manager").order_by("pk")[0]
    kpi = {each.key: each for each in Kpi.objects.all()}
    people = list(Person.objects.filter(memberships__isnull=False).distinct().order_by("pk"))
    teams = list(Team.objects.order_by("pk"))
    for number, (first, last) in enumerate(((-40, -20), (-20, 10), (-10, 25))):
        days = {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}
        for traits in (
            {"agent": people[number], "kpi": kpi["csat"], "target": Decimal(90)},
            {"agent": people[-1 - number], "kpi": kpi["handled"], "target": Decimal(70)},
            {
                "team": teams[number % len(teams)],
                "kpi": kpi["csat"],
                "target": Decimal(85),
                "points": 10,
            },
        ):
            goal = Goal.objects.create(
                title="More", status="agreed", agreed_at=timezone.now(), proposed_by=by,
                **days, **traits,
            )  # fmt: skip
            if goal.team and goal.points:
                decide(
                    kind="goal", subject=goal.pk, by=by, on=today, each=goal.points,
                    people=addressed([goal.team], on=today), said={}, teams=[goal.team],
                )  # fmt: skip
