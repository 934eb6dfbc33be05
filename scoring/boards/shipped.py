"""The leaderboards that ship with the product."""

from __future__ import annotations

from typing import Any

# Few, and each fair in its own way: within one's team, by quality as well as by points, against
# oneself, among newcomers, teams by head.
_BOARDS: list[dict[str, Any]] = [
    {
        "key": "team-week",
        "name_en": "Team board",
        "name_zh": "小组榜",
        "by": "points",
        "period": "week",
        "within": "team",
    },
    {
        "key": "points-month",
        "name_en": "Points of the month",
        "name_zh": "月度积分榜",
        "by": "points",
        "period": "month",
    },
    {
        "key": "points-season",
        "name_en": "Points of the season",
        "name_zh": "赛季积分榜",
        "by": "points",
        "period": "season",
    },
    {
        "key": "score-month",
        "name_en": "Score of the month",
        "name_zh": "月度绩效榜",
        "by": "score",
        "period": "month",
        "least": 20,
    },
    {
        "key": "improved-week",
        "name_en": "Most improved",
        "name_zh": "进步榜",
        "by": "score",
        "period": "week",
        "league": "improved",
        "least": 10,
    },
    {
        "key": "newcomers-month",
        "name_en": "Newcomers",
        "name_zh": "新人榜",
        "by": "points",
        "period": "month",
        "league": "newcomers",
    },
    {
        "key": "csat-month",
        "name_en": "Customer satisfaction",
        "name_zh": "客户满意榜",
        "by": "kpi",
        "kpi": "csat",
        "period": "month",
        "least": 20,
    },
    {
        "key": "teams-week",
        "name_en": "Teams",
        "name_zh": "团队榜",
        "subject": "team",
        "by": "points",
        "period": "week",
        "normalised": True,
        "least": 3,
    },
]


def seed_boards(apps: Any, schema_editor: Any = None) -> None:
    """Add the shipped boards that are missing; what a company has edited stays as it is.

    `apps` is the app registry of a migration (or `django.apps.apps`).
    """
    boards = apps.get_model("scoring", "Leaderboard").objects
    kpis = apps.get_model("scoring", "Kpi").objects
    known = set(boards.values_list("key", flat=True))
    for row in _BOARDS:
        if row["key"] in known:
            continue
        kpi = kpis.get(key=row["kpi"]) if "kpi" in row else None
        boards.create(**(row | {"kpi": kpi, "shipped": True}))
