"""Wrong passwords slow whoever types them, not the person whose account it is.

Three brakes count them: by account and client, by account over all clients that it does not know,
and by address over all accounts. From some number on each try costs a wait, twice as long as the
one before. A client that has signed in to the account before (a browser with our cookie, or else
an address) is known to it: only its own wrong passwords count against it. Colleagues share an
address, so the cookie comes first. Whether an account exists makes no difference to any of it.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incentives.org.models import Person
from incentives.org.safety_news import tell_of_wrong_passwords

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

COOKIE = "known_device"
_SALT = "incentives.known_device"
_KNOWN_FOR = 180 * 24 * 3600
#: Browsers at shared desks: so many people each.
_PEOPLE_OF_A_DEVICE = 20
#: Anyone mistypes twice; more than that is worth telling.
WORTH_TELLING = 3


@dataclass(frozen=True, slots=True)
class Brake:
    """From the wrong password number `free` on each costs a wait of 1, 2, 4 … minutes.

    `longest` and `memory` (how long after the last one all are forgotten) are seconds.
    """

    free: int
    longest: int
    memory: int
    words: _StrPromise

    def wait(self, wrong: int) -> int:
        """Seconds to wait after so many wrong passwords."""
        if wrong < self.free:
            return 0
        return min(self.longest, 60 << min(wrong - self.free, 20))


GUESSES = Brake(
    5, 3600, 24 * 3600,
    gettext_lazy("Too many wrong passwords for this login name. Try again in %(time)s."),
)  # fmt: skip
STRANGERS = Brake(
    20, 900, 24 * 3600,
    gettext_lazy("Too many wrong passwords were tried for this login name from unknown devices."
                 " Sign in where you have signed in before, or try again in %(time)s."),
)  # fmt: skip
ADDRESS = Brake(
    60, 900, 3600,
    gettext_lazy("Too many wrong passwords came from your network."
                 " Sign in where you have signed in before, or try again in %(time)s."),
)  # fmt: skip


@dataclass(slots=True)
class Attempt:
    """One try of a password: counted before it is looked at, so that many at once do not slip by."""

    account: str
    login: str
    counted: list[str] = field(default_factory=list)
    braked: list[str] = field(default_factory=list)
    guesses: str = ""

    def was_right(self) -> None:
        """Take back what was counted, and forget this client's own wrong passwords."""
        cache.delete_many([*self.braked, self.guesses, _until(self.guesses)])
        for key in self.counted:
            if key != self.guesses:
                _add(key, -1)

    def was_wrong(self) -> None:
        """Count it for the person, who is told at the next sign-in."""
        _count(_tried(self.account), _KNOWN_FOR)


def begin(request: HttpRequest, login: str, *, address: str) -> Attempt:
    """Let a password be tried; ValidationError says how long to wait when it is too early."""
    account = _account(login)
    brakes = _brakes(request, account, _network(address))
    waits = cache.get_many([_until(key) for key in brakes])
    for key, brake in brakes.items():
        if (left := waits.get(_until(key), 0) - time.time()) > 0:
            raise _too_early(brake, left)
    attempt = Attempt(account, login, guesses=next(iter(brakes)))
    for key, brake in brakes.items():
        wrong = _count(key, brake.memory)
        attempt.counted.append(key)
        wait = brake.wait(wrong)
        if not wait:
            continue
        # Only one of several tries at the same moment gets the place.
        if not cache.add(_until(key), time.time() + wait, wait):
            _give_back(attempt)
            raise _too_early(brake, wait)
        attempt.braked.append(_until(key))
        if brake is STRANGERS and wrong == brake.free:
            tell_of_wrong_passwords(login=login, wrong=wrong)
    return attempt


def remember(request: HttpRequest, response: HttpResponse, person: Person, *, address: str) -> int:
    """Note that this client is known to the person's account.

    Returns how many wrong passwords were tried for it since the last time, and forgets them.
    """
    account = _account(person.login or str(person.pk))
    cache.set(_known(account, _network(address)), True, _KNOWN_FOR)
    device = _device(request)
    people = [account, *(one for one in device["people"] if one != account)]
    value = {"id": device["id"], "people": people[:_PEOPLE_OF_A_DEVICE]}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=_SALT),
        max_age=_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    wrong: int = cache.get(_tried(account), 0)
    cache.delete(_tried(account))
    return wrong


def _brakes(request: HttpRequest, account: str, network: str) -> dict[str, Brake]:
    """The counters that this try goes on, the client's own first."""
    device = _device(request)
    if account in device["people"]:
        return {f"guesses:{account}:device:{device['id']}": GUESSES}
    own = {f"guesses:{account}:{network}": GUESSES}
    if cache.get(_known(account, network)):
        return own
    return own | {f"strangers:{account}": STRANGERS, f"address:{network}": ADDRESS}


def _device(request: HttpRequest) -> dict[str, Any]:
    try:
        value: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_KNOWN_FOR
        )
    except signing.BadSignature:
        return {"id": secrets.token_hex(12), "people": []}
    return value


def _give_back(attempt: Attempt) -> None:
    cache.delete_many(attempt.braked)
    for key in attempt.counted:
        _add(key, -1)


def _count(key: str, memory: int) -> int:
    cache.add(key, 0, memory)
    wrong = _add(key, 1)
    cache.touch(key, memory)
    return wrong


def _add(key: str, number: int) -> int:
    try:
        return cache.incr(key, number)
    except ValueError:  # forgotten in this very moment
        return max(number, 0)


def _too_early(brake: Brake, left: float) -> ValidationError:
    minutes = max(1, -(-int(left) // 60))
    spelled = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ValidationError(str(brake.words) % {"time": spelled}, code="too_many_login_attempts")


def warning(wrong: int) -> str:
    """What someone is told after signing in; empty for what anyone mistypes."""
    if wrong < WORTH_TELLING:
        return ""
    return _(
        "%(n)s wrong passwords were tried for your account since you last signed in. If that was"
        " not you, choose a new password and tell your administrator."
    ) % {"n": wrong}


def _account(login: str) -> str:
    # A digest: what people type into the wrong field is not kept.
    return salted_hmac(_SALT, login.strip().casefold()).hexdigest()[:24]


def _network(address: str) -> str:
    """The address; of IPv6 the /64 that one household or office has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)


def _until(key: str) -> str:
    return f"wait:{key}"


def _known(account: str, network: str) -> str:
    return f"known:{account}:{network}"


def _tried(account: str) -> str:
    return f"tried:{account}"
