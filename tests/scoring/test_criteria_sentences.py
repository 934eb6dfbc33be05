"""Criteria in words, the same in both languages."""

from typing import Any

import pytest

from scoring.criteria import parse_criteria, sentence
from scoring.models import Kpi
from tests.scoring.scorecards import make_card

EXAMPLES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"all": [{"metric": "csat", "window": "month", "op": ">=", "value": 92, "least": 20}]},
        "“Customer satisfaction (share satisfied)” is at least 92 % in the month, from at least 20"
        " ratings.",
        "本月“客户满意度”不低于 92%（评价数不少于 20）。",
    ),
    (
        {
            "all": [
                {
                    "metric": "handled",
                    "window": {"rolling_days": 28},
                    "percentile": {"top": 5, "among": "team"},
                },
                {"metric": "complaint_rate", "window": "day", "op": "=", "value": 0, "streak": 2},
            ]
        },
        "“Tickets handled” is among the top 5 % of the team in the last 28 days, and “Complaint"
        " rate” is exactly 0 % on each of 2 days in a row.",
        "最近 28 天“接待量”位列本团队前 5%，并且连续 2 天“客户投诉率”等于 0%。",
    ),
    (
        {
            "any": [
                {"metric": "aht", "window": "week", "op": "<", "value": 360},
                {
                    "all": [
                        {
                            "measure": "saves + 2 * praises",
                            "window": "season",
                            "op": ">",
                            "value": 1500,
                        },
                        {
                            "metric": "frt",
                            "window": {"from": "2026-11-01", "to": "2026-11-11"},
                            "op": "<=",
                            "value": 28.5,
                        },
                    ]
                },
            ]
        },
        "“Average handle time” is less than 6 min in the week, or (“Orders saved + 2 × Good"
        " reviews” is more than 1,500 in the season, and “Mean first response time” is at most"
        " 28.5 s from 1 Nov 2026 to 11 Nov 2026).",
        "本周“平均处理时长”低于 6 分钟，或者（本赛季“挽单成功数 + 2 × 好评数”高于 1,500，并且2026年11月1日至"
        "2026年11月11日“平均首次响应时长”不高于 28.5 秒）。",
    ),
    (
        {
            "all": [
                {"score": "any", "window": "month", "op": ">", "value": 90, "streak": 3},
                {
                    "score": "calls",
                    "window": "week",
                    "percentile": {"top": 5, "among": "team"},
                },
            ]
        },
        "“Score” is more than 90 in each of 3 months in a row, and “Score (Calls)” is among the"
        " top 5 % of the team in the week.",
        "连续 3 个月“得分”高于 90，并且本周“得分（热线）”位列本团队前 5%。",
    ),
    (
        {
            "all": [
                {
                    "metric": "handled",
                    "window": {"period": "month", "back": 1},
                    "least": 50,
                    "percentile": {"top": 2.5},
                }
            ]
        },
        "“Tickets handled” is among the top 2.5 % of the company in the month before, and at"
        " least 50.",
        "上个月“接待量”位列全公司前 2.5%（且不少于 50）。",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("data", "english", "chinese"), EXAMPLES)
def test_criteria_read_as_a_sentence_in_both_languages(
    data: dict[str, Any], english: str, chinese: str
) -> None:
    make_card(key="calls", role="calls", name_en="Calls", name_zh="热线")
    criteria = parse_criteria(data)
    assert sentence(criteria, "en") == english
    assert sentence(criteria, "zh-hans") == chinese


WINDOWS = [
    *("day", "week", "month", "quarter", "season", "all"),
    *({"period": period, "back": back} for period in ("day", "week", "month") for back in (1, 3)),
    *({"rolling_days": days} for days in (1, 7)),
    {"from": "2026-11-11", "to": "2026-11-11"},
]


def test_no_window_and_no_comparison_reads_like_another_one(db: None) -> None:
    # The last 1 day is the day.
    different = [window for window in WINDOWS if window != {"rolling_days": 1}]
    for language in ("en", "zh-hans"):
        read = {
            sentence(parse_criteria({"all": [leaf]}), language)
            for window in different
            for op in (">=", "<=", ">", "<", "=", "!=")
            for leaf in [{"metric": "csat", "window": window, "op": op, "value": 90}]
        }
        assert len(read) == 6 * len(different)


@pytest.mark.parametrize("window", WINDOWS)
def test_every_window_has_words(db: None, window: Any) -> None:
    leaf = {"metric": "csat", "window": window, "op": ">=", "value": 90}
    for language in ("en", "zh-hans"):
        assert "{" not in sentence(parse_criteria({"all": [leaf]}), language)


def test_values_are_not_rounded(db: None) -> None:
    leaf = {"metric": "csat", "window": "day", "op": ">=", "value": "92.125001"}
    assert "92.125001 %" in sentence(parse_criteria({"all": [leaf]}), "en")


def test_own_kpis_without_a_chinese_name_keep_their_english_one(refund_rate: Kpi) -> None:
    leaf = {"metric": "refund_rate", "window": "day", "op": "<", "value": 5, "least": 10}
    criteria = parse_criteria({"all": [leaf]})
    assert sentence(criteria, "zh-hans") == "当天“Refund rate”低于 5%（接待量不少于 10）。"
