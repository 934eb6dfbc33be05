"""Fields of intervals of queues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .field import Field, Type, count, duration

QUEUES = [
    Field("external_id", Type.TEXT, _("Id"), names="interval id|id|row id|编号"),
    Field("queue", Type.TEXT, _("Queue"), names="queue|queue name|skill|split|队列|技能"),
    Field(
        "starts_at",
        Type.TIME,
        _("Start of the interval"),
        names=(
            "starts at|interval start|interval|start time|interval time|start|时段|开始时间|时间段"
        ),
        telling=True,
    ),
    count(
        "offered",
        _("Offered"),
        names=(
            "offered|calls offered|incoming calls|incoming|received|inbound|呼入量|来电量|进线量"
        ),
        telling=True,
    ),
    count(
        "answered",
        _("Answered?"),
        names="answered|answered calls|calls answered|接听量|接起量|应答量",
    ),
    count(
        "abandoned",
        _("Abandoned"),
        names="abandoned|abandoned calls|calls abandoned|放弃量|呼损量",
        telling=True,
    ),
    count(
        "answered_within_sl",
        _("Answered within service level"),
        names="answered within sl|answered within service level|within sl|服务水平内接听量",
    ),
    count("handled", _("Handled?"), names="handled|calls handled|处理量"),
    duration(
        "answer_seconds", _("Time to answer"), names="answer seconds|total answer time|总应答时长"
    ),
    duration(
        "handle_seconds",
        _("Handle time"),
        names="handle time|handle seconds|total handle time|处理总时长",
    ),
    duration("hold_seconds", _("Hold time"), names="hold time|hold seconds|保持时长"),
    duration("acw_seconds", _("After-call work"), names="acw|acw seconds|after call work|话后时长"),
    count("handle_count", _("Contacts with handle time")),
    count("acw_count", _("Contacts with after-call work")),
    duration(
        "busy_seconds", _("Busy time"), names="busy seconds|busy time|busy|忙碌时长", telling=True
    ),
    duration(
        "available_seconds",
        _("Available time"),
        names="available seconds|available time|idle time|ready time|空闲时长|就绪时长",
        telling=True,
    ),
    duration(
        "break_seconds", _("Break time"), names="break seconds|break time|breaks|小休时长|休息时长"
    ),
    duration(
        "scheduled_seconds",
        _("Scheduled time"),
        names="scheduled seconds|scheduled time|shift length|排班时长",
        telling=True,
    ),
    duration(
        "adherent_seconds",
        _("Time in adherence"),
        names="adherent seconds|adherence time|in adherence|遵守时长",
    ),
    Field("concurrent_sum", Type.NUMBER, _("Sum of conversations at once"), low=0, high=999_999),
    count("concurrent_count", _("Measurements of conversations at once")),
]
