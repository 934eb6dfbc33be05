"""Where a link for a new password goes to: only to addresses that somebody has confirmed."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pghistory
import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from incentives import settings as product
from incentives.org import addresses
from incentives.org.models import Person
from tests.org.cast import Cast

ADDRESS = "agent@example.com"


def ask(client: Client, address: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": address}, follow=True)


def with_address(person: Person, *, confirmed: bool = False, address: str = ADDRESS) -> Person:
    person.email = address
    person.save(update_fields=["email"])
    if confirmed:
        addresses.confirm(person)
    return person


def edit(client: Client, person: Person, **changes: Any) -> Any:
    form = {"display_name": person.display_name, "key": person.key, "login": person.login or "",
            "email": person.email, "locale": "en", "employment_share": "1", **changes}  # fmt: skip
    return client.post(reverse("org:edit_person", args=[person.pk]), form)


@pytest.mark.parametrize("typed", [ADDRESS, "Agent@Example.com"])
def test_a_forgotten_password_is_replaced_by_mail(client: Client, cast: Cast, typed: str) -> None:
    with_address(cast.agent, confirmed=True)
    ask(client, typed)
    assert mail.outbox[0].to == [ADDRESS]
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert found is not None
    page = client.get(found[1], follow=True)
    form = {"password1": "another long one", "password2": "another long one"}
    client.post(page.request["PATH_INFO"], form)
    assert cast.fresh("agent").check_password("another long one")


def test_unknown_unconfirmed_and_known_addresses_get_the_same_answer_and_only_the_last_a_mail(
    client: Client, cast: Cast
) -> None:
    with_address(cast.agent)
    with_address(cast.teammate, confirmed=True, address="teammate@example.com")
    answers = [ask(client, text) for text in ("nobody@example.com", ADDRESS)]
    assert mail.outbox == []
    answers.append(ask(client, "teammate@example.com"))
    assert [message.to for message in mail.outbox] == [["teammate@example.com"]]
    pages = {re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content) for answer in answers}
    assert len(pages) == 1


def test_the_page_asks_nobody_whether_the_address_is_known(
    client: Client, cast: Cast, monkeypatch: Any
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(
        "incentives.password_links.hand_over", lambda _task, *args: handed.append(args)
    )
    with_address(cast.agent, confirmed=True)
    ask(client, ADDRESS)
    ask(client, "nobody@example.com")
    assert [args[0] for args in handed] == [ADDRESS, "nobody@example.com"]
    assert mail.outbox == []


def test_an_address_that_is_changed_behind_the_confirmation_gets_nothing(
    client: Client, cast: Cast
) -> None:
    with_address(cast.agent, confirmed=True)
    with_address(cast.agent, address="thief@example.com")
    for address in (ADDRESS, "thief@example.com"):
        ask(client, address)
    assert mail.outbox == []


def test_those_who_left_get_no_link(client: Client, cast: Cast) -> None:
    with_address(cast.agent, confirmed=True)
    Person.objects.filter(pk=cast.agent.pk).update(is_active=False)
    ask(client, ADDRESS)
    assert mail.outbox == []


def test_an_administrator_who_writes_an_address_confirms_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    edit(client, cast.agent, email=ADDRESS)
    assert addresses.is_confirmed(cast.fresh("agent"))
    edit(client, cast.fresh("agent"), email="new@example.com")
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.com"]
    edit(client, cast.fresh("agent"))  # the box is not ticked
    assert not addresses.is_confirmed(cast.fresh("agent"))
    edit(client, cast.fresh("agent"), address_confirmed="on")
    assert addresses.is_confirmed(cast.fresh("agent"))


def test_one_address_is_confirmed_for_one_person(client: Client, cast: Cast) -> None:
    with_address(cast.teammate, confirmed=True)
    client.force_login(cast.administrator)
    answer = edit(client, cast.agent, email=ADDRESS.upper())
    assert answer.status_code == 422
    assert "email" in answer.context["person_form"].errors
    assert cast.fresh("agent").email == ""


def test_people_confirm_their_address_by_a_link_while_signed_in(client: Client, cast: Cast) -> None:
    with_address(cast.agent)
    client.force_login(cast.agent)
    assert "Nobody has confirmed" in client.get(reverse("org:me")).content.decode()
    client.post(reverse("org:address"))
    assert mail.outbox[0].to == [ADDRESS]
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert link is not None
    key = client.get(link[1]).context["key"]
    # Whoever has only the mailbox, or another account, confirms nothing.
    other = Client()
    assert other.post(reverse("org:address"), {"key": key}).status_code == 302
    other.force_login(cast.stranger)
    assert other.post(reverse("org:address"), {"key": key}).status_code == 410
    assert not addresses.is_confirmed(cast.fresh("agent"))
    assert client.post(reverse("org:address"), {"key": key}).status_code == 302
    assert addresses.is_confirmed(cast.fresh("agent"))
    with_address(cast.agent, address="other@example.com")
    assert client.post(reverse("org:address"), {"key": key}).status_code == 410


def test_a_mailbox_is_not_flooded(client: Client, cast: Cast) -> None:
    with_address(cast.agent)
    client.force_login(cast.agent)
    for _ in range(5):
        client.post(reverse("org:address"))
    assert len(mail.outbox) == 3


def test_the_page_of_django_allauth_that_changes_addresses_is_closed(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.agent)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "x@example.com"})
    assert answer["Location"] == reverse("org:me")
    assert not EmailAddress.objects.exists()


def test_an_upgrade_confirms_what_administrators_wrote_and_nothing_else(cast: Cast) -> None:
    def write(person: Person, address: str, by: Person | None) -> None:
        if by is None:
            with_address(person, address=address)
            return
        with pghistory.context(user=by.pk, url="/people/"):
            with_address(person, address=address)

    # First those without anyone: a context holds until the end of its transaction.
    write(cast.teammate, "teammate@example.com", None)
    write(cast.former, "former@example.com", None)
    write(cast.stranger, "stranger@example.com", cast.manager)
    write(cast.agent, ADDRESS, cast.administrator)
    with pghistory.context(user=cast.administrator.pk, url="/people/"):
        Person.objects.filter(pk=cast.former.pk).update(time_zone="Asia/Tokyo")
    migration = importlib.import_module("incentives.org.migrations.0006_confirmed_addresses")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.CONFIRM)
    assert list(EmailAddress.objects.values_list("user", "email", "verified")) == [
        (cast.agent.pk, ADDRESS, True)
    ]


def test_asking_again_and_again_fills_no_mailbox(client: Client, cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = product.ACCOUNT_RATE_LIMITS
    with_address(cast.agent, confirmed=True)
    answers = [ask(client, ADDRESS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "Too many at once" in answers[-1].content.decode()
    assert len(mail.outbox) == 3
