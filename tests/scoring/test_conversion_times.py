"""From text to times, days and durations."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from incentives.org.refusals import Refused
from tests.scoring.converting import SECOND, Cells, codes, convert, one, utc, values

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
