"""Fields of tickets: calls, chats, e-mails and cases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .field import Field, Type, amount, count, duration

TICKETS = [
    Field(
        "external_id",
        Type.TEXT,
        _("Id"),
        names=(
            "ticket id|id|ticket number|ticket no|ticket|case id|case number|case|call id"
            "|conversation id|chat id|interaction id|unique id|number|incident number"
            "|incident|opportunity id|order id|record id|key|reference|external id|工单号"
            "|工单编号|编号|会话id|会话编号|通话id|流水号|单号"
        ),
    ),
    Field("day", Type.DAY, _("Day it counts on"), names="day|统计日期"),
    Field(
        "topic",
        Type.TEXT,
        _("Topic"),
        names=(
            "topic|category|reason|subject|issue type|ticket type|type|sub category"
            "|case reason|disposition|tag|ticket subject|问题类型|主题|分类|类别|问题分类"
            "|业务类型"
        ),
        telling=True,
    ),
    Field(
        "priority",
        Type.TEXT,
        _("Priority"),
        names="priority|ticket priority|severity|urgency|优先级|紧急程度",
        telling=True,
    ),
    Field(
        "status",
        Type.TEXT,
        _("Status"),
        names=(
            "status|state|ticket status|case status|incident state|deal stage|状态|工单状态"
            "|处理状态"
        ),
        telling=True,
    ),
    Field(
        "opened_at",
        Type.TIME,
        _("Opened"),
        names=(
            "created time|created at|created|created date|creation date|opened at|opened"
            "|open date|date of purchase|issue reported at|start time|call start"
            "|call timestamp|call date|timestamp|submitted at|received at|date created|date"
            "|engage date|创建时间|开始时间|来电时间|接入时间|建单时间|提交时间|创建日期"
            "|日期|进线时间"
        ),
        telling=True,
    ),
    Field(
        "first_response_at",
        Type.TIME,
        _("First response"),
        names=(
            "first response time|first response at|first responded at|first reply at"
            "|first reply time|issue responded|responded at|initially assigned at"
            "|首次响应时间|首次回复时间|首响时间"
        ),
    ),
    Field(
        "resolved_at",
        Type.TIME,
        _("Resolved on"),
        names=(
            "resolution time|resolved at|resolved|resolved date|resolved time|date resolved"
            "|solved at|solved date|time to resolution|resolution date|解决时间|完成时间"
            "|解决日期|处理完成时间"
        ),
        telling=True,
    ),
    Field(
        "closed_at",
        Type.TIME,
        _("Closed"),
        names=(
            "close time|closed at|closed|closed date|close date|closed time|end time"
            "|ended at|call end|关闭时间|结束时间|关闭日期|结单时间"
        ),
        telling=True,
    ),
    Field(
        "answered",
        Type.FLAG,
        _("Answered?"),
        names="answered|answered y n|call answered|is answered|是否接听|接听|是否应答",
    ),
    Field("handled", Type.FLAG, _("Handled?")),
    Field(
        "resolved",
        Type.FLAG,
        _("Resolved?"),
        names=(
            "is resolved|resolved|resolved y n|solved|issue resolved|resolution|是否解决"
            "|已解决|是否已解决"
        ),
    ),
    Field(
        "first_contact",
        Type.FLAG,
        _("Resolved on first contact?"),
        names=(
            "first contact resolution|fcr|first call resolution|resolved on first contact"
            "|one touch|是否一次解决|一次解决|首次解决"
        ),
        contestable="first_contact",
    ),
    Field("satisfied", Type.FLAG, _("Satisfied?"), contestable="csat"),
    count(
        "contacts",
        _("Number of interactions"),
        names=(
            "agent interactions|interactions|contacts|number of contacts|replies"
            "|reply count|touches|messages|reassignment count|交互次数|沟通次数|联系次数"
        ),
    ),
    count(
        "reopens",
        _("Reopened (times)"),
        names="reopens|reopen count|reopened|times reopened|重开次数|重复打开次数",
        contestable="reopened",
    ),
    Field(
        "csat",
        Type.RATING,
        _("Satisfaction rating"),
        names=(
            "csat|csat score|csat rating|satisfaction|satisfaction rating"
            "|satisfaction score|customer satisfaction|customer satisfaction rating"
            "|survey results|survey result|survey score|rating|customer rating"
            "|feedback score|满意度|满意度评分|评分|客户满意度|评价|满意度评价"
        ),
        contestable="csat",
        telling=True,
    ),
    Field(
        "nps",
        Type.INTEGER,
        _("Recommendation (0–10)"),
        names=(
            "nps|nps score|net promoter score|likelihood to recommend|recommend score"
            "|净推荐值|推荐意愿"
        ),
        low=0,
        high=10,
        contestable="nps",
    ),
    Field(
        "complaint",
        Type.FLAG,
        _("Complaint?"),
        names="complaint|is complaint|是否投诉|投诉",
        contestable="complaint",
    ),
    Field("praise", Type.FLAG, _("Praise?"), names="praise|compliment|表扬", contestable="csat"),
    duration(
        "first_response_seconds",
        _("Time to first response"),
        names=(
            "first response seconds|first response minutes|first response duration|frt"
            "|time to first response|first reply minutes|reply time in minutes"
            "|response time|首次响应时长|首响时长|响应时长"
        ),
        contestable="response",
    ),
    Field(
        "first_response_within",
        Type.FLAG,
        _("First response in time?"),
        names=(
            "sla for first response|first response sla|response sla met"
            "|first response within sla|response within sla|response time|made sla"
            "|响应是否达标|首响达标"
        ),
        contestable="response",
    ),
    duration(
        "first_response_target_seconds",
        _("First response target"),
        names="first response target|response sla seconds|响应目标",
        stored=False,
    ),
    duration(
        "answer_seconds",
        _("Time to answer"),
        names=(
            "answer seconds|speed of answer|speed of answer in seconds|answer speed|asa"
            "|wait time|waiting time|queue time|time in queue|ring time|hold before answer"
            "|应答时长|等待时长|排队时长|振铃时长"
        ),
        contestable="answer",
    ),
    Field(
        "answered_within",
        Type.FLAG,
        _("Answered in time?"),
        names="answered within sl|within service level|service level met|是否服务水平内接听",
        contestable="answer",
    ),
    duration(
        "resolution_seconds",
        _("Time to resolution"),
        names=(
            "resolution seconds|resolution hours|resolution minutes|time to resolve|ttr"
            "|resolution duration|time to resolution hours|full resolution time|解决时长"
            "|处理用时"
        ),
        contestable="resolution",
    ),
    duration(
        "talk_seconds",
        _("Talk time"),
        names=(
            "talk time|talk duration|avg talk duration|avgtalkduration|call duration"
            "|call duration in minutes|duration|call length|conversation duration"
            "|talk seconds|通话时长|通话时间|谈话时长|会话时长"
        ),
        stored=False,
        telling=True,
    ),
    duration(
        "handle_seconds",
        _("Handle time"),
        names=(
            "handle time|aht|handling time|connected handling time|handle seconds"
            "|handle duration|average handle time|处理时长|处理时间"
        ),
        contestable="handling",
    ),
    duration(
        "hold_seconds",
        _("Hold time"),
        names="hold time|hold seconds|hold duration|保持时长|保持时间",
        contestable="handling",
    ),
    duration(
        "acw_seconds",
        _("After-call work"),
        names=(
            "after call work|acw|wrap up|wrap time|wrap up time|after call seconds"
            "|after call work time|话后时长|事后处理时长|话后处理时长"
        ),
        contestable="handling",
    ),
    Field(
        "concurrent",
        Type.NUMBER,
        _("Conversations at once"),
        names="concurrent|concurrent chats|concurrency|并发数|同时接待数",
        low=0,
        high=1_000,
        contestable="concurrency",
    ),
    Field(
        "difficulty",
        Type.INTEGER,
        _("Difficulty (1–5)"),
        names="difficulty|complexity|难度|难度等级",
        low=1,
        high=5,
    ),
    Field(
        "qa_score",
        Type.SCORE,
        _("Quality score"),
        names=(
            "qa score|quality score|quality|qa|quality assurance score|质检分|质检得分|质检分数"
        ),
        contestable="quality",
    ),
    Field(
        "compliant",
        Type.FLAG,
        _("Compliant?"),
        names="compliant|compliance|是否合规|合规",
        contestable="quality",
    ),
    Field(
        "empathy",
        Type.SCORE,
        _("Empathy or sentiment"),
        names="empathy|empathy score|sentiment|sentiment score|同理心|情绪得分",
        contestable="quality",
    ),
    Field("enquiry", Type.FLAG, _("Sales enquiry?"), names="enquiry|sales enquiry|inquiry|咨询"),
    Field(
        "converted",
        Type.FLAG,
        _("Converted?"),
        names="converted|conversion|sale made|won|is sale|是否转化|是否成交|成交",
    ),
    count("orders", _("Orders"), names="orders|order count|number of orders|订单数"),
    amount(
        "order_value",
        _("Order value"),
        names=(
            "order value|sales amount|revenue|close value|deal value|amount|item price"
            "|订单金额|成交金额|销售额|金额"
        ),
    ),
    Field(
        "save_attempt",
        Type.FLAG,
        _("Attempt to keep the customer?"),
        names="save attempt|retention attempt|挽留",
    ),
    Field("saved", Type.FLAG, _("Customer kept?"), names="saved|retained|是否挽回|挽回成功"),
    amount("saved_value", _("Value kept"), names="saved value|retained value|挽回金额"),
    amount(
        "upsell_value", _("Upsell value"), names="upsell value|upsell|cross sell value|追加销售额"
    ),
]
