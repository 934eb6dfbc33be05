"""From text to fields: where a value comes from, and how text becomes another text."""

import pytest

from tests.scoring.converting import SECOND, Cells, convert, values

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
