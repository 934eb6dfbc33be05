"""Daily totals: additive measures per agent (team), day and channel, derived from the facts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Team

from .measures import count, done, rows, times, total
from .sources import Channel

_FIRST_RESPONSE_WITHIN = (
    "coalesce(t.first_response_within, t.first_response_seconds <= c.first_response_target)"
)
_ANSWERED_WITHIN = (
    "t.answered AND coalesce(t.answered_within, t.answer_seconds <= c.service_level_seconds)"
)


class DayTotals(models.Model):
    """A column for each measure, declared with what it counts and from which facts.

    Durations are in seconds, ratings on the 1–5 scale, money in the company's currency.
    `custom` holds the company's own measures by key. NULL stands for "nothing measured". The
    foreign keys have no constraint in the database for the reason given at `Fact`.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField(_("day"))
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    handled = count("Tickets handled", "接待量", ticket=rows("t.handled"), queue="sum(q.handled)")
    resolved = count("Resolved", "已解决", ticket=rows("t.resolved"))
    first_contact_resolved = count(
        "Resolved at first contact", "首次解决数", ticket=rows("t.first_contact")
    )
    first_contact_known = count(
        "First contact known", "首次解决可判定数", ticket="count(t.first_contact)"
    )
    reopened = count("Reopened", "重开数", ticket=rows("t.reopens > 0"))
    csat_satisfied = count("Satisfied ratings", "满意评价数", ticket=rows("t.satisfied"))
    csat_count = count("Ratings", "评价数", ticket="count(t.csat)")
    csat_sum = total("Sum of ratings", "评分总和", "score", ticket="sum(t.csat)")
    nps_promoters = count(
        "Promoters (9–10)",
        "推荐者",
        ticket=rows("t.nps >= 9"),
        activity=times("survey", "a.score >= 9"),
    )
    nps_detractors = count(
        "Detractors (0–6)",
        "贬损者",
        ticket=rows("t.nps <= 6"),
        activity=times("survey", "a.score <= 6"),
    )
    nps_count = count(
        "Recommendation answers",
        "净推荐值答卷数",
        ticket="count(t.nps)",
        activity=times("survey", "a.score IS NOT NULL"),
    )
    complaints = total(
        "Complaints", "投诉数", ticket=rows("t.complaint"), activity=done("complaint")
    )
    praises = total("Good reviews", "好评数", ticket=rows("t.praise"), activity=done("praise"))
    first_response_seconds = total(
        "Time to first response",
        "首次响应总时长",
        "seconds",
        ticket="sum(t.first_response_seconds)",
    )
    first_response_count = count(
        "First responses", "首次响应数", ticket="count(t.first_response_seconds)"
    )
    first_response_within = count(
        "First responses within target",
        "达标响应数",
        ticket=rows(f"t.first_response_seconds IS NOT NULL AND {_FIRST_RESPONSE_WITHIN}"),
    )
    resolution_seconds = total(
        "Time to resolution", "解决总时长", "seconds", ticket="sum(t.resolution_seconds)"
    )
    resolution_count = count(
        "Resolutions with a time", "有时长的解决数", ticket="count(t.resolution_seconds)"
    )
    answer_seconds = total(
        "Time to answer",
        "接听总时长",
        "seconds",
        ticket="sum(t.answer_seconds)",
        queue="sum(q.answer_seconds)",
    )
    answered = count("Calls answered", "接起数", ticket=rows("t.answered"), queue="sum(q.answered)")
    offered = count("Calls offered", "呼入数", ticket="count(t.answered)", queue="sum(q.offered)")
    abandoned = count(
        "Calls abandoned", "放弃数", ticket=rows("NOT t.answered"), queue="sum(q.abandoned)"
    )
    answered_within_sl = count(
        "Calls answered within the service level",
        "服务水平内接起数",
        ticket=rows(_ANSWERED_WITHIN),
        queue="sum(q.answered_within_sl)",
    )
    handle_seconds = total(
        "Handle time",
        "处理总时长",
        "seconds",
        ticket="sum(t.handle_seconds)",
        queue="sum(q.handle_seconds)",
    )
    handle_count = count(
        "Contacts with handle time",
        "有处理时长的接待数",
        ticket="count(t.handle_seconds)",
        queue="sum(q.handle_count)",
    )
    hold_seconds = total(
        "Hold time",
        "保持总时长",
        "seconds",
        ticket="sum(t.hold_seconds)",
        queue="sum(q.hold_seconds)",
    )
    acw_seconds = total(
        "After-contact work",
        "话后处理总时长",
        "seconds",
        ticket="sum(t.acw_seconds)",
        queue="sum(q.acw_seconds)",
    )
    acw_count = count(
        "Contacts with after-contact work",
        "有话后处理的接待数",
        ticket="count(t.acw_seconds)",
        queue="sum(q.acw_count)",
    )
    busy_seconds = total("Busy time", "忙碌时长", "seconds", queue="sum(q.busy_seconds)")
    available_seconds = total(
        "Available time", "可用时长", "seconds", queue="sum(q.available_seconds)"
    )
    break_seconds = total("Break time", "小休时长", "seconds", queue="sum(q.break_seconds)")
    scheduled_seconds = total(
        "Scheduled time", "排班时长", "seconds", queue="sum(q.scheduled_seconds)"
    )
    adherent_seconds = total(
        "Time on schedule", "遵守班表时长", "seconds", queue="sum(q.adherent_seconds)"
    )
    concurrent_sum = total(
        "Sum of chats at the same time",
        "并发会话总和",
        ticket="sum(t.concurrent)",
        queue="sum(q.concurrent_sum)",
    )
    concurrent_count = count(
        "Samples of chats at the same time",
        "并发会话样本数",
        ticket="count(t.concurrent)",
        queue="sum(q.concurrent_count)",
    )
    qa_sum = total(
        "Sum of quality reviews",
        "质检得分总和",
        "score",
        ticket="sum(t.qa_score)",
        activity="sum(a.score) FILTER (WHERE a.kind = 'qa_review')",
    )
    qa_count = count(
        "Quality reviews",
        "质检次数",
        ticket="count(t.qa_score)",
        activity=times("qa_review", "a.score IS NOT NULL"),
    )
    compliant = count(
        "Contacts on script",
        "话术合规数",
        ticket=rows("t.compliant"),
        activity=times("compliance_check", "a.accepted"),
    )
    compliance_checked = count(
        "Contacts checked for script",
        "话术检查数",
        ticket="count(t.compliant)",
        activity=times("compliance_check", "a.accepted IS NOT NULL"),
    )
    infosec_breaches = total(
        "Information-security breaches", "信息安全违规数", activity=done("infosec_breach")
    )
    empathy_sum = total(
        "Sum of empathy scores", "情感共鸣得分总和", "score", ticket="sum(t.empathy)"
    )
    empathy_count = count("Empathy scores", "情感共鸣评分数", ticket="count(t.empathy)")
    converted = count("Enquiries converted", "询单成交数", ticket=rows("t.enquiry AND t.converted"))
    enquiries = count("Enquiries", "询单数", ticket=rows("t.enquiry"))
    order_value = total("Order value", "订单金额", "money", ticket="sum(t.order_value)")
    orders = count("Orders", "订单数", ticket="sum(t.orders)")
    saves = count("Orders saved", "挽单成功数", ticket=rows("t.save_attempt AND t.saved"))
    save_attempts = count("Attempts to save", "挽单尝试数", ticket=rows("t.save_attempt"))
    saved_value = total("Value saved", "挽回金额", "money", ticket="sum(t.saved_value)")
    upsell_value = total("Recommended sales", "推荐成交额", "money", ticket="sum(t.upsell_value)")
    hard_solved = count(
        "Hard cases solved", "疑难解决数", ticket=rows("t.difficulty >= 4 AND t.resolved")
    )
    learning_units = total("Learning units completed", "学习完成数", activity=done("learning"))
    kb_accepted = total(
        "Knowledge articles accepted", "被采纳的知识贡献", activity=done("kb_article", "a.accepted")
    )
    suggestions_adopted = total(
        "Suggestions adopted", "被采纳建议", activity=done("suggestion", "a.accepted")
    )
    collaboration_points = total(
        "Collaboration points", "协作积分", "points", activity=done("collaboration")
    )
    mentoring_hours = total("Mentoring hours", "带教课时", "hours", activity=done("mentoring"))
    custom: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)

    class Meta:
        abstract = True


