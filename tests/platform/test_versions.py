"""What all versioned things have in common: what is published stays, one version holds a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import pytest
from django.db import IntegrityError, transaction

from incentives.org.models.versions import Version
from incentives.org.refusals import Refused
from tests.badges.badge_data import badge_for_pages
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, after, rule
from tests.scoring.scorecards import make_card

pytestmark = pytest.mark.django_db
Make: TypeAlias = Callable[[], Version]


def _badge() -> Version:
    version: Version = badge_for_pages("first", today=MONDAY + timedelta(days=70)).versions.get()
    return version


def _rule() -> Version:
    made: Version = rule(starts_on=MONDAY)
    return made


def _card() -> Version:
    card: Version = make_card(starts_on=MONDAY, role="Tester")
    return card


every = pytest.mark.parametrize("make", [_badge, _rule, _card])


def nothing(_version: Any) -> dict[str, list[str]]:
    return {}


def publish(draft: Any, **how: Any) -> Any:
    return draft.publish(by=None, problems=nothing, on_change=lambda *_days: None, **how)


@every
def test_what_is_published_may_only_end_earlier(make: Make) -> None:
    version = make()
    stored = type(version)._default_manager.filter(pk=version.pk)
    stored.update(ends_on=after(9))
    stored.update(ends_on=after(5))
    changes: list[dict[str, Any]] = [
        {"ends_on": after(6)}, {"ends_on": None}, {"starts_on": after(1)}, {"status": "draft"},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError, match="stays: make a new version"), transaction.atomic():
            stored.update(**change)
    with pytest.raises(IntegrityError, match="stays: make a new version"), transaction.atomic():
        stored._raw_delete(stored.db)
    with pytest.raises(Refused, match="stays for the record"):
        version.discard()


@every
def test_a_new_version_is_a_draft_like_the_one_before_and_ends_it(make: Make) -> None:
    version = make()
    draft = version.new_version(starts_on=after(7))
    assert version.new_version(starts_on=after(8)) == draft
    assert (draft.version, draft.is_published, draft.published_at) == (2, False, None)
    for name in (version.OF, *version.CONTENT):
        assert getattr(draft, name) == getattr(version, name), name
    told: list[tuple[int, date, date | None]] = []
    for _twice in (1, 2):
        draft.publish(
            by=None,
            problems=nothing,
            on_change=lambda changed, first, last: told.append((changed.version, first, last)),
            starts_on=after(7),
        )
    assert told == [(1, after(7), None), (2, after(7), None)]
    version.refresh_from_db()
    assert version.ends_on == after(6)
    assert version.holds_on(after(6))
    assert not version.holds_on(after(7))


@every
def test_what_is_wrong_is_refused_and_nothing_is_changed(make: Make) -> None:
    version = make()
    draft: Any = version.new_version(starts_on=after(7))
    with pytest.raises(Refused) as refused:
        draft.publish(
            by=None, problems=lambda _: {"starts_on": ["Too early."]}, on_change=print,
            starts_on=after(3),
        )  # fmt: skip
    assert refused.value.by_field == {"starts_on": ["Too early."]}
    draft.refresh_from_db()
    assert (draft.is_published, draft.starts_on) == (False, after(7))
    draft.discard()
    with pytest.raises(Refused, match="deleted this draft meanwhile"):
        publish(draft)


@every
def test_a_version_ends_on_a_day_of_its_own(make: Make) -> None:
    version: Any = make()
    told: list[tuple[date, date | None]] = []

    def end(day: date, **how: Any) -> Any:
        return version.retire(
            after=day, on_change=lambda _, first, last: told.append((first, last)), **how
        )

    with pytest.raises(Refused, match="before the first day"):
        end(after(-1))
    assert end(after(5)).ends_on == after(5)
    assert end(after(3)).ends_on == after(3)
    assert told == [(after(6), None), (after(4), after(5))]
    with pytest.raises(Refused, match="already"):
        end(after(3))
    draft: Any = version.new_version(starts_on=after(7))
    with pytest.raises(Refused, match="discard it"):
        draft.retire(after=after(9), on_change=print)


@every
def test_two_versions_of_a_day_are_refused_by_the_database(make: Make, cast: Cast) -> None:
    version = make()
    draft = version.new_version(starts_on=after(7))
    stored = type(version)._default_manager.filter(pk=draft.pk)
    with pytest.raises(IntegrityError, match="_one_a_day"), transaction.atomic():
        stored.update(status="published", starts_on=after(7), published_at="2026-01-01T00:00Z")
