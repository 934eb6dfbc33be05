"""Who can sign in to the demo: one person of each role, and a password that only this demo has."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from incentives.org import addresses
from incentives.org.models import Person, Role, RoleGrant, Site
from incentives.org.people import grant_role

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


@dataclass(frozen=True, slots=True)
class SignIn:
    """What someone may do here, their name and login."""

    role: str
    name: str
    login: str


def set_up(folder: Path) -> str:
    """Give the roles that no file may give, and everyone the demo's password; returns that."""
    for number, site in enumerate(Site.objects.order_by("pk"), start=1):
        person = Person.objects.filter(key=f"M{number:02d}").first()
        if person is not None:
            grant_role(person=person, role=Role.MANAGER, site=site)
    grant_role(person=Person.objects.get(key="ADMIN"), role=Role.ADMINISTRATOR)
    password = _password(folder / "password")
    # One hash for all: a demo of 10,000 people would else spend an hour on it.
    encoded = make_password(password)
    people = Person.objects.filter(login__isnull=False, is_active=True)
    people.exclude(last_login__isnull=False).update(password=encoded)
    addresses.confirm_many(people)
    return password


def known_password(folder: Path) -> str | None:
    """The password that `set_up` made, if its file is still there."""
    file = folder / "password"
    return file.read_text().strip() if file.exists() else None


def _password(file: Path) -> str:
    if not file.exists():
        groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)]
        file.touch(mode=0o600)
        file.write_text("-".join(groups) + "\n")
    return file.read_text().strip()


def sign_ins() -> Iterator[SignIn]:
    """One person for each role, in the order of what they see."""
    agents = _agents()
    one = agents.first()
    if one is not None:
        team = one.memberships.latest("starts_on").team
        yield _sign_in(_("Agent, %(team)s") % {"team": team.name}, one)
        other = agents.exclude(memberships__team=team).first()
        if other is not None:
            its = other.memberships.latest("starts_on").team
            yield _sign_in(_("Agent, %(team)s") % {"team": its.name}, other)
    for person in Person.objects.filter(key__in=["S001", "S002"]).order_by("key"):
        team = person.supervisions.latest("starts_on").team
        yield _sign_in(_("Supervisor, %(team)s") % {"team": team.name}, person)
    for grant in _grants():
        scope = f", {grant.site.name}" if grant.site else ""
        yield _sign_in(f"{Role(grant.role).label}{scope}", grant.person)


def _agents() -> QuerySet[Person]:
    """Agents who are here now, with one team all the time; in the order in which they were made."""
    here = Person.objects.filter(is_active=True, key__startswith="A1", left_on=None)
    steady: QuerySet[Person] = here.annotate(last=Max("memberships__ends_on")).filter(last=None)
    return steady.order_by("pk")


def _grants() -> list[RoleGrant]:
    order = (Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)
    grants = RoleGrant.objects.filter(role__in=order).select_related("person", "site")
    shown: dict[tuple[str, bool], RoleGrant] = {}
    for grant in grants.order_by("site_id", "person__key"):
        shown.setdefault((grant.role, grant.site is not None), grant)
    return sorted(shown.values(), key=lambda g: (order.index(Role(g.role)), g.site is not None))


def _sign_in(role: str, person: Person) -> SignIn:
    return SignIn(role, person.display_name, person.login or "")
