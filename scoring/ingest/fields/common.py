"""What facts of every kind have."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .field import Field, Type

COMMON = [
    Field("external_id", Type.TEXT, _("Id")),
    Field(
        "version",
        Type.VERSION,
        _("Version or last change"),
        names=(
            "version|updated at|updated|last updated|modified|sys mod count|sys updated at"
            "|updated time|last modified|更新时间|修改时间"
        ),
    ),
    Field("deleted", Type.FLAG, _("Deleted"), names="deleted|is deleted|已删除"),
    Field(
        "agent",
        Type.TEXT,
        _("Agent (key)"),
        names=(
            "agent id|agent key|assignee id|assignee|agent|agent name|rep|sales rep"
            "|sales agent|representative|operator|csr|advisor|handled by|assigned to"
            "|assigned agent|owner|responder|admin assignee id|employee id|staff id|user"
            "|坐席工号|客服工号|工号|坐席|客服|客服姓名|坐席姓名|处理人|受理人"
        ),
        stored=False,
    ),
    Field(
        "agent_name",
        Type.TEXT,
        _("Agent's name"),
        names=(
            "agent full name|assignee name|agent name|agent display name|employee name"
            "|staff name|客服姓名|坐席姓名|姓名"
        ),
        stored=False,
    ),
    Field(
        "team",
        Type.TEXT,
        _("Team"),
        names=(
            "team|team name|group|grp|agent group|agent grp|group name|grp name"
            "|assignment group|support group|department|queue team|group id|团队|班组|组别"
            "|小组|部门|技能组"
        ),
        stored=False,
    ),
    Field(
        "supervisor",
        Type.TEXT,
        _("Supervisor"),
        names=("supervisor|supervisor name|team lead|team leader|lead|manager|主管|组长|班长|经理"),
        stored=False,
    ),
    Field(
        "channel",
        Type.TEXT,
        _("Channel"),
        names=(
            "channel|channel name|source|contact type|contact channel|via channel|via"
            "|medium|origin|communication channel|渠道|来源|渠道名称|接入渠道"
        ),
        stored=False,
    ),
    Field("day", Type.DAY, _("Day it counts on"), names="day|date|日期"),
]
