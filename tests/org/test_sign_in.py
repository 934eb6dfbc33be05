"""Signing in: password, second step, limits, and who is kept out."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from incentives.org.people import grant_role, leave_company, revoke_role
from tests.org.cast import Cast

PASSWORD = "a long password"
INLINE = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|\son[a-z]+=\"|<style")


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password})


def confirm(client: Client) -> None:
    """Enter the password once more, as changes of how one signs in demand."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def signed_in(client: Client) -> bool:
    return bool(client.get(reverse("org:me")).status_code == 200)


@pytest.mark.parametrize("login", ["agent", "AGENT"])
def test_people_sign_in_with_login_and_password(client: Client, cast: Cast, login: str) -> None:
    assert sign_in(client, login).status_code == 302
    assert signed_in(client)


def test_a_wrong_password_says_so_without_telling_who_exists(client: Client, cast: Cast) -> None:
    wrong = sign_in(client, "agent", "wrong").content.decode()
    unknown = sign_in(client, "nobody", "wrong").content.decode()
    texts = [re.search(r'role="alert">.*?</ul>', page, re.S) for page in (wrong, unknown)]
    assert texts[0] is not None
    assert texts[1] is not None
    assert texts[0][0] == texts[1][0]
    assert not signed_in(client)


def test_agents_made_by_files_cannot_sign_in(client: Client, cast: Cast) -> None:
    cast.agent.set_unusable_password()
    cast.agent.save()
    for password in ("", "!", cast.agent.password):
        sign_in(client, "agent", password)
        assert not signed_in(client)


def test_whoever_leaves_loses_the_open_session_at_once_and_cannot_come_back(
    client: Client, cast: Cast
) -> None:
    sign_in(client, "agent")
    assert signed_in(client)
    leave_company(person=cast.agent, on=cast.agent.company_today)
    assert not signed_in(client)
    sign_in(client, "agent")
    assert not signed_in(client)


def test_a_session_of_before_stays_closed_when_someone_is_let_in_again(
    client: Client, cast: Cast
) -> None:
    sign_in(client, "agent")
    leave_company(person=cast.agent, on=cast.agent.company_today)
    agent = cast.fresh("agent")
    agent.is_active, agent.left_on = True, None
    agent.save()
    assert not signed_in(client)


def test_nobody_signs_up(client: Client, db: None) -> None:
    url = reverse("account_signup")
    assert "administrator" in client.get(url).content.decode()
    form = {"username": "thief", "password1": PASSWORD, "password2": PASSWORD}
    client.post(url, form)
    assert not signed_in(client)


def test_signing_out_asks_first(client: Client, cast: Cast) -> None:
    client.force_login(cast.agent)
    assert client.get(reverse("account_logout")).status_code == 200
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_an_authenticator_app_is_set_up_and_asked_for(client: Client, cast: Cast) -> None:
    sign_in(client, "agent")
    url = reverse("mfa_activate_totp")
    assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    page = client.get(url)
    code = code_for(page.context["form"].secret)
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=cast.agent, type="totp").exists()
    client.post(reverse("account_logout"))
    answer = sign_in(client, "agent")
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not signed_in(client)
    recovery = RecoveryCodes(Authenticator.objects.get(user=cast.agent, type="recovery_codes"))
    client.post(reverse("mfa_authenticate"), {"code": recovery.get_unused_codes()[0]})
    assert signed_in(client)


def test_only_administrators_enter_the_django_admin(client: Client, cast: Cast) -> None:
    for name in ("agent", "supervisor", "manager", "hr", "executive"):
        client.force_login(getattr(cast, name))
        assert client.get("/admin/").status_code != 200
    client.force_login(cast.administrator)
    assert client.get("/admin/").status_code == 200
    for model in ("person", "team", "site", "company", "membership", "rolegrant"):
        assert client.get(f"/admin/org/{model}/?q=a").status_code == 200
    assert client.get(f"/admin/org/person/{cast.agent.pk}/change/").status_code == 200
    assert client.get(f"/admin/org/person/{cast.agent.pk}/delete/").status_code == 403


def test_a_revoked_administrator_is_out_of_the_admin_with_the_next_click(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.administrator)
    assert client.get("/admin/").status_code == 200
    grant_role(person=cast.hr, role="administrator")
    revoke_role(person=cast.administrator, role="administrator")
    assert client.get("/admin/").status_code != 200


SIGNED_OUT = ["account_login", "account_reset_password", "account_signup", "account_inactive",
              "account_reset_password_done", "account_reset_password_from_key_done"]  # fmt: skip
SIGNED_IN = ["account_logout", "account_change_password", "account_reauthenticate", "mfa_index",
             "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"]  # fmt: skip
WITH_APP = ["mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
            "mfa_reauthenticate"]  # fmt: skip


@pytest.mark.parametrize("name", [*SIGNED_OUT, *SIGNED_IN, *WITH_APP])
def test_every_account_page_is_in_our_look_and_without_inline_script(
    client: Client, cast: Cast, name: str
) -> None:
    if name not in SIGNED_OUT:
        sign_in(client, "agent")
    if name in WITH_APP:
        TOTP.activate(cast.agent, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(cast.agent)
    if name != "account_reauthenticate":
        confirm(client)
    page = client.get(reverse(name))
    assert page.status_code == 200
    text = page.content.decode()
    assert "css/tokens.css" in text
    assert "<h1" in text
    assert not INLINE.findall(text)
