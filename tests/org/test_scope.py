"""Whom something is for, in words."""

from __future__ import annotations

import pytest

from incentives.org.scope import Scope

NAMES = {1: "Alpha", 2: "Beta"}


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope(), ""),
        (Scope(teams=(1, 2)), "Teams: Alpha, Beta."),
        (Scope(channels=(2, 9), people="newcomers"), "Channels: Beta, ?. For people in their first 90 days."),
        (Scope(people="experienced", newcomer_days=30), "For people after their first 30 days."),
    ],
)  # fmt: skip
def test_a_scope_is_said_in_one_line(scope: Scope, sentence: str) -> None:
    assert scope.sentence(teams=NAMES, channels=NAMES) == sentence
