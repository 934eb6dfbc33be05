"""From text to fields: every option of the mapping language, on small columns."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from scoring.ingest.convert import Converted, Converter
from scoring.ingest.errors import Refused
from scoring.ingest.mapping import parse
from scoring.ingest.table import LINE, Batch

Cells = list[str | None]
SECOND = 1_000_000


def convert(
    fields: str, *, kind: str = "tickets", top: str = "", zone: str = "UTC", **columns: Cells
) -> Converted:
    """The columns of a file through a mapping with these lines of [fields]."""
    rows = max(len(cells) for cells in columns.values())
    columns.setdefault("id", [str(number) for number in range(1, rows + 1)])
    frame = pl.DataFrame(
        {name: pl.Series(cells, dtype=pl.String) for name, cells in columns.items()}
    ).with_columns(pl.Series(LINE, range(2, rows + 2), dtype=pl.Int64))
    given = fields if "external_id" in fields else f'external_id = "id"\n{fields}'
    if kind != "agents" and "day" not in fields:
        given += '\nday = { value = "2024-03-05" }'
    text = f'kind = "{kind}"\n{top}\n[fields]\n{given}'
    mapping = parse(text, name="test").fitted(list(columns), file_name="test.csv")
    return Converter(mapping, company_zone=zone).convert(Batch(frame, 2, 0))


def one(name: str, column: str, options: str) -> str:
    """The line of one field."""
    return f"{name} = {{ {', '.join(filter(None, [f'column = {column!r}', options]))} }}"


def values(fields: str, name: str, **given: Any) -> list[Any]:
    """One field's values."""
    return convert(fields, **given).frame[name].to_list()


def codes(fields: str, **given: Any) -> list[tuple[int, str, str]]:
    """Line, reason and value of everything that was not taken."""
    return [(i.line, i.code, i.value) for i in convert(fields, **given).issues]


def numbers(fields: str, name: str, **given: Any) -> list[float | None]:
    """One field's exact numbers, as floats for comparing."""
    return [None if value is None else float(value) for value in values(fields, name, **given)]


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, sec: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, sec, tzinfo=UTC)


# Where a value comes from


def test_the_first_column_with_a_value_is_taken_and_absent_columns_are_skipped() -> None:
    fields = 'topic = { first_of = ["nowhere", "a", "b"] }'
    assert values(fields, "topic", a=["x", None, " "], b=["y", "z", None]) == ["x", "z", None]


def test_columns_are_joined_and_empty_when_one_is() -> None:
    fields = 'external_id = { columns = ["rep", "week"], join = "/" }'
    result = convert(fields, rep=["Ana", None], week=["9", "9"])
    assert result.frame["external_id"].to_list() == ["Ana/9"]
    assert [issue.code for issue in result.issues] == ["missing_id"]


def test_constants_and_line_numbers_with_a_prefix() -> None:
    fields = 'external_id = { line = true, prefix = "mar-" }\nchannel = { value = "phone" }'
    result = convert(fields, a=["x", "y"]).frame
    assert result["external_id"].to_list() == ["mar-2", "mar-3"]
    assert result["channel"].to_list() == ["phone", "phone"]


def test_a_value_may_depend_on_another_column() -> None:
    fields = 'resolution_seconds = { column = "h", unit = "hours", when = { column = "s", in = "done" } }'
    found = values(fields, "resolution_seconds", h=["1.5", "2", None], s=["Done", "open", "done"])
    assert found == [5400 * SECOND, None, None]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('in = ["a", "B"]', [True, True, None, None]),
        ('not_in = "a"', [None, True, True, True]),
        ("empty = true", [None, None, None, True]),
        ("empty = false", [True, True, True, None]),
        ("at_least = 5", [None, None, True, None]),
        ("at_most = 6", [None, None, None, None]),
    ],
)
def test_each_test_of_a_condition(test: str, expected: list[bool | None]) -> None:
    fields = f'complaint = {{ value = true, when = {{ column = "c", {test} }} }}'
    assert values(fields, "complaint", c=["a", "b", "7", None]) == expected


def test_a_default_fills_what_is_missing_or_does_not_apply() -> None:
    fields = 'status = { column = "s", default = "open", when = { column = "k", in = "1" } }'
    assert values(fields, "status", s=["x", None, "y"], k=["1", "1", "2"]) == ["x", "open", "open"]


