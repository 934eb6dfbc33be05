"""The Chinese of texts that ship as data and exist in one language there: notes of KPIs, descriptions of mappings.

A company's own texts are not among them and are shown as they were written.
"""

from __future__ import annotations

from incentives.org.wording import reads_chinese

NOTES: dict[str, str] = {
    "volume; never scored alone: pair with a quality guard": (
        "业务量指标，不单独计分，须配合质量护栏"
    ),
    "benchmark >= 80 %; weight up to 30 % in technical support": (
        "基准 ≥ 80%；技术支持中权重最高 30%"
    ),
    "satisfied = 4 or 5 of 5; benchmark >= 90 %": "5 分制中 4 分和 5 分为满意；基准 ≥ 90%",
    "promoter 9-10, detractor 0-6; target > 10 as a shared team result": (
        "9–10 分为推荐者，0–6 分为贬损者；作为团队共同成果，目标 > 10"
    ),
    "earns points (+30 each)": "可得积分（每个 +30）",
    "online chat benchmark <= 28 s": "在线会话基准 ≤ 28 秒",
    "within the channel's target": "在渠道目标时长以内",
    "phone standard 4 min; too short is as suspect as too long": (
        "电话标准 4 分钟；太短和太长同样值得留意"
    ),
    "<= 6 min": "≤ 6 分钟",
    "alert above 8 %": "高于 8% 时提醒",
    "80 % of calls answered within 20 s": "80% 的来电在 20 秒内接起",
    "above 80 % risks burn-out": "高于 80% 有过劳风险",
    "online channels": "在线渠道",
    "0-100 from quality review": "质检评分 0–100",
    "finance benchmark >= 98 %": "金融行业基准 ≥ 98%",
    "from text analysis": "来自文本分析",
    "e-commerce: excellent above 50 %": "电商：高于 50% 为优秀",
    "scored by its rise over the agent's own baseline": "按相对本人基线的提升计分",
    "orders kept from cancellation or refund": "避免了取消或退款的订单",
    "difficulty >= 4 and resolved; earns points (+50 each)": (
        "难度 ≥ 4 且已解决；可得积分（每个 +50）"
    ),
    "earns points (+10 each)": "可得积分（每个 +10）",
    "kudos received, help on others' tickets": "收到的点赞、协助他人的工单",
}
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
