"""What the values of a column tell: whether a field could hold them, and how they are to be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .date_forms import dates_of
from .directory import channel_key
from .fields import Field, Type
from .values import FALSE, TRUE

MISSING = (
    *("?", "-", "--", "—", "n/a", "na", "#n/a", "null", "none", "nan", "nil", "not rated"),
    *("not given", "no rating", "unknown", "(blank)", "无", "未评价", "未评分", "空", "未知"),
)
_SCALES = (
    ("bad", "good"),
    ("dissatisfied", "neutral", "satisfied"),
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very negative", "negative", "neutral", "positive", "very positive"),
    ("negative", "neutral", "positive"),
    ("unhappy", "neutral", "happy"),
    ("不满意", "满意"),
    ("不满意", "一般", "满意"),
    ("非常不满意", "不满意", "一般", "满意", "非常满意"),
    ("负面", "中性", "正面"),
)
_NO_MARK = ("offered", "unoffered", *MISSING)
_YES = re.compile(r"within|\bmet\b|^yes|^won|resolved|solved|converted|达标|是|成交|成功|^on time")
_NO = re.compile(r"violat|breach|not|missed|^no|lost|un|未|否|不|失败|late|abandon")
_NUMBER = re.compile(r"^[+-]?[$€£¥￥]?\s*\d[\d,]*(\.\d+)?\s*%?$")
_SPAN = re.compile(r"^(\d+ days?,? )?\d+:\d{1,2}:\d{1,2}([.,]\d+)?$")
_TWO_PARTS = re.compile(r"^\d+:\d{2}$")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[AaPp][Mm])?$")
_FRACTION = re.compile(r"^0?\.\d{3,}$|^0$")
_UNITS = (
    ("milliseconds", re.compile(r"millis|[_\s(]ms\b|毫秒")),
    ("seconds", re.compile(r"sec|秒")),
    ("minutes", re.compile(r"min|分钟")),
    ("hours", re.compile(r"hour|hrs|小时")),
    ("days", re.compile(r"days|天")),
)
_STOCK_CHANNELS = ("phone", "chat", "email", "social", "web", "other")


def present(texts: Sequence[str | None]) -> list[str]:
    """The values that say something."""
    stripped = [(text or "").strip() for text in texts]
    return [text for text in stripped if text and text.casefold() not in MISSING]


def missing_words(texts: Sequence[str | None]) -> list[str]:
    """The words of these values that usually mean that there is no value."""
    stripped = [(text or "").strip() for text in texts]
    return list(dict.fromkeys(text for text in stripped if text.casefold() in MISSING))


def is_time_of_day(texts: Sequence[str]) -> bool:
    """Whether the values are times of day, written out or as fractions of a day."""
    return bool(texts) and (_share(texts, _CLOCK) >= 0.9 or is_fraction(texts))


def is_fraction(texts: Sequence[str]) -> bool:
    """Whether the values are fractions of a day, as spreadsheets export times."""
    return bool(texts) and _share(texts, _FRACTION) >= 0.9


def fit(wanted: Field, texts: Sequence[str]) -> float:
    """How well values suit a field's type, from 0 (not at all) to 1; empty columns suit a little."""
    if not texts:
        return 0.6
    return _FITS[wanted.type](texts)


def options(wanted: Field, column: str, texts: Sequence[str]) -> dict[str, Any]:
    """The parts of a field's spec that its values ask for."""
    if wanted.name == "channel":
        return _channels(texts)
    build = _OPTIONS.get(wanted.type)
    return build(column, texts) if build and texts else {}


def _date_options(_column: str, texts: Sequence[str]) -> dict[str, Any]:
    dates = dates_of(texts)
    if dates is None or dates.is_open or not dates.readings[0].format:
        return {}
    return {"format": dates.readings[0].format}


def _duration_options(column: str, texts: Sequence[str]) -> dict[str, Any]:
    if _share(texts, _SPAN) >= 0.5:
        return {}
    if _share(texts, _TWO_PARTS) >= 0.5:
        return {"unit": "mm:ss"}
    name = column.casefold()
    unit = next((unit for unit, pattern in _UNITS if pattern.search(name)), "seconds")
    if is_fraction(texts) and unit == "seconds":
        unit = "days"
    return {} if unit == "seconds" else {"unit": unit}


def _flag_options(_column: str, texts: Sequence[str]) -> dict[str, Any]:
    words = list(dict.fromkeys(text.casefold() for text in texts))
    if set(words) <= {*TRUE, *FALSE}:
        return {}
    no = [word for word in words if _NO.search(word)]
    yes = [word for word in words if word not in no and (_YES.search(word) or len(words) == 2)]
    spelled = {text.casefold(): text for text in reversed(texts)}
    return {
        "true": [spelled[word] for word in yes] or [spelled[words[0]]],
        "false": [spelled[word] for word in words if word not in (yes or words[:1])],
    }


