"""What the shell links to, by role. An entry whose page does not exist is not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Role
from scoring.appeals import to_decide
from scoring.views.importers import may_import

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from incentives.org.models import Person

TABS = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation; no roles means everyone who is signed in.

    `may` is the page's own proof of access, where a role alone does not decide. `count` says how
    much waits there for this person; `also` names pages that belong to the same entry.
    """

    name: str
    label: _StrPromise
    icon: str
    roles: tuple[Role, ...] = ()
    may: Callable[[Person], bool] | None = None
    count: Callable[[Person], int] | None = None
    also: tuple[str, ...] = ()

    def allows(self, person: Person, known: dict[Callable[[Person], bool], bool]) -> bool:
        """Whether the page opens for this person; proofs given before are taken from `known`."""
        if self.roles and not person.has_role(*self.roles):
            return False
        if self.may is None:
            return True
        if self.may not in known:
            known[self.may] = self.may(person)
        return known[self.may]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it on one page."""

    url: str
    label: _StrPromise
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links of one page view; `side` puts them beside the page on desks."""

    links: list[Link]
    personal: list[Link]
    side: bool

    @property
    def tabs(self) -> list[Link]:
        """The links of the bottom bar on phones."""
        return self.links if len(self.links) <= TABS else self.links[: TABS - 1]

    @property
    def overflow(self) -> list[Link]:
        """The links behind “More” on phones."""
        return self.links[len(self.tabs) :]


def appeals_to_decide(person: Person) -> int:
    """How many appeals wait for this person; nobody else pays for the question."""
    if not person.has_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        return 0
    return to_decide(person).count()


PEOPLE_ROLES = (Role.MANAGER, Role.HR, Role.ADMINISTRATOR)


def leads_a_team_only(person: Person) -> bool:
    """Supervisors, unless the list of people is theirs already."""
    return person.has_role(Role.SUPERVISOR) and not person.has_role(*PEOPLE_ROLES)


# People who steer work with many pages and wide tables: their navigation stands at the side.
SIDE_ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)

MAIN = [
    Entry("dashboards:home", _("Home"), "home"),
    Entry("dashboards:team", _("Team board"), "team", SIDE_ROLES),
    Entry("scoring:boards", _("Boards"), "podium"),
    Entry("scoring:explain_own", _("Why"), "info", (Role.AGENT,)),
    Entry("org:teams", _("Team"), "people", may=leads_a_team_only, also=("org:people",)),
    Entry("scoring:kpis", _("KPIs"), "chart"),
    Entry("scoring:goals", _("Goals"), "check"),
    Entry("scoring:appeals", _("Appeals"), "warning", count=appeals_to_decide),
    Entry("scoring:imports", _("Imports"), "import", may=may_import),
    Entry("scoring:nights", _("Nights"), "moon", may=may_import),
    Entry("org:people", _("People"), "people", PEOPLE_ROLES, also=("org:teams",)),
]

PERSONAL = [
    Entry("org:me", _("Profile"), "person"),
    Entry("mfa_index", _("Sign-in and security"), "lock"),
    Entry("admin:index", _("Administration"), "settings", (Role.ADMINISTRATOR,)),
    Entry("dashboards:styleguide", _("Components"), "team", (Role.ADMINISTRATOR,)),
]

NOTHING = Navigation([], [], side=False)


def address(name: str) -> str:
    """The address of a named page without arguments; empty when there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def navigation(person: Person, *, path: str) -> Navigation:
    """What this person's shell shows on the page at `path`."""
    return Navigation(
        links=_links(MAIN, person, path),
        personal=_links(PERSONAL, person, path),
        side=person.has_role(*SIDE_ROLES),
    )


def _links(entries: list[Entry], person: Person, path: str) -> list[Link]:
    known: dict[Callable[[Person], bool], bool] = {}
    return [
        Link(
            url,
            entry.label,
            entry.icon,
            any(_is_current(page, path) for page in (url, *map(address, entry.also))),
            entry.count(person) if entry.count else 0,
        )
        for entry in entries
        if (url := address(entry.name)) and entry.allows(person, known)
    ]


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != address("dashboards:home") and path.startswith(url))
