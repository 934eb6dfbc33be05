"""The one rule of what a figure over several people may tell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from incentives.org.disclosure import in_steps, may_tell, named


@pytest.mark.parametrize(
    ("people", "known", "told"),
    [
        (1, 0, False), (2, 0, False), (3, 0, True),
        (1, 1, True), (2, 1, False), (3, 1, True), (3, 2, False),
        (9, 8, False), (9, 7, True), (9, 9, True),
    ],
)  # fmt: skip
def test_a_group_and_what_is_left_of_it_hide_each_single_one(
    people: int, known: int, told: bool
) -> None:
    assert may_tell(people, known=known) is told


@pytest.mark.parametrize("lines", range(40))
def test_a_list_leaves_nobody_to_elimination(lines: int) -> None:
    unnamed = lines - named(lines)
    assert unnamed >= min(lines, 3)
    assert unnamed >= lines // 5
    assert named(lines) <= named(lines + 1) <= named(lines) + 1


@pytest.mark.parametrize(("share", "told"), [("0.0999", "0"), ("0.57", "0.5"), ("0.9999", "0.9")])
def test_a_teams_way_is_told_in_steps_and_whole_only_when_it_is(share: str, told: str) -> None:
    assert in_steps(Decimal(share)) == Decimal(told)
    assert in_steps(Decimal(1)) == 1
