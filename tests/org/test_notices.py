"""The bell: told once, in the reader's language, only to whom it concerns, and only what they want."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.org import notices
from incentives.org.models import Notice, Person
from incentives.org.notices import News, NoticeKind, bell, mark_read, notify, tell
from tests.org.cast import Cast

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _said(data: Mapping[str, Any]) -> str:
    return _("Save") + f": {data.get('what', '')}"


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = (
        NoticeKind("told", "tasks", "info", _said),
        NoticeKind("won", "recognition", "star", _said, celebrates=True),
    )
    monkeypatch.setattr(notices, "declared", lambda _kind: kinds)


def told(cast: Cast, *names: str, key: str = "1", **rest: Any) -> None:
    notify(people=[getattr(cast, n) for n in names], kind="told", source_key=key, **rest)


def unread(person: Person) -> int:
    return bell(person).unread


def test_a_step_that_runs_twice_tells_once(cast: Cast) -> None:
    told(cast, "agent", "teammate")
    told(cast, "agent", "teammate", "supervisor")
    assert [unread(p) for p in (cast.agent, cast.teammate, cast.supervisor)] == [1, 1, 1]
    told(cast, "agent", key="2")
    assert unread(cast.agent) == 2


def test_many_people_are_told_with_one_question_and_one_insert(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    people = Person.objects.all()
    news = [News(person.pk, "1", {"n": n}) for n, person in enumerate(people)]
    with django_assert_num_queries(2):
        tell("told", news)
    assert Notice.objects.count() == len(news)


def test_who_does_not_want_it_or_has_left_is_not_told(cast: Cast) -> None:
    notices.choose(cast.agent, groups=["recognition"])
    Person.objects.filter(pk=cast.teammate.pk).update(is_active=False)
    told(cast, "agent", "teammate", "supervisor")
    assert list(Notice.objects.values_list("person", flat=True)) == [cast.supervisor.pk]
    notices.choose(cast.agent, groups=notices.GROUPS)
    told(cast, "agent")
    assert unread(cast.agent) == 1


def test_a_notice_speaks_the_language_of_whoever_reads_it(cast: Cast, client: Client) -> None:
    told(cast, "agent", data={"what": "X1"})
    client.force_login(cast.agent)
    assert "Save: X1" in client.get(reverse("org:notices")).content.decode()
    Person.objects.filter(pk=cast.agent.pk).update(locale="zh-hans")
    assert "保存: X1" in client.get(reverse("org:notices")).content.decode()


def test_opening_reads_one_and_leads_to_what_it_is_about(cast: Cast, client: Client) -> None:
    told(cast, "agent", url="/goals/")
    told(cast, "agent", key="2", url="https://elsewhere.example/")
    client.force_login(cast.agent)
    own = Notice.objects.get(source_key="told:1")
    assert client.post(reverse("org:notice_open", args=[own.pk]))["Location"] == "/goals/"
    assert unread(cast.agent) == 1
    other = Notice.objects.get(source_key="told:2")
    answer = client.post(reverse("org:notice_open", args=[other.pk]))
    assert answer["Location"] == reverse("org:notices")


def test_nobody_opens_the_notices_of_others(cast: Cast, client: Client) -> None:
    told(cast, "agent")
    own = Notice.objects.get()
    client.force_login(cast.supervisor)
    assert client.post(reverse("org:notice_open", args=[own.pk])).status_code == 404
    client.post(reverse("org:notices_read"))
    assert unread(cast.agent) == 1


def test_unread_ones_stand_first(cast: Cast, client: Client) -> None:
    told(cast, "agent", key="old", data={"what": "OLD"})
    told(cast, "agent", key="new", data={"what": "NEW"})
    mark_read(cast.agent, at=NOW, notice=Notice.objects.get(source_key="told:new").pk)
    client.force_login(cast.agent)
    html = client.get(reverse("org:notices")).content.decode()
    assert html.index("OLD") < html.index("NEW")


def test_the_bell_counts_and_stays_silent_while_nothing_came(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    tell("told", [News(cast.agent.pk, str(n)) for n in range(120)])
    assert "99+" in client.get(reverse("org:me")).content.decode()
    first = client.get(reverse("org:bell"), headers={"HX-Request": "true"})
    same = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert client.get(reverse("org:bell"), headers=same).status_code == 304
    mark_read(cast.agent, at=NOW)
    answer = client.get(reverse("org:bell"), headers=same)
    assert (answer.status_code, "99+" in answer.content.decode()) == (200, False)


def test_what_was_won_is_celebrated_until_it_was_seen(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    told(cast, "agent")
    assert "Well done" not in client.get("/").content.decode()
    notify(people=[cast.agent], kind="won", source_key="1", data={"what": "level"})
    assert "Save: level" in client.get("/").content.decode()
    closed = client.post(reverse("org:notices_celebrated"), {"next": "/notices/"})
    assert closed.headers["Location"] == "/notices/"
    assert "Well done" not in client.get("/").content.decode()
    assert unread(cast.agent) == 2


def test_old_notices_go_and_young_ones_stay(cast: Cast) -> None:
    for key, age, read in [("a", 10, 5), ("b", 100, 61), ("c", 179, None), ("d", 181, None)]:
        told(cast, "agent", key=key)
        read_at = None if read is None else NOW - timedelta(days=read)
        found = Notice.objects.filter(source_key=f"told:{key}")
        found.update(created_at=NOW - timedelta(days=age), read_at=read_at)
    assert notices.forget_old(at=NOW) == 2
    assert set(Notice.objects.values_list("source_key", flat=True)) == {"told:a", "told:c"}


def test_the_profile_switches_groups_off(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    client.post(reverse("org:notices_choose"), {"group": ["recognition", "nonsense"]})
    assert notices.chosen(cast.agent) == {"recognition"}
    assert client.get(reverse("org:me")).content.decode().count("checked") == 1