def test_rows_that_do_not_pass_are_skipped_and_not_rejected() -> None:
    top = '[[where]]\ncolumn = "s"\nin = ["Won", "lost"]\n[[where]]\ncolumn = "n"\nat_least = 2'
    result = convert("", top=top, s=["won", "Lost", "open", "WON"], n=["2", "1", "9", "1,000"])
    assert result.frame["external_id"].to_list() == ["1", "4"]
    assert result.issues == []
    assert result.rows_read == 4


# From text to text


def test_missing_words_match_whatever_their_case_and_numbers_by_value() -> None:
    top = 'missing = ["?", "N/A"]'
    fields = 'topic = { column = "t", missing = "-100" }'
    cells: Cells = ["?", "n/a", "-100.0", "  ", "ok", " ok "]
    assert values(fields, "topic", top=top, t=cells) == [None, None, None, None, "ok", "ok"]


def test_text_goes_through_pattern_map_and_prefix_in_this_order() -> None:
    fields = (
        'priority = { column = "p", pattern = "^([0-9]) -", map = { 1 = "high" }, prefix = "P:" }'
    )
    cells: Cells = ["1 - High", "3 - Low", "none"]
    assert values(fields, "priority", p=cells) == ["P:high", "P:3", None]


def test_unmapped_values_stay_unless_otherwise_says_more() -> None:
    cells: Cells = ["A", "b", "c", None]
    fields = 'topic = { column = "t", map = { a = "x", C = "" } }'
    assert values(fields, "topic", t=cells) == ["x", "b", None, None]
    fields = 'topic = { column = "t", map = { a = "x" }, otherwise = "rest" }'
    assert values(fields, "topic", t=cells) == ["x", "rest", "rest", None]
    fields = 'topic = { column = "t", map = { a = "x" }, otherwise = "" }'
    assert values(fields, "topic", t=cells) == ["x", None, None, None]


def test_long_ids_lose_the_fraction_that_a_spreadsheet_gave_them() -> None:
    fields = 'agent = { column = "a", whole = true }'
    cells: Cells = ["418284131934.0", "418284131935", "A.0"]
    assert values(fields, "agent", a=cells) == ["418284131934", "418284131935", "A"]


def test_columns_are_found_whatever_their_case_if_only_one_fits() -> None:
    assert values('topic = "the topic"', "topic", **{"The  Topic": ["x"]}) == ["x"]


# Times and days

NINE_FIVE = utc(2024, 3, 5, 9, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05", utc(2024, 3, 5)),
        ("2024-03-05 09:05", NINE_FIVE),
        ("2024-03-05T09:05:00.5Z", NINE_FIVE + timedelta(seconds=0.5)),
        ("2024-03-05T17:05:00+08:00", NINE_FIVE),
        ("2024/3/5 9:05", NINE_FIVE),
        ("2024.03.05 09:05:00", NINE_FIVE),
        ("2024年3月5日", utc(2024, 3, 5)),
        ("2024年3月5日 9时05分", NINE_FIVE),
        ("2024年03月05日09:05:00", NINE_FIVE),
        ("2024/3/5 上午 9:05", NINE_FIVE),
        ("2024/3/5 下午 9:05", utc(2024, 3, 5, 21, 5)),
        ("2024/3/5 中午12:10", utc(2024, 3, 5, 12, 10)),
        ("2024/3/5 中午 1:10", utc(2024, 3, 5, 13, 10)),
        ("2024-03-05 09:05 PM", utc(2024, 3, 5, 21, 5)),
        ("2024-03-05 12:05:00 AM", utc(2024, 3, 5, 0, 5)),
        ("2024-02-30", None),
        ("yesterday", None),
    ],
)
def test_year_first_times_need_no_format(text: str, expected: datetime | None) -> None:
    assert values('opened_at = "t"', "opened_at", t=[text]) == [expected]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d/%m/%Y %H:%M", "5/3/2024 9:05", NINE_FIVE),
        ("%d/%m/%Y %H:%M", "29/2/2016 01:16", utc(2016, 2, 29, 1, 16)),
        ("%m/%d/%Y %I:%M %p", "03/05/2024 9:05 PM", utc(2024, 3, 5, 21, 5)),
        ("%d-%b-%y", "05-Mar-24", utc(2024, 3, 5)),
        ("%d.%m.%Y", "05.03.2024", utc(2024, 3, 5)),
        ("%Y%m%d%H%M%S", "20240305090500", NINE_FIVE),
        ("%d/%m/%Y %H:%M:%S%.f", "05/03/2024 09:05:00.000", NINE_FIVE),
        ("%d/%m/%Y %H:%M %z", "05/03/2024 11:05 +0200", NINE_FIVE),
        ("epoch", "1709629500", NINE_FIVE),
        ("epoch_ms", "1709629500000", NINE_FIVE),
        ("excel", "45356.378472222219", NINE_FIVE),
        ("%d/%m/%Y", "31/02/2024", None),
        ("%d/%m/%Y", "05/03/24", None),
        ("epoch", "1709629500000", None),
    ],
)
def test_times_in_a_format(form: str, text: str, expected: datetime | None) -> None:
    fields = f'opened_at = {{ column = "t", format = "{form}" }}'
    assert values(fields, "opened_at", t=[text]) == [expected]


