"""The quests that ship with the product, in English and Chinese, and how they get into the pool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def figure(what: str, op: str, value: float, window: str, least: int = 0) -> dict[str, Any]:
    """One criterion as data; `what` begins with “=” for a sum of measures, else it is a KPI."""
    named = {"measure": what[1:]} if what.startswith("=") else {"metric": what}
    return {**named, "window": window, "op": op, "value": value, **({"least": least} if least else {})}  # fmt: skip


# key, for, length, English and Chinese name, English and Chinese description, points, criteria,
# and whether they are judged over all days.
_AUTOMATIC: list[tuple[Any, ...]] = [
    ("quick_hands", "person", "day", "Quick hands", "快手时刻",
     "Answer nine in ten first messages within the target.",
     "九成首次响应都在目标时间内。", 30, [("frt_within", ">=", 90, 10)], False),
    ("five_smiles", "person", "day", "Five smiles", "五个笑脸",
     "Five customers say that they are satisfied.",
     "今天收到五位客户的满意评价。", 30, [("=csat_satisfied", ">=", 5, 0)], False),
    ("calm_seas", "person", "day", "Calm seas", "风平浪静",
     "A day of work without a single complaint.",
     "全天接待，零投诉。", 20, [("=complaints", "=", 0, 0), ("=handled", ">=", 10, 0)], True),
    ("solved_at_once", "person", "day", "Solved at once", "一次搞定",
     "Eight in ten cases are solved at the first contact.",
     "八成问题首次联系即解决。", 30, [("fcr", ">=", 80, 10)], False),
    ("tough_nut", "person", "day", "A tough nut", "啃硬骨头",
     "Solve two hard cases.", "解决两个疑难问题。", 40, [("=hard_solved", ">=", 2, 0)], False),
    ("praise_week", "person", "week", "A week of praise", "好评周",
     "Collect ten good reviews this week.", "本周收集十条好评。", 80,
     [("=praises", ">=", 10, 0)], False),
    ("steady_week", "person", "week", "A steady week", "稳稳的一周",
     "Satisfaction of 90 % or more over the whole week.",
     "整周客户满意度不低于 90%。", 80, [("csat", ">=", 90, 15)], True),
    ("hundred_helped", "person", "week", "A hundred helped", "百人百助",
     "Help a hundred customers this week.", "本周帮助一百位客户。", 60,
     [("=handled", ">=", 100, 0)], False),
    ("team_smiles", "team", "week", "A team of smiles", "全队笑脸",
     "Together, a hundred satisfied customers this week.",
     "全队本周收获一百位满意客户。", 50, [("=csat_satisfied", ">=", 100, 0)], False),
    ("team_clean_sheet", "team", "week", "Clean sheet", "零失误",
     "Together, no more than three complaints in a hundred this week.",
     "全队本周投诉率不超过 3%。", 50, [("complaint_rate", "<=", 3, 50)], True),
]  # fmt: skip

# The same, with the kind of evidence and how many pieces instead of criteria.
_CLAIMED: list[tuple[Any, ...]] = [
    ("three_suggestions", "person", "day", "Three suggestions", "三条建议",
     "Collect three suggestions from customers and write them down.",
     "收集三条客户建议并记录下来。", 30, "text", 3),
    ("kind_words", "person", "day", "Kind words", "暖心时刻",
     "Share a ticket in which a customer was moved.",
     "分享一张打动客户的工单。", 20, "link", 1),
    ("better_answer", "person", "week", "A better answer", "更好的回答",
     "Improve an answer of the knowledge base and attach a picture of before and after.",
     "改进一条知识库答案，附上前后对比截图。", 60, "file", 1),
    ("team_tips", "team", "week", "Ten tips", "十条心得",
     "Together, write down ten tips that help new colleagues.",
     "全队一起写下十条能帮助新人的心得。", 40, "text", 10),
]  # fmt: skip


def shipped_templates() -> Iterator[dict[str, Any]]:
    """The field values of each template."""
    for *start, rows, whole in _AUTOMATIC:
        window = start[2]
        leaves = [figure(what, op, value, window, least) for what, op, value, least in rows]
        yield _shared(*start) | {
            "way": "automatic",
            "criteria": {"all": leaves},
            "settles": "end" if whole else "reached",
        }
    for *start, evidence, count in _CLAIMED:
        yield _shared(*start) | {"way": "claimed", "evidence": evidence, "count": count}


def _shared(*parts: Any) -> dict[str, Any]:
    names = ("key", "audience", "length", "name_en", "name_zh", "about_en", "about_zh", "points")
    return dict(zip(names, parts, strict=True))


def seed_quest_templates(apps: Any, schema_editor: Any = None) -> None:
    """Add the shipped templates that are missing, all in rotation; edited ones stay as they are.

    `apps` is the app registry of a migration (or `django.apps.apps`).
    """
    template = apps.get_model("badges", "QuestTemplate")
    known = set(template.objects.values_list("key", flat=True))
    template.objects.bulk_create(
        template(shipped=True, in_rotation=True, **values)
        for values in shipped_templates()
        if values["key"] not in known
    )