class AgentDay(DayTotals):
    """What one agent did on one day in one channel, for the team credited with it."""

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = _("agent day")
        verbose_name_plural = _("agent days")
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "day", "channel", "team"],
                nulls_distinct=False,
                name="agentday_unique",
            )
        ]
        indexes = [
            BrinIndex(fields=["day"], name="agentday_day", autosummarize=True),
            models.Index(fields=["team", "day"], name="agentday_team_day"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day}"


class TeamDay(DayTotals):
    """What one team did on one day in one channel, facts without an agent included.

    Rows without a team hold what nobody's team can be credited with; the company's figures
    are the sum of all rows. `people` is how many agents have totals there: where it is few, the
    row tells of single people (`incentives.org.disclosure`).
    """

    people = models.PositiveIntegerField(_("people"), db_default=0)

    class Meta:
        verbose_name = _("team day")
        verbose_name_plural = _("team days")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "channel"], nulls_distinct=False, name="teamday_unique"
            )
        ]
        indexes = [models.Index(fields=["day"], name="teamday_day")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}"


class CountedMeasure(models.Model):
    """A measure that the totals of all days hold; one that a release adds is not among them."""

    key = models.CharField(_("key"), primary_key=True, max_length=63)

    def __str__(self) -> str:
        return self.key
