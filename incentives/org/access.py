"""Proof of access for views: signed in, and with a role that is large enough."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from incentives.org.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require_role(*roles: str, whole_company: bool = False) -> Callable[[View[P]], View[P]]:
    """Let only people with one of the roles into a view; others who are signed in get 403.

    Visitors are sent to sign in. What a role may see is decided by `visible_to`: rows outside it
    do not exist (404). `whole_company` is for what holds for everyone: whoever has the role for
    a site or a team only stays outside.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            person = signed_in(request)
            if not person.has_role(*roles) or (whole_company and not person.sees_everyone):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]  # the navigation offers it to no one else
        return cast("View[P]", login_required(guarded))

    return decorate


def signed_in(request: HttpRequest) -> Person:
    """The person behind a request; PermissionDenied for a visitor."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user
