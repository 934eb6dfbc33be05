"""The Chinese of texts that ship as data and exist in one language there: notes of KPIs, descriptions of mappings.

A company's own texts are not among them and are shown as they were written.
"""

from __future__ import annotations

from incentives.org.wording import reads_chinese
from scoring.figures.catalogue import notes_in_chinese

NOTES = notes_in_chinese()
DESCRIPTIONS: dict[str, str] = {
    "Call logs of telephone systems with the usual column names, one row a call.": (
        "电话系统的通话记录，使用常见列名，每行一通电话。"
    ),
    "Lessons, reviews, surveys and other activities in a file whose columns are named like our fields.": (
        "学习、质检、问卷等活动，列名与本产品字段一致。"
    ),
    "People and teams in a file whose columns are named like our fields.": (
        "人员与团队，列名与本产品字段一致。"
    ),
    "Intervals of a telephone or chat system in a file whose columns are named like our fields.": (
        "电话或在线系统的队列时段，列名与本产品字段一致。"
    ),
    "Tickets or calls in a file whose columns are named like our fields.": (
        "工单或通话，列名与本产品字段一致。"
    ),
    "Chatwoot's CSAT report (CSV); each rating completes its conversation.": (
        "Chatwoot 的满意度报表（CSV），每条评价补充到对应会话。"
    ),
    "Chatwoot conversations from its API.": "来自 Chatwoot API 的会话。",
    "Freshdesk tickets from its API (list with include=stats).": (
        "来自 Freshdesk API 的工单（列表，带 include=stats）。"
    ),
    "Freshdesk's ticket export (CSV or XLSX).": "Freshdesk 导出的工单（CSV 或 XLSX）。",
    "People from Intercom's admin table, without deleted ones.": (
        "来自 Intercom 管理员表的人员，不含已删除的。"
    ),
    "Intercom's conversation history table as data pipelines copy it; only active versions count.": (
        "数据管道复制的 Intercom 会话历史表，只采用有效版本。"
    ),
    "Intercom conversations from its API.": "来自 Intercom API 的会话。",
    "Zendesk ticket metrics from its API: response and resolution times, reopenings; completes tickets.": (
        "来自 Zendesk API 的工单指标：响应与解决时长、重开次数；补充到工单。"
    ),
    "Zendesk satisfaction ratings from its API; the newest rating completes its ticket.": (
        "来自 Zendesk API 的满意度评价，以最新评价补充到工单。"
    ),
    "People from Zendesk's user table: agents and administrators, not customers.": (
        "来自 Zendesk 用户表的人员：客服和管理员，不含客户。"
    ),
    "Zendesk's ticket table as data pipelines copy it to a warehouse; deleted tickets count no more.": (
        "数据管道复制到数据仓库的 Zendesk 工单表，已删除的工单不再计入。"
    ),
    "Zendesk tickets from its API (incremental export, search or list), with ratings.": (
        "来自 Zendesk API 的工单（增量导出、搜索或列表），含评价。"
    ),
}


def shipped_text(text: str) -> str:
    """A shipped text in the language of the reader; any other text as it is."""
    if not reads_chinese():
        return text
    return NOTES.get(text) or DESCRIPTIONS.get(text) or text
