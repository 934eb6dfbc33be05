"""Who may bring data in: managers of the whole company, and administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from incentives.org.access import require_role, signed_in
from incentives.org.models import Person, Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def may_import(person: Person) -> bool:
    """Whether this person may import: what a file says counts for every site at once."""
    if person.has_role(Role.ADMINISTRATOR):
        return True
    if not person.has_role(Role.MANAGER):
        return False
    grants = person.role_grants.filter(role=Role.MANAGER, team=None, site=None)
    return grants.exists()


def importers_only(view: View[P]) -> View[P]:
    """Let only people who may import into a view; others who are signed in get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_import(signed_in(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return require_role(Role.MANAGER, Role.ADMINISTRATOR)(guarded)
