"""What pages keep for a person: found again, dropped by what concerns them, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from dashboards.homes.agent import agent_home
from incentives import stamps
from incentives.stamps import Shelf, changed, everything_changed, for_everyone
from tests.org.cast import Cast

pytestmark = pytest.mark.django_db
ANN, BOB = 1, 2


@pytest.fixture
def drop(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Does something as a request does that commits."""

    def committed(what: Callable[..., None], *given: object) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            what(*given)

    return committed


@pytest.fixture
def made() -> Iterator[int]:
    """A number for each time that something is made."""
    return count()


def kept(person: int, made: Iterator[int], *, edition: str = "en") -> int:
    """What someone is shown."""
    shelf = Shelf(person, ["card"], edition=edition)
    found = shelf.get("card", lambda: next(made))
    shelf.store()
    return found


def test_what_is_kept_is_dropped_for_whom_it_concerns(
    db: None, drop: Callable[..., None], made: Iterator[int]
) -> None:
    ann, bob = kept(ANN, made), kept(BOB, made)
    assert (kept(ANN, made), kept(BOB, made)) == (ann, bob)
    assert kept(ANN, made, edition="zh-hans") not in (ann, bob)
    drop(changed, [ANN])
    assert kept(ANN, made) != ann
    assert kept(BOB, made) == bob
    drop(changed, [])
    assert kept(BOB, made) == bob
    drop(everything_changed)
    assert kept(BOB, made) != bob


def test_more_people_than_fit_are_everyone(
    db: None, drop: Callable[..., None], made: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "MOST", 1)
    bob = kept(BOB, made)
    drop(changed, [10, 11])
    assert kept(BOB, made) != bob


def test_what_was_begun_before_a_change_and_kept_after_it_does_not_live(
    db: None, drop: Callable[..., None], made: Iterator[int]
) -> None:
    for change in (lambda: changed([ANN]), everything_changed):
        slow = Shelf(ANN, ["card"], edition="en")
        old = slow.get("card", lambda: next(made))
        drop(change)
        between = kept(ANN, made)
        slow.store()
        assert kept(ANN, made) not in (old, between)
        drop(everything_changed)


def test_a_change_is_told_when_it_is_committed_and_not_when_it_is_undone(
    db: None, django_capture_on_commit_callbacks: Any, made: Iterator[int]
) -> None:
    ann = kept(ANN, made)
    with django_capture_on_commit_callbacks(execute=True):
        changed([ANN])
        assert kept(ANN, made) == ann
    assert kept(ANN, made) != ann
    with django_capture_on_commit_callbacks(execute=True) as told, transaction.atomic():
        changed([ANN])
        transaction.set_rollback(True)
    assert told == []


def test_without_its_stamp_nothing_is_shown(db: None, made: Iterator[int]) -> None:
    ann, everyones = kept(ANN, made), for_everyone("fact", lambda: next(made))
    assert for_everyone("fact", lambda: next(made)) == everyones
    cache.delete("stamp:1")
    assert kept(ANN, made) != ann
    cache.delete("stamp:everyone")
    assert for_everyone("fact", lambda: next(made)) != everyones


def test_facts_of_everyone_are_dropped_with_everything(
    db: None, drop: Callable[..., None], made: Iterator[int]
) -> None:
    fact = for_everyone("fact", lambda: next(made))
    drop(changed, [ANN])
    assert for_everyone("fact", lambda: next(made)) == fact
    drop(everything_changed)
    assert for_everyone("fact", lambda: next(made)) != fact


def test_without_a_cache_everything_is_worked_out_and_nothing_undone(
    cast: Cast, drop: Callable[..., None], made: Iterator[int], settings: Any
) -> None:
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    settings.CACHES = {"default": nowhere | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert kept(ANN, made) != kept(ANN, made)
    drop(changed, [ANN])
    assert for_everyone("fact", lambda: next(made)) != for_everyone("fact", lambda: next(made))
    assert agent_home(cast.agent, today=cast.agent.company_today).is_empty
