"""Proof of access for views: signed in, and with a role that is large enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from incentives.org.models import Person, Role, Site, Team

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
            if not person.has_role(*roles) or (whole_company and not person.runs_the_company):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]  # the navigation offers it to no one else
        return cast("View[P]", login_required(guarded))

    return decorate


def may_change(
    person: Person, *, teams: Iterable[Team | int] = (), site: Site | int | None = None
) -> bool:
    """Whether someone may change what is for these teams, for this site, or (neither) for everyone.

    The one rule of scope: who runs the company changes everything; a manager of a site or a team
    what is for that site or its teams, and for nobody beyond. A team of a site is the team alone.
    """
    if person.runs_the_company:
        return True
    wanted = {team if isinstance(team, int) else team.pk for team in teams}
    if wanted:
        return Team.objects.managed_by(person).filter(pk__in=wanted).count() == len(wanted)
    managed = person.role_grants.filter(role=Role.MANAGER)
    return site is not None and managed.filter(site=site).exists()


def require_change(allowed: bool) -> None:
    """Answer 403 unless the change is allowed; for what one may read and not change."""
    if not allowed:
        raise PermissionDenied


def signed_in(request: HttpRequest) -> Person:
    """The person behind a request; PermissionDenied for a visitor."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def leads_a_team_only(person: Person) -> bool:
    """Supervisors, unless the list of people is theirs already."""
    everyone = (Role.MANAGER, Role.HR, Role.ADMINISTRATOR)
    return person.has_role(Role.SUPERVISOR) and not person.has_role(*everyone)


def agents_seen_by(viewer: Person) -> QuerySet[Person]:
    """People whose single figures someone may see: oneself and the people one leads."""
    led = Person.objects.led_by(viewer).order_by().values("pk")
    seen: QuerySet[Person] = Person.objects.visible_to(viewer)
    return seen.filter(Q(pk=viewer.pk) | Q(pk__in=led))
