"""Fields of activities outside tickets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .field import Field, Type

ACTIVITIES = [
    Field(
        "external_id", Type.TEXT, _("Id"), names="activity id|id|event id|record id|编号|记录编号"
    ),
    Field(
        "kind",
        Type.TEXT,
        _("Kind of activity"),
        names="kind|activity type|activity|event type|type|活动类型|类型",
        telling=True,
    ),
    Field(
        "occurred_at",
        Type.TIME,
        _("Happened"),
        names=(
            "occurred at|activity date|event time|date|timestamp|completed at|created at"
            "|发生时间|时间|日期|完成时间"
        ),
        telling=True,
    ),
    Field(
        "quantity",
        Type.NUMBER,
        _("Quantity"),
        names="quantity|count|units|hours|数量|学时",
        low=0,
        high=1e6,
    ),
    Field("score", Type.NUMBER, _("Score"), names="score|result|grade|得分|分数", low=0, high=100),
    Field(
        "accepted",
        Type.FLAG,
        _("Accepted?"),
        names="accepted|approved|passed|是否采纳|采纳|通过",
        telling=True,
    ),
    Field("title", Type.TEXT, _("Title"), names="title|name|subject|course|标题|课程"),
    Field("ticket", Type.TEXT, _("Ticket"), names="ticket|ticket id|工单号"),
]