def test_of_several_formats_the_first_that_fits_is_taken() -> None:
    fields = 'opened_at = { column = "t", format = ["%d/%m/%Y %H:%M", "%d/%m/%Y"] }'
    found = values(fields, "opened_at", t=["05/03/2024", "05/03/2024 09:05", None])
    assert found == [utc(2024, 3, 5), NINE_FIVE, None]


def test_day_or_month_first_is_never_guessed() -> None:
    with pytest.raises(Refused, match=r"t.*05/03/2024.*%d/%m/%Y"):
        convert('opened_at = "t"', t=["05/03/2024"])


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("05/03/2024", "%d/%m/%Y"),
        ("5.3.24 09:05", "%d.%m.%y %H:%M"),
        ("05-03-2024 09:05:30", "%d-%m-%Y %H:%M:%S"),
        ("05/03/2024 9:05:30.250", "%d/%m/%Y %H:%M:%S%.f"),
        ("5/3/2024 9:05 PM", "%d/%m/%Y %I:%M %p"),
        ("5/3/2024T9:05PM", "%d/%m/%YT%I:%M%p"),
    ],
)
def test_the_refusal_names_the_format_that_would_do(sample: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        convert('opened_at = "t"', t=[sample])
    assert f'format = "{told}"' in str(refused.value)
    fields = f'opened_at = {{ column = "t", format = "{told}" }}'
    (moment,) = values(fields, "opened_at", t=[sample])
    assert (moment.month, moment.day) == (3, 5)


def test_date_and_time_in_two_columns() -> None:
    fields = (
        'opened_at = { date = "d", date_format = "%m/%d/%Y %H:%M", time = "t",'
        ' time_format = "day_fraction" }'
    )
    found = values(fields, "opened_at", d=["10/5/2020 0:00"], t=["0.38400463"])
    assert found == [utc(2020, 10, 5, 9, 12, 58)]
    fields = 'opened_at = { date = "d", time = "t" }'
    found = values(fields, "opened_at", d=["2020-10-05", "2020-10-05"], t=["9:12:58", None])
    assert found == [utc(2020, 10, 5, 9, 12, 58), None]
    fields = 'opened_at = { date = "d", time = "t", time_format = "%I:%M %p" }'
    assert values(fields, "opened_at", d=["2024-03-05"], t=["9:05 AM"]) == [NINE_FIVE]


def test_local_times_through_clock_changes() -> None:
    found = values(
        'opened_at = "t"',
        "opened_at",
        zone="Europe/Dublin",
        t=["2024-03-31 01:30:00", "2024-10-27 01:30:00", "2024-07-01 12:00:00"],
    )
    assert found == [None, utc(2024, 10, 27, 0, 30), utc(2024, 7, 1, 11)]


def test_a_fields_own_zone_wins_over_the_mappings() -> None:
    fields = 'opened_at = { column = "t", timezone = "America/New_York" }\nclosed_at = "t"'
    result = convert(fields, top='timezone = "Asia/Shanghai"', t=["2024-07-01 12:00"]).frame
    assert result["opened_at"].to_list() == [utc(2024, 7, 1, 16)]


def test_days_are_as_written_and_moments_are_brought_to_the_company() -> None:
    cells: Cells = ["2024-01-01", "2024-01-01 23:30:00", "2024-01-01T23:30:00Z", "bad"]
    result = convert('day = "d"', zone="Asia/Shanghai", d=cells)
    assert result.frame["day"].to_list() == [date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 2)]
    assert [issue.code for issue in result.issues] == ["not_a_day", "missing_day"]


