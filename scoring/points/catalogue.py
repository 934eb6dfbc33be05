"""The point rules that ship with the product; companies publish versions of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

# They hold for all history that a company imports at its start.
SINCE_THE_BEGINNING = date(2000, 1, 1)
_LAST_28_DAYS = {"rolling_days": 28}


def _guard(metric: str, op: str, value: int, window: Any) -> dict[str, Any]:
    return {"all": [{"metric": metric, "window": window, "op": op, "value": value}]}


def _per_unit(
    key: str, english: str, chinese: str, counted: str, amount: int, **limits: Any
) -> dict[str, Any]:
    return {
        "key": key,
        "name_en": english,
        "name_zh": chinese,
        "per": "unit",
        "expression": counted,
        "amount": amount,
        **limits,
    }


RULES: list[dict[str, Any]] = [
    # 50, 30 and 10 are the product's own terms; the others are set in proportion to them.
    _per_unit("hard_case", "Hard case solved", "解决疑难问题", "hard_solved", 50, cap_day=250),
    _per_unit("good_review", "Good review", "客户好评", "praises", 30, cap_day=180),
    _per_unit(
        "learning_unit",
        "Learning unit completed",
        "完成学习",
        "learning_units",
        10,
        cap_day=30,
        cap_week=100,
    ),
    _per_unit(
        "first_contact",
        "Resolved at first contact",
        "首次解决",
        "first_contact_resolved",
        2,
        cap_day=40,
        guard=_guard("reopen_rate", "<=", 10, _LAST_28_DAYS),
    ),
    # Volume is never paid alone: satisfaction is its guard.
    _per_unit(
        "volume",
        "Tickets handled",
        "接待量",
        "handled",
        1,
        cap_day=40,
        cap_week=200,
        guard=_guard("csat", ">=", 90, _LAST_28_DAYS),
    ),
    {
        "key": "quality_week",
        "name_en": "A week of quality",
        "name_zh": "质检优秀周",
        "per": "threshold",
        "threshold": {
            "all": [{"metric": "qa_score", "window": "week", "op": ">=", "value": 95, "least": 3}]
        },
        "amount": 40,
    },
    _per_unit(
        "knowledge_article",
        "Knowledge article accepted",
        "知识贡献被采纳",
        "kb_accepted",
        20,
        cap_week=60,
    ),
    _per_unit("suggestion", "Suggestion adopted", "建议被采纳", "suggestions_adopted", 50),
    _per_unit(
        "collaboration",
        "Collaboration",
        "协作",
        "collaboration_points",
        1,
        cap_day=20,
        cap_week=60,
    ),
    _per_unit("mentoring", "Mentoring", "带教", "mentoring_hours", 15, cap_week=60),
]


def seed_point_rules(apps: Any, schema_editor: Any = None) -> None:
    """Publish the shipped rules that are missing; what a company has made of them stays."""
    model = apps.get_model("scoring", "PointRule")
    known = set(model.objects.values_list("key", flat=True))
    for rule in RULES:
        if rule["key"] not in known:
            model.objects.create(
                status="published",
                shipped=True,
                starts_on=SINCE_THE_BEGINNING,
                published_at=timezone.now(),
                **rule,
            )
