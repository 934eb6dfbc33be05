"""Moments and days from text, a whole column at a time.

Without a format only year-first dates are read (ISO 8601, 2024/3/5, 2024年3月5日): whether
05/03/2024 is in March or in May is never guessed, the file is refused with both readings.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import polars as pl
from django.utils.translation import gettext as _

from incentives.org.refusals import Refused

from .durations import MICROSECONDS, first, hms

# Without %.f and %#z, which read all that comes before them too, polars is four times as fast.
_ISO = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%3f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%3f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
)
_ISO_UTC = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%3fZ")
_ISO_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_LOOSE = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(上午|下午|中午|晚上|凌晨)?\s*"
    r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?(?:[.,](\d{1,9}))?)?分?\s*(AM|PM|am|pm)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_OFFSET = r"\d:\d{2}\S*\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_DAY_OR_MONTH_FIRST = r"^\d{1,2}([/.-])\d{1,2}[/.-]\d{2,4}(\D|$)"
_CLOCK = r"^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$"
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def moments(text: pl.Series, *, formats: tuple[str, ...], zone: str, column: str) -> pl.Series:
    """UTC moments (microseconds); null where the text is none or fits no format.

    Times without an offset are local times of `zone`; one that a clock change skips is null,
    one that it repeats is taken as the earlier.
    """
    found = _moments(text, formats=formats, zone=zone, column=column)
    # Year 24 is a format that does not fit, year 54000 milliseconds taken for seconds.
    return found.set(((found < _EARLIEST) | (found > _LATEST)).fill_null(value=False), None)


def _moments(text: pl.Series, *, formats: tuple[str, ...], zone: str, column: str) -> pl.Series:
    nothing = pl.Series(text.name, [None], dtype=pl.Datetime("us", "UTC"))
    result = nothing.new_from_index(0, len(text))
    if text.null_count() == len(text):
        return result
    if formats and formats[0] in ("epoch", "epoch_ms", "excel"):
        return _counted(text, formats[0], zone)
    if not formats or formats == ("iso",):
        refuse_ambiguous(text, column)
        return _iso(text, zone)
    for pattern in formats:
        found = _utc(_strptime(text, pattern), zone)
        result = found if result.null_count() == len(result) else first(result, found)
        if result.null_count() == text.null_count():
            break
    return result


def days(text: pl.Series, *, formats: tuple[str, ...], company_zone: str, column: str) -> pl.Series:
    """Dates as they are written; of a moment with an offset, the company's day."""
    moment = moments(text, formats=formats, zone="UTC", column=column)
    local = moment.dt.convert_time_zone(company_zone).dt.date()
    if formats and formats[0] in ("epoch", "epoch_ms"):
        return local
    # A date without an offset is not converted: it is the company's day already.
    return local.zip_with(text.str.contains(_OFFSET).fill_null(value=False), moment.dt.date())


def refuse_ambiguous(text: pl.Series, column: str) -> None:
    """Refuse the file when the column's dates put day or month first and no format says which."""
    doubtful = text.filter(text.str.contains(_DAY_OR_MONTH_FIRST))
    if not len(doubtful):
        return
    sample = _telling(doubtful)
    raise Refused(
        _(
            "Column “%(column)s” holds dates such as %(sample)s, which reads as %(day_first)s or as"
            " %(month_first)s: add a format to the mapping, such as"
            ' {column = "%(column)s", format = "%(day_format)s"} or "%(month_format)s".'
        )
        % {
            "column": column,
            "sample": sample,
            "day_first": _reading(sample, "day"),
            "month_first": _reading(sample, "month"),
            "day_format": _format(sample, "%d", "%m"),
            "month_format": _format(sample, "%m", "%d"),
        }
    )


def _telling(doubtful: pl.Series) -> str:
    """A date whose two readings are two different days, if there is one."""
    parts = doubtful.str.extract_groups(r"^(\d{1,2})[/.-](\d{1,2})").struct
    one, two = parts[0].cast(pl.Int64), parts[1].cast(pl.Int64)
    both = doubtful.filter((one != two) & (one <= 12) & (two <= 12))
    return str(both[0] if len(both) else doubtful[0])


def _reading(sample: str, first: str) -> str:
    one, two, year = re.split(r"[/.-]", sample)[:3]
    day, month = (one, two) if first == "day" else (two, one)
    return _("day %(day)s of month %(month)s, %(year)s") % {
        "day": int(day),
        "month": int(month),
        "year": year[:4],
    }


def _format(sample: str, one: str, two: str) -> str:
    """The format that reads the sample, given which of day and month comes first."""
    dash = re.search(r"[/.-]", sample)
    found = re.match(r"[\d/.-]*?(\d+)(?:([ T]+)\d+:\d+(:\d+)?(\.\d+)?( ?[AaPp][Mm])?)?\s*$", sample)
    if found is None or dash is None:
        return f"{one}/{two}/%Y"
    year, gap, seconds, fraction, half = found.groups()
    clock = f"{gap}{'%I' if half else '%H'}:%M" if gap else ""
    clock += "".join(text for there, text in ((seconds, ":%S"), (fraction, "%.f")) if there)
    clock += (half or "").replace((half or "").strip(), "%p") if half else ""
    return f"{one}{dash[0]}{two}{dash[0]}{'%y' if len(year) == 2 else '%Y'}{clock}"


def _strptime(text: pl.Series, pattern: str) -> pl.Series:
    return text.str.to_datetime(pattern, strict=False, time_unit="us", ambiguous="null")