def test_the_day_of_a_time_field_is_the_companys_wherever_it_stands_in_the_mapping() -> None:
    fields = 'day = "opened_at"\nopened_at = { column = "t", timezone = "UTC" }'
    assert values(fields, "day", zone="Asia/Shanghai", t=["2024-01-01 23:30"]) == [date(2024, 1, 2)]


def test_a_day_may_have_a_default() -> None:
    fields = 'day = { first_of = ["a", "b"], default = "2024-12-31" }'
    found = values(fields, "day", a=["2024-01-01", None, None], b=[None, "2024-02-01", None])
    assert found == [date(2024, 1, 1), date(2024, 2, 1), date(2024, 12, 31)]


def test_a_time_of_day_has_24_hours() -> None:
    fields = 'opened_at = { date = "d", time = "t" }'
    found = values(fields, "opened_at", d=["2024-03-05"] * 3, t=["24:00", "9:75", "23:59"])
    assert found == [None, None, utc(2024, 3, 5, 23, 59)]


def test_versions_are_counters_or_times() -> None:
    assert values('version = "v"', "version", v=["10", "11.0", "x"]) == [10, 11, None]
    found = values('version = "v"', "version", v=["2024-03-05 09:05:00", None])
    assert found == [int(NINE_FIVE.timestamp()) * SECOND, None]


# Durations


@pytest.mark.parametrize(
    ("options", "text", "seconds"),
    [
        ("", "125", 125),
        ("", "2.5", 2.5),
        ("", "00:02:05", 125),
        ("", "30:00:00", 108_000),
        ("", "1 days 02:03:04.5", 93_784.5),
        ("", "1 day, 2:03:04", 93_784),
        ("", "2h 5m", 7_500),
        ("", "2 hours and 5 minutes", 7_500),
        ("", "5 min", 300),
        ("", "90 s", 90),
        ("", "5分30秒", 330),
        ("", "1小时5分钟", 3_900),
        ("", "PT1H2M3.5S", 3_723.5),
        ("", "P1DT1H", 90_000),
        ("", "12:30", None),
        ("", "00:75:00", None),
        ("", "99999999999999999999:00:00", None),
        ("", "9" * 40, None),
        ("", "inf", None),
        ("", "soon", None),
        ("", "m", None),
        ("", "1,234", 1_234),
        ('unit = "minutes"', "12.5", 750),
        ('unit = "minutes", decimal = ","', "12,5", 750),
        ('unit = "minutes"', "5 min", 300),
        ('unit = "hours"', "0.25", 900),
        ('unit = "days"', "2", 172_800),
        ('unit = "milliseconds"', "1500", 1.5),
        ('unit = "mm:ss"', "02:05", 125),
        ('unit = "mm:ss"', "00:02:05", 125),
        ('unit = "hh:mm"', "02:05", 7_500),
        ('unit = "hh:mm:ss"', "125", None),
    ],
)
def test_durations(options: str, text: str, seconds: float | None) -> None:
    fields = one("handle_seconds", "d", options)
    expected = None if seconds is None else round(seconds * SECOND)
    assert values(fields, "handle_seconds", d=[text]) == [expected]


def test_impossible_durations_are_told() -> None:
    found = codes('handle_seconds = "d"', d=["-5", "soon", "1e12", None])
    assert found == [
        (2, "negative", "-5"),
        (3, "not_a_duration", "soon"),
        (4, "outside_limits", "1e12"),
    ]


def test_the_time_between_two_fields_or_columns() -> None:
    fields = 'talk_seconds = { from = "opened_at", to = "end" }\nopened_at = "begin"'
    begin: Cells = ["2024-03-05 09:00:00", "2024-03-05 09:00:00", "2024-03-05 09:00:00"]
    end: Cells = ["2024-03-05 09:02:05", "2024-03-05 08:59:00", "later"]
    result = convert(fields, begin=begin, end=end)
    assert result.frame["handle_seconds"].to_list() == [125 * SECOND, None, None]
    assert [(i.line, i.code) for i in result.issues] == [(3, "negative"), (4, "not_a_time")]
    assert result.issues[1].value == "later"


