"""Rows that come and go: which ones are there after what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from incentives.org.row_forms import RowFormSet


class ColourForm(forms.Form):
    """One field that has to be filled in."""

    colour = forms.CharField()


class ColourFormSet(RowFormSet[ColourForm]):
    """At most three of them."""

    form = ColourForm
    most = 3


def sent(*numbers: Any, **more: str) -> dict[str, str]:
    return {f"c-{number}-colour": f"no. {number}" for number in numbers} | more


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        ({}, []),
        (sent(4, 1), [4, 1]),
        (sent(4, 1, add_row="1"), [4, 1, 5]),
        (sent(0, 1, 2, add_row="1"), [0, 1, 2]),
        (sent(0, 1, 2, 3), [0, 1, 2]),
        (sent(0, 1, drop_row="0"), [1]),
        (sent(0, drop_row="0"), [1]),
        (sent(0, 1, drop_row="7"), [0, 1]),
        (sent("x", "-1", "²", "999999", 3), [3]),
    ],
)
def test_rows_are_those_that_were_sent_after_the_button(
    data: dict[str, str], numbers: list[int]
) -> None:
    rows = ColourFormSet(data, prefix="c")
    assert rows.numbers == numbers
    assert [form["colour"].value() for form in rows] == [
        data.get(f"c-{number}-colour") for number in numbers
    ]
    assert rows.has_room == (len(numbers) < 3)


def test_stored_rows_are_shown_and_without_any_a_blank_one() -> None:
    rows = ColourFormSet(prefix="c", initial=[{"colour": "red"}, {"colour": "blue"}])
    assert [form["colour"].value() for form in rows] == ["red", "blue"]
    assert [form["colour"].value() for form in ColourFormSet(prefix="c")] == [None]


def test_an_empty_row_is_as_wrong_as_every_other() -> None:
    assert ColourFormSet(sent(0), prefix="c").is_valid()
    assert not ColourFormSet(sent(0, add_row="1"), prefix="c").is_valid()
    assert not ColourFormSet({"c-0-colour": ""}, prefix="c").is_valid()