def _utc(moment: pl.Series, zone: str) -> pl.Series:
    kind = moment.dtype
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return moment.dt.convert_time_zone("UTC")
    local = moment.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _iso(text: pl.Series, zone: str) -> pl.Series:
    result = pl.Series(text.name, [None] * len(text), dtype=pl.Datetime("us", "UTC"))
    for pattern in (*_ISO, *_ISO_UTC, *_ISO_ZONED):
        if not _may_fit(text, result, pattern):
            continue
        found = _utc(_strptime(text, pattern), "UTC" if pattern in _ISO_UTC else zone)
        result = first(result, found)
        if result.null_count() == text.null_count():
            return result
    rest = text.zip_with(result.is_null(), pl.Series([None] * len(text), dtype=pl.String))
    return first(result, _loose(rest, zone))


def _may_fit(text: pl.Series, result: pl.Series, pattern: str) -> bool:
    # One look at the first open value spares a pass over the column for formats that can't fit.
    first = text.filter(result.is_null() & text.is_not_null()).head(1)
    return _strptime(first, pattern).null_count() == 0


def _loose(text: pl.Series, zone: str) -> pl.Series:
    parts = text.str.extract_groups(_LOOSE).struct
    date = [parts[i].fill_null("0").str.zfill(2) for i in range(3)]
    hour = _hour_of_day(parts[4].fill_null("0"), parts[3], parts[8])
    clock_text = [part.fill_null("0").str.zfill(2) for part in (hour, parts[5], parts[6])]
    fraction = parts[7].fill_null("").str.pad_end(6, "0").str.slice(0, 6)
    written = (
        (date[0] + "-" + date[1] + "-" + date[2] + " ")
        + (clock_text[0] + ":" + clock_text[1] + ":" + clock_text[2])
        + ("." + fraction)
    )
    local = _strptime(written, "%Y-%m-%d %H:%M:%S%.f")
    local = local.zip_with(parts[0].is_not_null(), local.clear(len(local)))
    offset = parts[9].str.replace("^(Z|UTC|GMT)$", "+00:00")
    minutes = offset.str.slice(1, 2).cast(pl.Int64) * 60 + offset.str.slice(-2, 2).cast(pl.Int64)
    sign = offset.str.starts_with("-").cast(pl.Int64) * -2 + 1
    zoned = (local - (minutes * sign * MICROSECONDS["minutes"]).cast(pl.Duration("us"))).dt
    return first(zoned.replace_time_zone("UTC"), _utc(_only(local, offset.is_null()), zone))


def _hour_of_day(hour: pl.Series, chinese: pl.Series, english: pl.Series) -> pl.Series:
    """The hour on the 24-hour clock, as text, from one that says forenoon or afternoon."""
    number = hour.cast(pl.Int64)
    half = first(english.str.to_lowercase(), chinese)
    late = half.is_in(["pm", "下午", "中午", "晚上"]).fill_null(value=False) & (number < 12)
    # Noon is 12:30 PM or 中午12:30; half past midnight is 12:30 AM.
    late = late & ~((half == "中午").fill_null(value=False) & (number >= 11))
    early = half.is_in(["am", "上午", "凌晨"]).fill_null(value=False) & (number == 12)
    return (number + late.cast(pl.Int64) * 12 - early.cast(pl.Int64) * 12).cast(pl.String)


def _only(values: pl.Series, keep: pl.Series) -> pl.Series:
    return values.zip_with(keep, values.clear(len(values)))


def _counted(text: pl.Series, form: str, zone: str) -> pl.Series:
    number = text.cast(pl.Float64, strict=False)
    if form == "excel":
        # Day 25,569 of Excel's 1900 calendar is 1 January 1970.
        local = ((number - 25_569) * MICROSECONDS["days"]).round().cast(pl.Int64, strict=False)
        return _utc(local.cast(pl.Datetime("us")), zone)
    scale = 1_000_000 if form == "epoch" else 1_000
    return (number * scale).round().cast(pl.Int64, strict=False).cast(pl.Datetime("us", "UTC"))


def clock(text: pl.Series, form: str | None) -> pl.Series:
    """Time of day in microseconds since midnight; null where the text is no time of day."""
    if form == "day_fraction":
        # A serial date with time keeps only its time; whole seconds are what a sheet shows.
        fraction = text.cast(pl.Float64, strict=False) % 1
        return (fraction * 86_400).round().cast(pl.Int64, strict=False) * MICROSECONDS["seconds"]
    if form is not None:
        day = _strptime("2000-01-01 " + text, "%Y-%m-%d " + form)
        return (day - day.dt.truncate("1d")).dt.total_microseconds()
    parts = text.str.extract_groups(_CLOCK).struct
    return hms(parts[0], parts[1], parts[2].fill_null("0"), parts[3])


def dated(
    date_text: pl.Series,
    time_text: pl.Series | None,
    *,
    date_formats: tuple[str, ...],
    time_format: str | None,
    zone: str,
    column: str,
) -> pl.Series:
    """UTC moments from a date column and, if there is one, a time-of-day column."""
    midnight = moments(date_text, formats=date_formats, zone="UTC", column=column)
    local = midnight.dt.replace_time_zone(None).dt.truncate("1d")
    if time_text is not None:
        local = local + clock(time_text, time_format).cast(pl.Duration("us"))
    return _utc(local, zone)