def test_columns_of_a_difference_are_read_in_the_fields_own_format() -> None:
    fields = 'talk_seconds = { from = "b", to = "e", format = "%d/%m/%Y %H:%M" }'
    found = values(fields, "talk_seconds", b=["05/03/2024 09:00"], e=["05/03/2024 09:01"])
    assert found == [60 * SECOND]


def test_several_columns_are_added_up() -> None:
    fields = 'answer_seconds = { sum_of = ["queue", "ring"], missing = "-" }'
    result = convert(
        fields,
        queue=["60", "00:01:00", None, "-", "soon"],
        ring=["5", None, "5", None, "5"],
    )
    found = result.frame["answer_seconds"].to_list()
    assert found == [65 * SECOND, 60 * SECOND, 5 * SECOND, None, None]
    assert [(i.code, i.column, i.value) for i in result.issues] == [
        ("not_a_duration", "queue", "soon")
    ]
    fields = 'contacts = { sum_of = ["queue", "ring"], when = { column = "ring", empty = false } }'
    assert values(fields, "contacts", queue=["1", "2"], ring=["2", None]) == [3, None]


def test_averages_and_shares_become_sums_again() -> None:
    fields = (
        'answer_seconds = { column = "avg", times = "answered" }\n'
        'offered = "in"\nanswered = "got"\n'
        'answered_within_sl = { column = "sl", unit = "percent", times = "offered" }\n'
        'concurrent_sum = { column = "par", times = "answered" }'
    )
    cells: dict[str, Any] = {
        "in": ["217"],
        "got": ["204"],
        "sl": ["76.28%"],
        "avg": ["00:00:17"],
        "par": ["2.5"],
    }
    row = convert(fields, kind="queues", **cells).frame.to_dicts()[0]
    assert row["answered_within_sl"] == 166  # 217 × 0.7628 = 165.5
    assert row["answer_seconds"] == 204 * 17 * SECOND
    assert float(row["concurrent_sum"]) == 510
    assert row["abandoned"] == 13


# Flags


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [True, False, None, None]),
        ('true = ["yes", "maybe"]', [True, False, True, None]),
        ('false = "no"', [True, False, True, None]),
        ('true = "yes", false = "no"', [True, False, None, None]),
        ("present = true", [True, True, True, False]),
        ('contains = "e"', [True, False, True, False]),
    ],
)
def test_flags(options: str, expected: list[bool | None]) -> None:
    fields = one("complaint", "f", options)
    assert values(fields, "complaint", f=["Yes", "no", "maybe", None]) == expected


def test_common_words_for_yes_and_no() -> None:
    cells: Cells = ["TRUE", "f", "1", "0.0", "是", "否", "Y"]
    assert values('answered = "a"', "answered", a=cells) == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
    ]


def test_limits_make_a_flag() -> None:
    fields = 'answered_within = { column = "s", at_least = 1, at_most = 60 }'
    found = values(fields, "answered_within", s=["0", "1", "60", "60.5", None])
    assert found == [False, True, True, False, None]


def test_a_time_against_its_deadline() -> None:
    fields = 'first_response_within = { column = "t", not_after = "due" }'
    found = values(
        fields,
        "first_response_within",
        t=["2024-03-05 09:00", "2024-03-05 09:01", None],
        due=["2024-03-05 09:00", "2024-03-05 09:00", "2024-03-05"],
    )
    assert found == [True, False, None]


def test_a_word_that_is_neither_is_told() -> None:
    assert codes('answered = "a"', a=["maybe"]) == [(2, "not_a_flag", "maybe")]


# Numbers, ratings, scores


def test_numbers_in_their_usual_dress() -> None:
    cells: Cells = ["1 234.5", "1,234.50", "$ 1'234.50", "1e3", "+7", "12 %", "1.2.3", "x"]
    found = numbers('upsell_value = "n"', "upsell_value", n=cells)
    assert found == [1234.5, 1234.5, 1234.5, 1000, 7, 12, None, None]


def test_a_decimal_comma() -> None:
    fields = 'upsell_value = { column = "n", decimal = "," }'
    found = numbers(fields, "upsell_value", n=["1.234,50", "1 234 567,5", "-3", "€ 7,00"])
    assert found == [1234.5, 1_234_567.5, -3, 7]


def test_whole_numbers_have_no_fraction() -> None:
    assert codes('contacts = "n"', n=["2.0", "2.5", "-1"]) == [
        (3, "not_whole", "2.5"),
        (4, "outside_limits", "-1"),
    ]


