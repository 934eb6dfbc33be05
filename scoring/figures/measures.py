"""The additive measures: what each counts or sums, and from which facts.

A measure is a plain sum or count, never an average, so that any window is a sum of days.
The SQL fragments aggregate over the fact aliases that `totals.py` uses: `t` a ticket,
`a` an activity, `q` a queue interval, `c` the fact's channel. A measure that several kinds
of facts feed (calls answered, from call logs or from queue intervals) is their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

from incentives.org.wording import in_readers_language


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the daily totals.

    `ticket`, `activity` and `queue` are SQL aggregates, or None where that kind of fact
    says nothing about the measure. `unit` is count, seconds, score, money, points or hours.
    """

    key: str
    name_en: str
    name_zh: str
    unit: str = "count"
    ticket: str | None = None
    activity: str | None = None
    queue: str | None = None

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return in_readers_language(self.name_en, self.name_zh)


def _rows(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _done(kind: str, condition: str = "TRUE") -> str:
    return f"sum(a.quantity) FILTER (WHERE a.kind = '{kind}' AND {condition})"


def _times(kind: str, condition: str = "TRUE") -> str:
    return _rows(f"a.kind = '{kind}' AND {condition}")


_FIRST_RESPONSE_WITHIN = (
    "coalesce(t.first_response_within, t.first_response_seconds <= c.first_response_target)"
)
_ANSWERED_WITHIN = (
    "t.answered AND coalesce(t.answered_within, t.answer_seconds <= c.service_level_seconds)"
)

_ALL = [
    Measure(
        "handled", "Tickets handled", "接待量", ticket=_rows("t.handled"), queue="sum(q.handled)"
    ),
    Measure("resolved", "Resolved", "已解决", ticket=_rows("t.resolved")),
    Measure(
        "first_contact_resolved",
        "Resolved at first contact",
        "首次解决数",
        ticket=_rows("t.first_contact"),
    ),
    Measure(
        "first_contact_known",
        "First contact known",
        "首次解决可判定数",
        ticket="count(t.first_contact)",
    ),
    Measure("reopened", "Reopened", "重开数", ticket=_rows("t.reopens > 0")),
    Measure("csat_satisfied", "Satisfied ratings", "满意评价数", ticket=_rows("t.satisfied")),
    Measure("csat_count", "Ratings", "评价数", ticket="count(t.csat)"),
    Measure("csat_sum", "Sum of ratings", "评分总和", "score", ticket="sum(t.csat)"),
    Measure(
        "nps_promoters",
        "Promoters (9–10)",
        "推荐者",
        ticket=_rows("t.nps >= 9"),
        activity=_times("survey", "a.score >= 9"),
    ),
    Measure(
        "nps_detractors",
        "Detractors (0–6)",
        "贬损者",
        ticket=_rows("t.nps <= 6"),
        activity=_times("survey", "a.score <= 6"),
    ),
    Measure(
        "nps_count",
        "Recommendation answers",
        "净推荐值答卷数",
        ticket="count(t.nps)",
        activity=_times("survey", "a.score IS NOT NULL"),
    ),
    Measure(
        "complaints",
        "Complaints",
        "投诉数",
        ticket=_rows("t.complaint"),
        activity=_done("complaint"),
    ),
    Measure(
        "praises", "Good reviews", "好评数", ticket=_rows("t.praise"), activity=_done("praise")
    ),
    Measure(
        "first_response_seconds",
        "Time to first response",
        "首次响应总时长",
        "seconds",
        ticket="sum(t.first_response_seconds)",
    ),
    Measure(
        "first_response_count",
        "First responses",
        "首次响应数",
        ticket="count(t.first_response_seconds)",
    ),
    Measure(
        "first_response_within",
        "First responses within target",
        "达标响应数",
        ticket=_rows(f"t.first_response_seconds IS NOT NULL AND {_FIRST_RESPONSE_WITHIN}"),
    ),
    Measure(
        "resolution_seconds",
        "Time to resolution",
        "解决总时长",
        "seconds",
        ticket="sum(t.resolution_seconds)",
    ),
    Measure(
        "resolution_count",
        "Resolutions with a time",
        "有时长的解决数",
        ticket="count(t.resolution_seconds)",
    ),
    Measure(
        "answer_seconds",
        "Time to answer",
        "接听总时长",
        "seconds",
        ticket="sum(t.answer_seconds)",
        queue="sum(q.answer_seconds)",
    ),
    Measure(
        "answered", "Calls answered", "接起数", ticket=_rows("t.answered"), queue="sum(q.answered)"
    ),
    Measure(
        "offered",
        "Calls offered",
        "呼入数",
        ticket="count(t.answered)",
        queue="sum(q.offered)",
    ),
    Measure(
        "abandoned",
        "Calls abandoned",
        "放弃数",
        ticket=_rows("NOT t.answered"),
        queue="sum(q.abandoned)",
    ),
    Measure(
        "answered_within_sl",
        "Calls answered within the service level",
        "服务水平内接起数",
        ticket=_rows(_ANSWERED_WITHIN),
        queue="sum(q.answered_within_sl)",
    ),
    Measure(
        "handle_seconds",
        "Handle time",
        "处理总时长",
        "seconds",
        ticket="sum(t.handle_seconds)",
        queue="sum(q.handle_seconds)",
    ),
    Measure(
        "handle_count",
        "Contacts with handle time",
        "有处理时长的接待数",
        ticket="count(t.handle_seconds)",
        queue="sum(q.handle_count)",
    ),
    Measure(
        "hold_seconds",
        "Hold time",
        "保持总时长",
        "seconds",
        ticket="sum(t.hold_seconds)",
        queue="sum(q.hold_seconds)",
    ),
    Measure(
        "acw_seconds",
        "After-contact work",
        "话后处理总时长",
        "seconds",
        ticket="sum(t.acw_seconds)",
        queue="sum(q.acw_seconds)",
    ),
    Measure(
        "acw_count",
        "Contacts with after-contact work",
        "有话后处理的接待数",
        ticket="count(t.acw_seconds)",
        queue="sum(q.acw_count)",
    ),
    Measure("busy_seconds", "Busy time", "忙碌时长", "seconds", queue="sum(q.busy_seconds)"),
    Measure(
        "available_seconds",
        "Available time",
        "可用时长",
        "seconds",
        queue="sum(q.available_seconds)",
    ),
    Measure("break_seconds", "Break time", "小休时长", "seconds", queue="sum(q.break_seconds)"),
    Measure(
        "scheduled_seconds",
        "Scheduled time",
        "排班时长",
        "seconds",
        queue="sum(q.scheduled_seconds)",
    ),
    Measure(
        "adherent_seconds",
        "Time on schedule",
        "遵守班表时长",
        "seconds",
        queue="sum(q.adherent_seconds)",
    ),
    Measure(
        "concurrent_sum",
        "Sum of chats at the same time",
        "并发会话总和",
        ticket="sum(t.concurrent)",
        queue="sum(q.concurrent_sum)",
    ),
    Measure(
        "concurrent_count",
        "Samples of chats at the same time",
        "并发会话样本数",
        ticket="count(t.concurrent)",
        queue="sum(q.concurrent_count)",
    ),
    Measure(
        "qa_sum",
        "Sum of quality reviews",
        "质检得分总和",
        "score",
        ticket="sum(t.qa_score)",
        activity="sum(a.score) FILTER (WHERE a.kind = 'qa_review')",
    ),
    Measure(
        "qa_count",
        "Quality reviews",
        "质检次数",
        ticket="count(t.qa_score)",
        activity=_times("qa_review", "a.score IS NOT NULL"),
    ),
    Measure(
        "compliant",
        "Contacts on script",
        "话术合规数",
        ticket=_rows("t.compliant"),
        activity=_times("compliance_check", "a.accepted"),
    ),
    Measure(
        "compliance_checked",
        "Contacts checked for script",
        "话术检查数",
        ticket="count(t.compliant)",
        activity=_times("compliance_check", "a.accepted IS NOT NULL"),
    ),
    Measure(
        "infosec_breaches",
        "Information-security breaches",
        "信息安全违规数",
        activity=_done("infosec_breach"),
    ),
    Measure(
        "empathy_sum",
        "Sum of empathy scores",
        "情感共鸣得分总和",
        "score",
        ticket="sum(t.empathy)",
    ),
    Measure("empathy_count", "Empathy scores", "情感共鸣评分数", ticket="count(t.empathy)"),
    Measure(
        "converted", "Enquiries converted", "询单成交数", ticket=_rows("t.enquiry AND t.converted")
    ),
    Measure("enquiries", "Enquiries", "询单数", ticket=_rows("t.enquiry")),
    Measure("order_value", "Order value", "订单金额", "money", ticket="sum(t.order_value)"),
    Measure("orders", "Orders", "订单数", ticket="sum(t.orders)"),
    Measure("saves", "Orders saved", "挽单成功数", ticket=_rows("t.save_attempt AND t.saved")),
    Measure("save_attempts", "Attempts to save", "挽单尝试数", ticket=_rows("t.save_attempt")),
    Measure("saved_value", "Value saved", "挽回金额", "money", ticket="sum(t.saved_value)"),
    Measure(
        "upsell_value", "Recommended sales", "推荐成交额", "money", ticket="sum(t.upsell_value)"
    ),
    Measure(
        "hard_solved",
        "Hard cases solved",
        "疑难解决数",
        ticket=_rows("t.difficulty >= 4 AND t.resolved"),
    ),
    Measure("learning_units", "Learning units completed", "学习完成数", activity=_done("learning")),
    Measure(
        "kb_accepted",
        "Knowledge articles accepted",
        "被采纳的知识贡献",
        activity=_done("kb_article", "a.accepted"),
    ),
    Measure(
        "suggestions_adopted",
        "Suggestions adopted",
        "被采纳建议",
        activity=_done("suggestion", "a.accepted"),
    ),
    Measure(
        "collaboration_points",
        "Collaboration points",
        "协作积分",
        "points",
        activity=_done("collaboration"),
    ),
    Measure("mentoring_hours", "Mentoring hours", "带教课时", "hours", activity=_done("mentoring")),
]

MEASURES: dict[str, Measure] = {measure.key: measure for measure in _ALL}
