"""Fields of people files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .field import Field, Type

PEOPLE = [
    Field(
        "key",
        Type.TEXT,
        _("Key"),
        names=(
            "key|agent key|employee id|agent id|staff id|user id|agent|sales agent|id|工号"
            "|员工编号|坐席工号"
        ),
    ),
    Field(
        "name",
        Type.TEXT,
        pgettext_lazy("person", "Name"),
        names="name|full name|agent name|employee name|display name|姓名|员工姓名",
    ),
    Field(
        "login",
        Type.TEXT,
        _("Login name"),
        names="login|login name|username|user name|account|登录名|账号",
        telling=True,
    ),
    Field(
        "email",
        Type.TEXT,
        _("E-mail"),
        names="email|e mail|mail|email address|邮箱|电子邮箱",
        telling=True,
    ),
    Field(
        "team",
        Type.TEXT,
        _("Team"),
        names="team|team id|team key|group|grp|department|班组|团队|部门|小组",
    ),
    Field("team_name", Type.TEXT, _("Team's name"), names="team name|group name|grp name|团队名称"),
    Field(
        "site",
        Type.TEXT,
        _("Site"),
        names="site|office|regional office|location|branch|地点|职场|办公地",
        telling=True,
    ),
    Field(
        "supervisor",
        Type.TEXT,
        _("Supervisor"),
        names="supervisor|manager|team lead|team leader|主管|经理|组长",
    ),
    Field("role", Type.TEXT, _("Role"), names="role|角色", telling=True),
    Field("job", Type.TEXT, _("Job"), names="job|job title|job role|position|岗位|职务"),
    Field("level", Type.TEXT, _("Level"), names="level|grade|job level|seniority|职级|级别"),
    Field("locale", Type.TEXT, _("Language"), names="locale|language|语言"),
    Field("time_zone", Type.TEXT, _("Time zone"), names="time zone|timezone|时区"),
    Field(
        "hired_on",
        Type.DAY,
        _("Hired on"),
        names="hired on|hire date|hired|joined on|start date|joining date|入职日期|入职时间",
        telling=True,
    ),
    Field(
        "left_on",
        Type.DAY,
        _("Left on"),
        names="left on|leave date|termination date|end date|离职日期",
    ),
    Field("starts_on", Type.DAY, _("In the team from"), names="in team since|team since|入组日期"),
    Field("ends_on", Type.DAY, _("In the team until"), names="in team until|出组日期"),
    Field(
        "employment_share",
        Type.NUMBER,
        _("Employment share"),
        names="employment share|fte|full time equivalent|用工比例",
        low=0,
        high=1,
        telling=True,
    ),
]