@pytest.mark.parametrize(
    ("scale", "cells", "expected"),
    [
        ('"1-5"', ["1", "2.0", "5", "0", "6"], [1, 2, 5, None, None]),
        ('"0-10"', ["0", "5", "10"], [1, 3, 5]),
        ('"1-10"', ["1", "10", "0"], [1, 5, None]),
        ('"1-3"', ["1", "2", "3", "4"], [1, 3, 5, None]),
        ('"0-1"', ["0", "1", "0.5"], [1, 5, 3]),
        ('"6-1"', ["6", "1", "7"], [1, 5, None]),
        ('"0–100"', ["50%", "100"], [3, 5]),
        ('"-2-2"', ["-2", "0", "2"], [1, 3, 5]),
        ('"good/bad"', ["Good", "bad", "offered"], [5, 1, None]),
        ('["bad", "ok", "great"]', ["BAD", "ok", "Great", "2"], [1, 3, 5, None]),
    ],
)
def test_scales_are_carried_over_to_one_to_five(
    scale: str, cells: Cells, expected: list[float | None]
) -> None:
    assert numbers(f'csat = {{ column = "c", scale = {scale} }}', "csat", c=cells) == expected


def test_scores_go_from_0_to_100() -> None:
    assert numbers('qa_score = { column = "q", scale = "1-3" }', "qa_score", q=["2"]) == [50]
    assert numbers('qa_score = "q"', "qa_score", q=["87.5", "85%", "101"]) == [87.5, 85, None]


@pytest.mark.parametrize(
    ("options", "cells", "expected"),
    [
        ('scale = "1-5"', ["3", "4", "5"], [False, True, True]),
        ('scale = "0-10"', ["7", "7.5", "8"], [False, True, True]),
        ('scale = "0-10", satisfied_from = 7', ["6", "7", "8"], [False, True, True]),
        ('scale = "1-3", satisfied_from = 2', ["1", "2", "3"], [False, True, True]),
        ('scale = "6-1", satisfied_from = 2', ["3", "2", "1"], [False, True, True]),
        (
            'scale = ["poor", "fair", "good", "best"], satisfied_from = "good"',
            ["fair", "good", "best"],
            [False, True, True],
        ),
    ],
)
def test_who_is_satisfied(options: str, cells: Cells, expected: list[bool]) -> None:
    fields = f'csat = {{ column = "c", {options} }}'
    assert values(fields, "satisfied", c=[*cells, None]) == [*expected, None]


def test_five_is_praise() -> None:
    assert values('csat = "c"', "praise", c=["5", "4", None]) == [True, False, None]


def test_recommendations_are_0_to_10() -> None:
    assert values('nps = "n"', "nps", n=["0", "10", "11"]) == [0, 10, None]
    fields = 'nps = { column = "n", map = { Promoter = 10, Detractor = 0 } }'
    assert values(fields, "nps", n=["promoter", "Detractor"]) == [10, 0]


# What is implied


def test_durations_follow_from_times_and_contradictions_are_told() -> None:
    fields = 'opened_at = "o"\nfirst_response_at = "f"\nresolved_at = "r"'
    result = convert(
        fields,
        o=["2024-03-05 09:00", "2024-03-05 09:00"],
        f=["2024-03-05 09:01", "2024-03-05 08:00"],
        r=["2024-03-05 10:00", None],
    )
    assert result.frame["first_response_seconds"].to_list() == [60 * SECOND, None]
    assert result.frame["resolution_seconds"].to_list() == [3600 * SECOND, None]
    assert result.frame["resolved"].to_list() == [True, False]
    assert [(i.line, i.code, i.column) for i in result.issues] == [(3, "before_request", "f")]


@pytest.mark.parametrize(
    ("status", "closed", "resolved"),
    [
        ("Solved", None, True),
        ("closed", None, True),
        ("已解决", None, True),
        ("open", "2024-03-05", False),
        ("Waiting on customer", "2024-03-05", False),
        ("Awaiting Vendor", "2024-03-05", False),
        ("something else", "2024-03-05", True),
        ("something else", None, False),
        (None, "2024-03-05", True),
    ],
)
def test_what_is_resolved(status: str | None, closed: str | None, resolved: bool) -> None:
    found = values('status = "s"\nclosed_at = "c"', "resolved", s=[status], c=[closed])
    assert found == [resolved]


