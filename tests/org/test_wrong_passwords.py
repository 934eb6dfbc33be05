"""Wrong passwords slow whoever types them; the person signs in where they always do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from incentives import wrong_passwords
from incentives.org.models import Notice
from incentives.wrong_passwords import ADDRESS, GUESSES, STRANGERS
from tests.org.cast import Cast

PASSWORD = "a long password"
OFFICE, HOME = "10.0.0.1", "192.0.2.7"


def sign_in(client: Client, login: str, password: str = PASSWORD, *, at: str = OFFICE) -> Any:
    form = {"login": login, "password": password}
    return client.post(reverse("account_login"), form, REMOTE_ADDR=at)


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def told(answer: Any) -> str:
    return " ".join(answer.context["form"].non_field_errors())


def guess(login: str, times: int, *, at: str = OFFICE, client: Client | None = None) -> Any:
    client = client or Client()
    for number in range(times):
        answer = sign_in(client, login, f"wrong {number}", at=at)
    return answer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets time pass: waits are over, counts stay."""

    def later() -> None:
        for key in list(waits):
            cache.delete(key)
        waits.clear()

    waits: set[str] = set()
    original = wrong_passwords._until

    def noted(key: str) -> str:
        waits.add(original(key))
        return original(key)

    monkeypatch.setattr(wrong_passwords, "_until", noted)
    return later


def test_the_first_tries_are_free_and_each_later_one_costs_twice_the_wait(
    cast: Cast, clock: Any
) -> None:
    assert "Try again" not in told(guess("agent", GUESSES.free))
    for minutes in ("1 minute.", "2 minutes.", "4 minutes."):
        # Even the right password is not looked at before its time.
        answer = sign_in(Client(), "agent")
        assert not is_in(answer)
        assert minutes in told(answer)
        clock()
        sign_in(Client(), "agent", "wrong")
    clock()
    assert is_in(sign_in(Client(), "agent"))
    assert is_in(sign_in(Client(), "agent"))


def test_waits_grow_to_a_limit() -> None:
    waits = [GUESSES.wait(n) // 60 for n in range(4, 14)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert GUESSES.wait(10**9) == 3600


def test_an_attacker_elsewhere_does_not_hinder_the_person(cast: Cast, clock: Any) -> None:
    own = Client()
    assert is_in(sign_in(own, "agent", at=HOME))
    for number in range(30):
        guess("agent", 2, at=f"203.0.113.{number}")
    guess("agent", 8)
    # At home in another browser, and in the known browser from any network: at once.
    assert is_in(sign_in(Client(), "agent", at=HOME))
    own.post(reverse("account_logout"))
    assert is_in(sign_in(own, "agent", at="198.51.100.1"))
    # A stranger has to wait from however many addresses.
    answer = sign_in(Client(), "agent", at="198.51.100.9")
    assert not is_in(answer)
    assert "unknown devices" in told(answer)


def test_a_colleague_in_the_same_office_does_not_hinder_the_persons_own_browser(cast: Cast) -> None:
    own = Client()
    sign_in(own, "agent")
    own.post(reverse("account_logout"))
    guess("agent", 10)
    assert not is_in(sign_in(Client(), "agent"))
    assert is_in(sign_in(own, "agent"))


def test_a_known_browser_is_slowed_down_as_well(cast: Cast) -> None:
    own = Client()
    sign_in(own, "agent")
    own.post(reverse("account_logout"))
    guess("agent", GUESSES.free, client=own)
    assert not is_in(sign_in(own, "agent"))
    # It is known to one account only, and nobody can write such a cookie.
    forged = Client()
    forged.cookies[wrong_passwords.COOKIE] = own.cookies[wrong_passwords.COOKIE].value + "x"
    guess("agent", STRANGERS.free, client=forged, at=HOME)
    assert not is_in(sign_in(forged, "agent", at=HOME))


def test_trying_one_password_on_many_accounts_slows_the_network(cast: Cast) -> None:
    own = Client()
    sign_in(own, "teammate")
    own.post(reverse("account_logout"))
    for number in range(ADDRESS.free):
        guess(f"someone{number}", 1)
    answer = sign_in(Client(), "agent")
    assert not is_in(answer)
    assert "network" in told(answer)
    assert is_in(sign_in(own, "teammate"))
    assert is_in(sign_in(Client(), "agent", at=HOME))


def test_accounts_that_do_not_exist_are_slowed_down_alike(cast: Cast) -> None:
    for _ in range(GUESSES.free + 1):
        known = told(sign_in(Client(), "agent", "wrong"))
        unknown = told(sign_in(Client(), "nobody", "wrong"))
        assert known == unknown


def test_a_success_of_the_attackers_own_does_not_give_tries_back(cast: Cast) -> None:
    client = Client()
    for _ in range(GUESSES.free):
        sign_in(client, "agent", "wrong")
        sign_in(client, "stranger")
        client.post(reverse("account_logout"))
    assert not is_in(sign_in(client, "agent"))


def test_many_tries_at_the_same_moment_do_not_slip_by(cast: Cast) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=OFFICE)

    def attempt(_number: int) -> bool:
        try:
            wrong_passwords.begin(request, "nobody", address=OFFICE)
        except Exception:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(attempt, range(40)))
    assert allowed == GUESSES.free


def test_people_are_told_after_signing_in_and_by_the_bell(cast: Cast, clock: Any) -> None:
    sign_in(Client(), "agent", at=HOME)
    for number in range(STRANGERS.free):
        guess("agent", 1, at=f"203.0.113.{number}")
    notice = Notice.objects.get(person=cast.agent, kind="wrong_passwords")
    assert notice.data == {"wrong": STRANGERS.free}
    client = Client()
    sign_in(client, "agent", at=HOME)
    assert "20 wrong passwords were tried" in client.get(reverse("org:me")).content.decode()
    again = Client()
    sign_in(again, "agent", at=HOME)
    assert "wrong passwords" not in again.get(reverse("org:me")).content.decode()


def test_ones_own_slip_is_not_worth_a_warning(client: Client, cast: Cast) -> None:
    guess("agent", 2, client=client)
    sign_in(client, "agent")
    assert "wrong passwords" not in client.get(reverse("org:me")).content.decode()


def test_entering_the_password_once_more_counts_too(client: Client, cast: Cast) -> None:
    sign_in(client, "agent")
    for _ in range(GUESSES.free):
        client.post(reverse("account_reauthenticate"), {"password": "x"}, REMOTE_ADDR=OFFICE)
    answer = client.post(
        reverse("account_reauthenticate"), {"password": PASSWORD}, REMOTE_ADDR=OFFICE
    )
    assert "Try again in 1 minute" in answer.content.decode()


@pytest.mark.parametrize("login", ["\x00", "x" * 5000, "²", "агент", " agent "])
def test_strange_login_names_are_refused_like_any_other(
    client: Client, cast: Cast, login: str
) -> None:
    assert not is_in(sign_in(client, login, "x"))