def _rating_options(_column: str, texts: Sequence[str]) -> dict[str, Any]:
    words = _word_scale(texts)
    if words:
        return words
    numbers = _numbers(texts)
    if not numbers:
        return {}
    negative = sorted({n for n in numbers if n < 0})
    gone = [_plain(n) for n in negative]
    marks = [n for n in numbers if n >= 0]
    high, low = max(marks, default=5), min(marks, default=1)
    zeros = sum(n == 0 for n in marks) / max(len(marks), 1)
    found: dict[str, Any] = {}
    if low == 0 and (high <= 5 or zeros > 0.4):
        gone.append("0")
        low = 1
    if high <= 3:
        found["scale"] = "1-3"
    elif high > 5:
        top = next(top for top in (7, 10, 100, high) if high <= top)
        found["scale"] = f"{0 if low == 0 or top == 100 else 1}-{_plain(top)}"
    return found | ({"missing": gone} if gone else {})


def _score_options(_column: str, texts: Sequence[str]) -> dict[str, Any]:
    words = _word_scale(texts)
    if words:
        return words
    numbers = _numbers(texts)
    top = max(numbers, default=100)
    scale = next((name for end, name in ((1, "0-1"), (5, "1-5"), (10, "0-10")) if top <= end), "")
    return {"scale": scale} if scale else {}


def _word_scale(texts: Sequence[str]) -> dict[str, Any]:
    words = {text.casefold() for text in texts}
    marks = words - set(_NO_MARK)
    scale = next((scale for scale in _SCALES if marks and marks <= set(scale)), None)
    if scale is None:
        return {}
    gone = sorted(words & {"offered", "unoffered"})
    named: dict[str, Any] = {"scale": "good/bad" if scale == ("bad", "good") else list(scale)}
    return named | ({"missing": gone} if gone else {})


def _channels(texts: Sequence[str]) -> dict[str, Any]:
    """Channels that a name merely mentions: "Phone call (inbound)" is phone."""
    found: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        if channel_key(text) in _STOCK_CHANNELS:
            continue
        parts = (channel_key(part) for part in re.split(r"[\W_]+", text) if part)
        known = next((part for part in parts if part in _STOCK_CHANNELS), None)
        if known:
            found[text] = known
    return {"map": found} if found else {}


def _is_rating(texts: Sequence[str]) -> float:
    if _word_scale(texts):
        return 1.0
    numbers = _numbers(texts)
    if len(numbers) < 0.9 * len(texts):
        return 0.0
    return 1.0 if max(numbers) <= 100 and len(set(numbers)) <= 60 else 0.2


def _is_flag(texts: Sequence[str]) -> float:
    words = {text.casefold() for text in texts}
    if words <= {*TRUE, *FALSE}:
        return 1.0
    if len(words) > 3 or all(_NUMBER.match(text) for text in texts):
        return 0.0
    return 0.9 if len(words) == 2 else 0.7


def _is_duration(texts: Sequence[str]) -> float:
    if _share(texts, _SPAN) + _share(texts, _TWO_PARTS) >= 0.8:
        return 1.0
    if dates_of(texts, counted=False):
        return 0.0
    return 1.0 if _is_numeric(texts) else 0.0


def _is_numeric(texts: Sequence[str]) -> float:
    return 1.0 if len(_numbers(texts)) >= 0.9 * len(texts) else 0.0


def _is_whole(texts: Sequence[str]) -> float:
    return 1.0 if _is_numeric(texts) and all(n == int(n) for n in _numbers(texts)) else 0.0


def _is_text(texts: Sequence[str]) -> float:
    if dates_of(texts, counted=False) or _share(texts, _SPAN) >= 0.9:
        return 0.1
    return 0.4 if sum(map(len, texts)) / len(texts) > 80 else 1.0


def _is_date(texts: Sequence[str]) -> float:
    return 1.0 if dates_of(texts) else 0.0


def _is_version(texts: Sequence[str]) -> float:
    return 1.0 if dates_of(texts) or _is_whole(texts) else 0.0


def _numbers(texts: Sequence[str]) -> list[float]:
    bare = [re.sub(r"[$€£¥￥%,\s]", "", text) for text in texts if _NUMBER.match(text)]
    return [float(text) for text in bare]


def _plain(number: float) -> str:
    return f"{number:g}"


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.match(text) is not None for text in texts) / len(texts)


_FITS = {
    Type.TEXT: _is_text,
    Type.TIME: _is_date,
    Type.DAY: _is_date,
    Type.DURATION: _is_duration,
    Type.FLAG: _is_flag,
    Type.INTEGER: _is_whole,
    Type.NUMBER: _is_numeric,
    Type.RATING: _is_rating,
    Type.SCORE: _is_rating,
    Type.VERSION: _is_version,
}
_OPTIONS = {
    Type.TIME: _date_options,
    Type.DAY: _date_options,
    Type.DURATION: _duration_options,
    Type.FLAG: _flag_options,
    Type.RATING: _rating_options,
    Type.SCORE: _score_options,
    Type.VERSION: _date_options,
}