def test_abandoned_calls_are_neither_handled_nor_resolved_nor_rated() -> None:
    fields = 'answered = "a"\nresolved = "r"\ncsat = "c"\nfirst_contact = "r"'
    frame = convert(fields, a=["Y", "N"], r=["Y", "Y"], c=["5", "5"]).frame
    assert frame["handled"].to_list() == [True, False]
    assert frame["resolved"].to_list() == [True, False]
    assert frame["csat"].to_list() == ["5", None]
    assert frame["first_contact"].to_list() == [True, None]


def test_first_contact_is_known_for_resolved_tickets_only() -> None:
    fields = 'resolved = "r"\ncontacts = "n"'
    found = values(fields, "first_contact", r=["Y", "Y", "N", "Y"], n=["1", "2", "1", None])
    assert found == [True, False, None, None]


def test_handle_time_is_talk_hold_and_after_contact_work() -> None:
    fields = 'talk_seconds = "t"\nhold_seconds = "h"\nacw_seconds = "a"'
    found = values(fields, "handle_seconds", t=["60", None], h=["5", "5"], a=[None, "9"])
    assert found == [65 * SECOND, None]


def test_lost_enquiries_have_no_order_value() -> None:
    fields = 'converted = { column = "s", true = "Won", false = "Lost", missing = "Open" }\norder_value = "v"'
    frame = convert(fields, s=["Won", "Lost", "Open"], v=["10", "0", None]).frame
    assert frame["enquiry"].to_list() == [True, True, False]
    assert frame["order_value"].to_list() == ["10", None, None]
    assert frame["orders"].to_list() == [1, None, None]


def test_a_deleted_status_deletes() -> None:
    assert values('status = "s"', "deleted", s=["Deleted", "open", None]) == [True, False, False]


def test_targets_of_the_ticket_itself() -> None:
    fields = (
        'opened_at = "o"\nfirst_response_at = "f"\n'
        'first_response_target_seconds = { from = "opened_at", to = "due" }'
    )
    times = {"o": ["2024-03-05 09:00"] * 2, "due": ["2024-03-05 10:00"] * 2}
    found = values(
        fields, "first_response_within", f=["2024-03-05 09:59", "2024-03-05 10:01"], **times
    )
    assert found == [True, False]


def test_activities_are_of_known_kinds_and_count_once() -> None:
    fields = 'kind = "k"\nquantity = "q"'
    result = convert(fields, kind="activities", k=["Learning", "dance"], q=[None, "2"])
    assert result.frame["kind"].to_list() == ["learning"]
    assert result.frame["quantity"].to_list() == ["1"]
    assert "missing_kind" in [issue.code for issue in result.issues]


# Extra columns


def test_extra_columns_keep_their_type_as_text() -> None:
    top = (
        '[extra]\nregion = "r"\n'
        'gap = { type = "duration", from = "a", to = "b" }\n'
        'in_time = { type = "flag", column = "b", not_after = "a" }\n'
        'score = { type = "number", column = "n", missing = "0" }\n'
        'when = { type = "time", column = "a" }\n'
    )
    frame = convert(
        "",
        top=top,
        r=["EMEA"],
        a=["2024-03-05 09:00:30.5"],
        b=["2024-03-05 09:00:00"],
        n=["1,250"],
    ).frame
    assert frame["extra"].str.json_decode(
        pl.Struct(dict.fromkeys(["region", "gap", "in_time", "score", "when"], pl.String))
    ).to_list() == [
        {
            "region": "EMEA",
            "gap": "-30.5",
            "in_time": "true",
            "score": "1250",
            "when": "2024-03-05 09:00:30",
        }
    ]


def test_extra_columns_tell_what_was_not_taken() -> None:
    result = convert("", top='[extra]\nn = { column = "n", type = "number" }', n=["many"])
    assert [(i.field, i.code, i.value) for i in result.issues] == [
        ("extra.n", "not_a_number", "many")
    ]


def test_a_row_without_an_id_is_kept_whole_for_mending() -> None:
    result = convert('external_id = "key"\ntopic = "t"', key=[None, "1"], t=["x", "y"])
    assert result.frame.height == 1
    (issue,) = result.issues
    assert (issue.line, issue.whole_row, issue.row["t"]) == (2, True, "x")
