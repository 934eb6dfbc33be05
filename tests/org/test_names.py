"""Nobody takes another's name, nor one that looks like it: at every door, in one sentence."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incentives.org.look_alikes import skeleton, spelling
from incentives.org.models import Person
from incentives.org.names import NameKind, Names, deceptive, giving
from incentives.org.people import create_people, upsert_people
from tests.org.cast import Cast

HONEST = [
    "Li Wei 李伟", "Li李伟", "王伟", "𠮷野家", "佐々木 エリ", "김철수", "Müller", "Nguyễn Văn An",
    "Иван Петров", "Νίκος", "محمد علی‌رضا", "ශ්‍රී", "אברהם", "O’Brien-Smith", "阿·玛", "E17",
    "Иван Smith", "🎉 Anna", "Łukasz", "小A", "Отдел_A1",
]  # fmt: skip
DECEPTIVE = [
    "Jоhn",  # Cyrillic о
    "Αlice",  # Greek Α
    "A1Б",
    "John\u202e", "Jo\u200bhn", "\ufeffJohn", "Jo\u00adhn", "John\u2066", "Jo\u200dhn",  # unseen
    "John\ufe0f", "\u3164", "\u2800", "John\x07", "\ue000", "John\U000e0041",
    "ᎫᎾᎻΝ", "𐐀𐐁", "ⲞⲢ",  # nobody writes names in these
]  # fmt: skip
LOOKS_LIKE = {
    "Anna Kosta": [
        "Аnna Kosta".replace("А", "Ａ"),
        "anna  KOSTA",
        "𝐀nna Kosta",
        "Ａｎｎａ Ｋｏｓｔａ",
    ],
    "Coco": ["Сосо", "ϹΟϹΟ", "ᴄᴏᴄᴏ"],
    "Bob": ["ВОВ", "ΒΟΒ"],
    "工二": ["エニ"],
    "O'Neil-Smith": ["O’Neil‑Smith", "OʼNeil–Smith"],
    "ⅷ": ["viii"],
}


@pytest.mark.parametrize("name", HONEST)
def test_names_of_real_people_are_taken(name: str) -> None:
    assert deceptive(name) == ""


@pytest.mark.parametrize("name", DECEPTIVE, ids=ascii)
def test_invisible_and_mixed_names_are_refused_in_a_sentence(name: str) -> None:
    assert deceptive(name).endswith(".")


def test_look_alikes_have_one_skeleton_and_others_do_not() -> None:
    for name, others in LOOKS_LIKE.items():
        assert {skeleton(other) for other in others} == {skeleton(name)}
    assert len({skeleton(name) for name in HONEST}) == len(HONEST)


@given(st.text(max_size=20))
def test_a_skeleton_is_its_own_skeleton_and_has_nothing_unseen(text: str) -> None:
    once = skeleton(text)
    assert skeleton(once) == once
    assert skeleton(f"  {text}\u200b") == once
    assert deceptive(once) == "" or "U+" not in deceptive(once)


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_plain_letters_are_told_apart_but_for_capitals_and_spaces(text: str) -> None:
    if text.isprintable() and "`" not in text:
        assert skeleton(text) == spelling(text)


@pytest.mark.parametrize(
    "name", ["Teammate", "teammate", " TEAMMATE ", "Ｔeammate", "Τеаммате", "TEAMMATE\u200b",
             "supervisor", "executive"],
)  # fmt: skip
def test_nobody_calls_themselves_like_someone_else(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.agent)
    answer = client.post(reverse("org:me"), {"display_name": name, "locale": "en"})
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["display_name"]) == 1
    assert cast.fresh("agent").display_name == "Agent"


def test_one_stroke_for_another_is_no_name_of_ones_own(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.teammate.pk).update(display_name="Alice Lo")
    client.force_login(cast.agent)
    for name in ("AIice Lo", "A1ice L0"):
        answer = client.post(reverse("org:me"), {"display_name": name, "locale": "en"})
        assert answer.status_code == 422


def test_ones_own_name_may_be_written_another_way(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    for name in ("AGENT", "agent", "Agent Li 李"):
        answer = client.post(reverse("org:me"), {"display_name": name, "locale": "en"})
        assert answer.status_code == 302
        assert cast.fresh("agent").display_name == name


def test_a_name_from_before_the_rule_does_not_stop_other_changes(
    client: Client, cast: Cast
) -> None:
    Person.objects.filter(pk=cast.agent.pk).update(display_name="Teammate")
    client.force_login(cast.agent)
    form = {"display_name": "Teammate", "locale": "en", "time_zone": "Asia/Tokyo"}
    assert client.post(reverse("org:me"), form).status_code == 302


def person_form(**changes: Any) -> dict[str, Any]:
    form = {"display_name": "Nova", "key": "nova", "login": "nova", "locale": "en"}
    return {**form, "employment_share": "1", **changes}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "Τеаmmате"),
        ("display_name", "Ｔｅａｍｍａｔｅ"),
        ("login", "teammate"),
        ("login", "TEAMMATE"),
        ("login", "ｔeammate"),
        ("login", "17"),  # somebody's key
        ("login", "no\u200bva"),
        ("key", "ｔeammate"),
        ("key", "the.boss"),  # somebody's login
        ("key", "кеу\u202e"),
    ],
)
def test_administrators_are_told_of_look_alikes_too(
    client: Client, cast: Cast, field: str, value: str
) -> None:
    Person.objects.filter(pk=cast.teammate.pk).update(key="17")
    Person.objects.filter(pk=cast.manager.pk).update(login="the.boss")
    client.force_login(cast.administrator)
    answer = client.post(reverse("org:new_person"), person_form(**{field: value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Person.objects.filter(key="nova").exists()


def test_two_people_may_really_have_one_name(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    answer = client.post(reverse("org:new_person"), person_form(display_name="Teammate"))
    assert answer.status_code == 302
    assert Person.objects.filter(display_name="Teammate").count() == 2


@pytest.mark.parametrize(
    ("key", "status"),
    [("teammate", 422), ("ｔeammate", 422), ("о1d", 422), ("old-2", 302), ("17", 302)],
)
def test_another_key_is_not_the_key_of_someone_else(
    client: Client, cast: Cast, key: str, status: int
) -> None:
    cast.stranger.aliases.create(source="crm", key="17")  # numbers of two systems meet
    client.force_login(cast.administrator)
    url = reverse("org:add_alias", args=[cast.agent.pk])
    assert client.post(url, {"key": key, "source": "phone"}).status_code == status


def test_the_django_admin_gives_no_names(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    url = f"/admin/org/person/{cast.agent.pk}/change/"
    form = {"display_name": "Teammate", "login": "Teammate", "email": "x@example.com",
            "locale": "en", "employment_share": "1"}  # fmt: skip
    inlines = ("memberships", "supervisions", "positions", "role_grants", "aliases")
    for inline in inlines:
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    client.post(url, form)
    agent = cast.fresh("agent")
    assert (agent.display_name, agent.login, agent.email) == ("Agent", "agent", "")
    assert client.get("/admin/org/person/add/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_name_at_once_one_is_refused() -> None:
    people = [Person.objects.create_user(f"p{number}", "x") for number in range(2)]
    both_ready = threading.Barrier(2)
    answers: list[int] = []

    def rename(person: Person) -> None:
        client = Client()
        client.force_login(person)
        both_ready.wait()
        form = {"display_name": "Phoenix", "locale": "en"}
        answers.append(client.post(reverse("org:me"), form).status_code)
        connection.close()

    threads = [threading.Thread(target=rename, args=[person]) for person in people]
    with giving():  # both wait for the same moment
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422]
    assert Person.objects.filter(display_name="Phoenix").count() == 1


def test_names_are_compared_by_as_many_queries_however_many_people(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    Person.objects.bulk_create(Person(key=f"n{n}", display_name=f"N {n}") for n in range(500))
    with django_assert_num_queries(2):
        names = Names.in_use()
    assert names.refusal(NameKind.NAME, "ｎ 17", who=cast.agent.pk)


def test_a_people_file_brings_no_look_alikes_and_keeps_the_rest_of_the_row(cast: Cast) -> None:
    rows = [
        {"key": "ｔeammate", "name": "New"},
        {"key": "n1", "name": "Τеаммате", "locale": "zh-hans"},
        {"key": "n2", "name": "Teammate", "login": "ｔeammate"},
        {"key": "n3", "name": "Li Wei 李伟\u200b"},
        {"key": "n4", "name": "Li\u3000Wei  李伟", "login": "li.wei"},
        {"key": "n5", "name": "Li Wei 李伟", "login": "LI.WEI"},
        {"key": "supervisor", "name": "Ａgent"},
    ]
    result = upsert_people(rows)
    assert [(issue.row, issue.field) for issue in result.issues] == [
        (0, "key"), (1, "name"), (2, "login"), (3, "name"), (5, "login"), (6, "name")
    ]  # fmt: skip
    assert all(issue.reason.endswith(".") for issue in result.issues)
    made = Person.objects.filter(key__startswith="n").order_by("key")
    assert list(made.values_list("key", "display_name", "login")) == [
        ("n1", "n1", None), ("n2", "Teammate", None), ("n3", "n3", None),
        ("n4", "Li Wei 李伟", "li.wei"), ("n5", "Li Wei 李伟", None),
    ]  # fmt: skip
    assert made[0].locale == "zh-hans"
    assert cast.fresh("supervisor").display_name == "Supervisor"


def test_agents_in_exports_who_look_like_others_are_not_made(cast: Cast) -> None:
    Person.objects.filter(pk=cast.teammate.pk).update(login="the.boss")
    named = {
        "ａgent": "",
        "n1": "ＡＧＥＮＴ",
        "n2": "Agent",
        "Agent": "",
        "the.boss": "",
        "x\u202e": "",
    }
    assert sorted(create_people(named)) == ["n1", "n2"]
    assert Person.objects.get(key="n1").display_name == "n1"
    assert Person.objects.get(key="n2").display_name == "Agent"
