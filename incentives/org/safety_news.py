"""What the bell tells people about the safety of their own sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from incentives.org.models import Person
from incentives.org.notices import NoticeKind, notify


def _wrong_passwords(data: Mapping[str, Any]) -> str:
    return _(
        "Someone keeps trying passwords for your account (%(n)s wrong ones so far). They are slowed"
        " down; you are not where you have signed in before."
    ) % {"n": data["wrong"]}


KINDS = (NoticeKind("wrong_passwords", "safety", "alert", _wrong_passwords),)


def tell_of_wrong_passwords(*, login: str, wrong: int) -> None:
    """Tell the person of a login, once a day, that somebody guesses their password."""
    person = Person.objects.filter(login__iexact=login.strip().replace("\x00", "")).first()
    if person is not None:
        notify(
            people=[person],
            kind="wrong_passwords",
            source_key=f"{person.company_today:%Y-%m-%d}",
            data={"wrong": wrong},
        )
