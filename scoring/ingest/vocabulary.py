"""What systems call the canonical fields, in English and Chinese, for proposing a mapping.

Names are compared without case, spaces and signs: "Created_Date" is createddate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scoring.models.sources import FactKind

_SIGNS = re.compile(r"[\W_]+")
# A bracketed unit or note at the end: "Talk time (min)", "Answered (Y/N)", "通话时长（秒）".
_NOTE = re.compile(r"[(（\[][^)）\]]*[)）\]]\s*$")

_COMMON = {
    "version": "version|updated at|updated|last updated|modified|sys mod count|sys updated at|updated time|last modified|更新时间|修改时间",
    "deleted": "deleted|is deleted|已删除",
    "agent": "agent id|agent key|assignee id|assignee|agent|agent name|rep|sales rep|sales agent|representative|operator|csr|advisor|handled by|assigned to|assigned agent|owner|responder|admin assignee id|employee id|staff id|user|坐席工号|客服工号|工号|坐席|客服|客服姓名|坐席姓名|处理人|受理人",
    "agent_name": "agent full name|assignee name|agent name|agent display name|employee name|staff name|客服姓名|坐席姓名|姓名",
    "team": "team|team name|group|grp|agent group|agent grp|group name|grp name|assignment group|support group|department|queue team|group id|团队|班组|组别|小组|部门|技能组",
    "supervisor": "supervisor|supervisor name|team lead|team leader|lead|manager|主管|组长|班长|经理",
    "channel": "channel|channel name|source|contact type|contact channel|via channel|via|medium|origin|communication channel|渠道|来源|渠道名称|接入渠道",
    "day": "day|date|日期",
}

TICKETS = {
    "external_id": "ticket id|id|ticket number|ticket no|ticket|case id|case number|case|call id|conversation id|chat id|interaction id|unique id|number|incident number|incident|opportunity id|order id|record id|key|reference|external id|工单号|工单编号|编号|会话id|会话编号|通话id|流水号|单号",
    **_COMMON,
    "day": "day|统计日期",
    "topic": "topic|category|reason|subject|issue type|ticket type|type|sub category|case reason|disposition|tag|ticket subject|问题类型|主题|分类|类别|问题分类|业务类型",
    "priority": "priority|ticket priority|severity|urgency|优先级|紧急程度",
    "status": "status|state|ticket status|case status|incident state|deal stage|状态|工单状态|处理状态",
    "opened_at": "created time|created at|created|created date|creation date|opened at|opened|open date|date of purchase|issue reported at|start time|call start|call timestamp|call date|timestamp|submitted at|received at|date created|date|engage date|创建时间|开始时间|来电时间|接入时间|建单时间|提交时间|创建日期|日期|进线时间",
    "first_response_at": "first response time|first response at|first responded at|first reply at|first reply time|issue responded|responded at|initially assigned at|首次响应时间|首次回复时间|首响时间",
    "resolved_at": "resolution time|resolved at|resolved|resolved date|resolved time|date resolved|solved at|solved date|time to resolution|resolution date|解决时间|完成时间|解决日期|处理完成时间",
    "closed_at": "close time|closed at|closed|closed date|close date|closed time|end time|ended at|call end|关闭时间|结束时间|关闭日期|结单时间",
    "answered": "answered|answered y n|call answered|is answered|是否接听|接听|是否应答",
    "resolved": "is resolved|resolved|resolved y n|solved|issue resolved|resolution|是否解决|已解决|是否已解决",
    "first_contact": "first contact resolution|fcr|first call resolution|resolved on first contact|one touch|是否一次解决|一次解决|首次解决",
    "contacts": "agent interactions|interactions|contacts|number of contacts|replies|reply count|touches|messages|reassignment count|交互次数|沟通次数|联系次数",
    "reopens": "reopens|reopen count|reopened|times reopened|重开次数|重复打开次数",
    "csat": "csat|csat score|csat rating|satisfaction|satisfaction rating|satisfaction score|customer satisfaction|customer satisfaction rating|survey results|survey result|survey score|rating|customer rating|feedback score|满意度|满意度评分|评分|客户满意度|评价|满意度评价",
    "nps": "nps|nps score|net promoter score|likelihood to recommend|recommend score|净推荐值|推荐意愿",
    "complaint": "complaint|is complaint|是否投诉|投诉",
    "praise": "praise|compliment|表扬",
    "first_response_seconds": "first response seconds|first response minutes|first response duration|frt|time to first response|first reply minutes|reply time in minutes|response time|首次响应时长|首响时长|响应时长",
    "first_response_within": "sla for first response|first response sla|response sla met|first response within sla|response within sla|response time|made sla|响应是否达标|首响达标",
    "first_response_target_seconds": "first response target|response sla seconds|响应目标",
    "answer_seconds": "answer seconds|speed of answer|speed of answer in seconds|answer speed|asa|wait time|waiting time|queue time|time in queue|ring time|hold before answer|应答时长|等待时长|排队时长|振铃时长",
    "answered_within": "answered within sl|within service level|service level met|是否服务水平内接听",
    "resolution_seconds": "resolution seconds|resolution hours|resolution minutes|time to resolve|ttr|resolution duration|time to resolution hours|full resolution time|解决时长|处理用时",
    "talk_seconds": "talk time|talk duration|avg talk duration|avgtalkduration|call duration|call duration in minutes|duration|call length|conversation duration|talk seconds|通话时长|通话时间|谈话时长|会话时长",
    "handle_seconds": "handle time|aht|handling time|connected handling time|handle seconds|handle duration|average handle time|处理时长|处理时间",
    "hold_seconds": "hold time|hold seconds|hold duration|保持时长|保持时间",
    "acw_seconds": "after call work|acw|wrap up|wrap time|wrap up time|after call seconds|after call work time|话后时长|事后处理时长|话后处理时长",
    "concurrent": "concurrent|concurrent chats|concurrency|并发数|同时接待数",
    "difficulty": "difficulty|complexity|难度|难度等级",
    "qa_score": "qa score|quality score|quality|qa|quality assurance score|质检分|质检得分|质检分数",
    "compliant": "compliant|compliance|是否合规|合规",
    "empathy": "empathy|empathy score|sentiment|sentiment score|同理心|情绪得分",
    "enquiry": "enquiry|sales enquiry|inquiry|咨询",
    "converted": "converted|conversion|sale made|won|is sale|是否转化|是否成交|成交",
    "orders": "orders|order count|number of orders|订单数",
    "order_value": "order value|sales amount|revenue|close value|deal value|amount|item price|订单金额|成交金额|销售额|金额",
    "saved": "saved|retained|是否挽回|挽回成功",
    "save_attempt": "save attempt|retention attempt|挽留",
    "saved_value": "saved value|retained value|挽回金额",
    "upsell_value": "upsell value|upsell|cross sell value|追加销售额",
}
ACTIVITIES = {
    "external_id": "activity id|id|event id|record id|编号|记录编号",
    **_COMMON,
    "kind": "kind|activity type|activity|event type|type|活动类型|类型",
    "occurred_at": "occurred at|activity date|event time|date|timestamp|completed at|created at|发生时间|时间|日期|完成时间",
    "quantity": "quantity|count|units|hours|数量|学时",
    "score": "score|result|grade|得分|分数",
    "accepted": "accepted|approved|passed|是否采纳|采纳|通过",
    "title": "title|name|subject|course|标题|课程",
    "ticket": "ticket|ticket id|工单号",
}
QUEUES = {
    "external_id": "interval id|id|row id|编号",
    **_COMMON,
    "queue": "queue|queue name|skill|split|队列|技能",
    "starts_at": "starts at|interval start|interval|start time|interval time|start|时段|开始时间|时间段",
    "offered": "offered|calls offered|incoming calls|incoming|received|inbound|呼入量|来电量|进线量",
    "answered": "answered|answered calls|calls answered|接听量|接起量|应答量",
    "abandoned": "abandoned|abandoned calls|calls abandoned|放弃量|呼损量",
    "answered_within_sl": "answered within sl|answered within service level|within sl|服务水平内接听量",
    "handled": "handled|calls handled|处理量",
    "answer_seconds": "answer seconds|total answer time|总应答时长",
    "handle_seconds": "handle time|handle seconds|total handle time|处理总时长",
    "hold_seconds": "hold time|hold seconds|保持时长",
    "acw_seconds": "acw|acw seconds|after call work|话后时长",
    "busy_seconds": "busy seconds|busy time|busy|忙碌时长",
    "available_seconds": "available seconds|available time|idle time|ready time|空闲时长|就绪时长",
    "break_seconds": "break seconds|break time|breaks|小休时长|休息时长",
    "scheduled_seconds": "scheduled seconds|scheduled time|shift length|排班时长",
    "adherent_seconds": "adherent seconds|adherence time|in adherence|遵守时长",
}
AGENTS = {
    "key": "key|agent key|employee id|agent id|staff id|user id|agent|sales agent|id|工号|员工编号|坐席工号",
    "name": "name|full name|agent name|employee name|display name|姓名|员工姓名",
    "login": "login|login name|username|user name|account|登录名|账号",
    "email": "email|e mail|mail|email address|邮箱|电子邮箱",
    "team": "team|team id|team key|group|grp|department|班组|团队|部门|小组",
    "team_name": "team name|group name|grp name|团队名称",
    "site": "site|office|regional office|location|branch|地点|职场|办公地",
    "supervisor": "supervisor|manager|team lead|team leader|主管|经理|组长",
    "role": "role|角色",
    "job": "job|job title|job role|position|岗位|职务",
    "level": "level|grade|job level|seniority|职级|级别",
    "locale": "locale|language|语言",
    "time_zone": "time zone|timezone|时区",
    "hired_on": "hired on|hire date|hired|joined on|start date|joining date|入职日期|入职时间",
    "left_on": "left on|leave date|termination date|end date|离职日期",
    "employment_share": "employment share|fte|full time equivalent|用工比例",
    "starts_on": "in team since|team since|入组日期",
    "ends_on": "in team until|出组日期",
}
_WORDS: dict[str, dict[str, str]] = {
    FactKind.TICKETS: TICKETS,
    FactKind.ACTIVITIES: ACTIVITIES,
    FactKind.QUEUES: QUEUES,
    FactKind.AGENTS: AGENTS,
}
# Fields that only one kind of file has, so that their names tell the kind.
TELLING: dict[str, frozenset[str]] = {
    FactKind.TICKETS: frozenset(
        [
            "opened_at",
            "resolved_at",
            "closed_at",
            "status",
            "priority",
            "csat",
            "topic",
            "talk_seconds",
        ]
    ),
    FactKind.ACTIVITIES: frozenset(["kind", "occurred_at", "accepted"]),
    FactKind.QUEUES: frozenset(
        [
            "offered",
            "abandoned",
            "busy_seconds",
            "available_seconds",
            "scheduled_seconds",
            "starts_at",
        ]
    ),
    FactKind.AGENTS: frozenset(["login", "email", "hired_on", "site", "role", "employment_share"]),
}


def plain_name(name: str) -> str:
    """A column's name without case, spaces and signs."""
    return _SIGNS.sub("", name.casefold())


def without_note(name: str) -> str:
    """A column's name without a bracketed note or unit at its end."""
    return _NOTE.sub("", name).strip() or name


def names_of(kind: str) -> Mapping[str, list[str]]:
    """For each canonical field of a kind the plain names that systems give it, likeliest first."""
    return {
        field: list(dict.fromkeys([*_own(field, words), *map(plain_name, words.split("|"))]))
        for field, words in _WORDS[kind].items()
    }


def _own(field: str, words: str) -> list[str]:
    """The canonical name comes first, unless its place among the words is given."""
    own = plain_name(field)
    return [] if own in map(plain_name, words.split("|")) else [own]


def likeness(column: str, names: list[str]) -> float:
    """How well a column's name fits a field's names: 1 the first of them, 0 not at all."""
    best = 0.0
    for text, worth in ((column, 1.0), (without_note(column), 0.97)):
        plain = plain_name(text)
        if plain in names:
            best = max(best, worth - 0.004 * names.index(plain))
    if best or len(plain_name(column)) < 4:
        return best
    plain = plain_name(column)
    parts = [name for name in names if len(name) >= 5 and (name in plain or plain in name)]
    return max((0.55 * min(len(p), len(plain)) / max(len(p), len(plain)) for p in parts), default=0)
