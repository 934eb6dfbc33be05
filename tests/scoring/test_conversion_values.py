"""From text to flags, numbers, ratings and scores, and what follows from other fields."""

import polars as pl
import pytest

from tests.scoring.converting import SECOND, Cells, codes, convert, numbers, one, values

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
