"""A passkey in a real browser: added, then used to sign in without a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.org.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(live_server: LiveServer, page: Page) -> str:
    """The site's address by name (passkeys hold for names only), with a pretended phone."""
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, site: str) -> None:
    page.goto(site + reverse("account_login"))
    page.fill("#id_login", "agent")
    page.fill("#id_password", "a long password")
    page.click("main form button.btn-primary")
    page.wait_for_url(lambda url: "login" not in url)


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_signs_in(cast: Cast, page: Page, site: str) -> None:
    sign_in(page, site)
    page.goto(site + reverse("mfa_add_webauthn"))
    page.fill("#id_password", "a long password")
    page.click("main form button.btn-primary")
    page.fill("#id_name", "my phone")
    page.check("#id_passwordless")
    page.click("#key-button")
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    assert Authenticator.objects.filter(user=cast.agent, type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto(site + reverse("account_login"))
    page.click("#passkey-button")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(site + reverse("org:me"))
    expect(page.locator("h1")).to_have_text("My profile")


@pytest.mark.django_db(transaction=True)
def test_a_refused_passkey_is_explained(cast: Cast, page: Page, site: str) -> None:
    page.goto(site + reverse("account_login"))
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')) }")
    page.click("#passkey-button")
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    expect(page.locator("[data-passkey-error]")).to_contain_text("another way")
