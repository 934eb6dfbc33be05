"""How django-allauth works here: administrators make accounts, people only sign in to them."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from incentives import wrong_passwords

if TYPE_CHECKING:
    from incentives.org.models import Person


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No self sign-up; wrong passwords cost whoever types them time."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always false: there is no public registration."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: `authenticate` has limits of its own, which do not lock the person out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Try a password; ValidationError says how long to wait when it is too early."""
        login = credentials.get("username") or credentials.get("email") or ""
        attempt = wrong_passwords.begin(request, login, address=self.get_client_ip(request))
        person = super().authenticate(request, **credentials)
        if person is None:
            attempt.was_wrong()
        else:
            attempt.was_right()
        return person

    def post_login(self, request: HttpRequest, user: "Person", **how: Any) -> HttpResponse:  # type: ignore[override]
        """Know this browser from now on, and tell what was tried in the meantime."""
        response = super().post_login(request, user, **how)
        address = self.get_client_ip(request)
        wrong = wrong_passwords.remember(request, response, user, address=address)
        if text := wrong_passwords.warning(wrong):
            messages.warning(request, text)
        return response


def display_name(person: "Person") -> str:
    """The name that sign-in pages call the person by."""
    return str(person)
