"""How django-allauth works here: administrators make accounts, people only sign in to them."""

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

if TYPE_CHECKING:
    from incentives.org.models import Person


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No self sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always false: there is no public registration."""
        return False


def display_name(person: "Person") -> str:
    """The name that sign-in pages call the person by."""
    return str(person)
