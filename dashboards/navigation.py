"""What the shell links to, by role. An entry whose page does not exist is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from badges.quests.views.quests import waiting_claims
from dashboards.first_use import first_steps
from incentives.org.models import Role
from scoring.appeals.operations import to_decide
from scoring.ingest.views.importers import may_import

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from incentives.org.models import Person

TABS = 5
BAR = 6

PEOPLE = _("People")
RESULTS = _("Results")
RULES = pgettext_lazy("navigation", "Rules")
DATA = _("Data")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation, for whoever its view lets in.

    `roles` narrows that down, `may` is the page's own proof of access where a role alone does not
    decide. `count` says how much waits there for this person; `also` names pages that belong to
    the same entry; a `tab` stays in sight on a phone.
    """

    name: str
    label: _StrPromise
    icon: str
    roles: tuple[Role, ...] = ()
    may: Callable[[Person], bool] | None = None
    count: Callable[[Person], int] | None = None
    also: tuple[str, ...] = ()
    group: _StrPromise | None = None
    tab: bool = False

    def allows(self, person: Person, known: dict[Callable[[Person], bool], bool]) -> bool:
        """Whether the page opens for this person; proofs given before are taken from `known`."""
        for roles in (self.roles, roles_of(self.name)):
            if roles and not person.has_role(*roles):
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
    group: _StrPromise | None = None
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Links under one heading; the first ones have none."""

    label: _StrPromise | None
    links: list[Link]


@dataclass(frozen=True)
class Navigation:
    """The links of one page view; `side` puts them beside the page on desks."""

    links: list[Link]
    personal: list[Link]
    side: bool

    @property
    def sections(self) -> list[Section]:
        """All links by their headings, for the side."""
        return list(_sections(self.links))

    @property
    def bar(self) -> list[Link]:
        """The links in the top bar on desks."""
        return self.links[:BAR]

    @property
    def bar_overflow(self) -> list[Section]:
        """The links behind “More” in the top bar."""
        return list(_sections(self.links[BAR:]))

    @cached_property
    def tabs(self) -> list[Link]:
        """The links of the bottom bar on phones."""
        if len(self.links) <= TABS:
            return self.links
        wanted = sorted(self.links, key=lambda link: not link.tab)[: TABS - 1]
        return [link for link in self.links if link in wanted]

    @property
    def overflow(self) -> list[Section]:
        """The links behind “More” on phones."""
        return list(_sections([link for link in self.links if link not in self.tabs]))


def _sections(links: list[Link]) -> Iterator[Section]:
    for label, group in groupby(links, key=lambda link: link.group):
        yield Section(label, list(group))


def appeals_to_decide(person: Person) -> int:
    """How many appeals wait for this person; nobody else pays for the question."""
    if not person.has_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        return 0
    return to_decide(person).count()


PEOPLE_ROLES = (Role.MANAGER, Role.HR, Role.ADMINISTRATOR)


def leads_a_team_only(person: Person) -> bool:
    """Supervisors, unless the list of people is theirs already."""
    return person.has_role(Role.SUPERVISOR) and not person.has_role(*PEOPLE_ROLES)


def makes_no_quests(person: Person) -> bool:
    """People who look at quests of others and make none."""
    return not person.has_role(*roles_of("badges:quest_board"))


# People who steer work with many pages and wide tables: their navigation stands at the side.
SIDE_ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)


def only_their_own(person: Person) -> bool:
    """People who look at their own results and do not steer."""
    return not person.has_role(*SIDE_ROLES)


# What everyone uses, in the order of the day; agents' links have no headings.
OWN = [
    Entry("dashboards:home", _("Home"), "home", tab=True),
    Entry("scoring:points", _("Points"), "star", (Role.AGENT,), only_their_own, tab=True),
    Entry("badges:quests", _("Quests"), "compass", (Role.AGENT,), only_their_own),
    Entry("scoring:boards", _("Boards"), "podium", may=only_their_own, tab=True),
    Entry("badges:cabinet", _("Badges"), "medal", may=only_their_own, tab=True),
    Entry("scoring:goals", _("Goals"), "check", may=only_their_own, tab=True),
    Entry("badges:battles", _("Battles"), "sword", may=only_their_own),
    Entry("scoring:explain_own", _("Why"), "info", (Role.AGENT,), only_their_own),
    Entry("scoring:kpis", _("KPIs"), "chart", may=only_their_own),
    Entry("scoring:appeals", _("Appeals"), "warning", may=only_their_own),
    Entry("scoring:seasons", _("Seasons"), "flag", may=only_their_own),
    Entry("scoring:point_rules", _("Point rules"), "rules", may=only_their_own),
]  # fmt: skip

STEERING = [
    Entry("dashboards:team", _("Team board"), "team", SIDE_ROLES, tab=True),
    Entry("dashboards:first_steps", _("First steps"), "steps", may=first_steps.may_read),
    Entry("org:teams", _("Team"), "people", may=leads_a_team_only, also=("org:people",),
          group=PEOPLE),
    Entry("org:people", _("People"), "people", PEOPLE_ROLES, also=("org:teams",), group=PEOPLE),
    Entry("scoring:award_points", _("Give points"), "gift", group=PEOPLE),
    Entry("scoring:goals", _("Goals"), "check", SIDE_ROLES, group=PEOPLE),
    Entry("scoring:appeals", _("Appeals"), "warning", SIDE_ROLES, count=appeals_to_decide,
          group=PEOPLE, tab=True),
    Entry("badges:quest_board", _("Quests"), "compass", count=waiting_claims,
          also=("badges:quests",), group=PEOPLE),
    Entry("badges:quests_past", _("Quests"), "compass", SIDE_ROLES, makes_no_quests,
          group=PEOPLE),
    Entry("scoring:boards", _("Boards"), "podium", SIDE_ROLES, group=RESULTS, tab=True),
    Entry("scoring:kpis", _("KPIs"), "chart", SIDE_ROLES, group=RESULTS),
    Entry("dashboards:analytics", _("Analytics"), "pulse", SIDE_ROLES, group=RESULTS),
    Entry("scoring:points", _("My points"), "star", (Role.AGENT,), group=RESULTS,
          may=lambda person: person.has_role(*SIDE_ROLES)),
    Entry("scoring:seasons", _("Seasons"), "flag", SIDE_ROLES, group=RESULTS),
    Entry("badges:battles", _("Battles"), "sword", SIDE_ROLES, group=RESULTS),
    Entry("dashboards:wallboards", _("Wallboards"), "screen", SIDE_ROLES, group=RESULTS),
    Entry("scoring:scorecards", _("Scorecards"), "card", SIDE_ROLES, group=RULES),
    Entry("scoring:point_rules", _("Point rules"), "rules", SIDE_ROLES, group=RULES),
    Entry("badges:badges", _("Badges"), "medal", SIDE_ROLES, also=("badges:cabinet",), group=RULES),
    Entry("scoring:award_budgets", _("Budgets"), "purse", SIDE_ROLES, group=RULES),
    Entry("scoring:calendar", _("Calendar"), "calendar", SIDE_ROLES, group=RULES),
    Entry("scoring:imports", _("Imports"), "import", may=may_import, group=DATA),
    Entry("scoring:nights", _("Nights"), "moon", may=may_import, group=DATA),
]  # fmt: skip

MAIN = [*OWN, *STEERING]

PERSONAL = [
    Entry("org:me", _("Profile"), "person"),
    Entry("mfa_index", _("Sign-in and security"), "lock"),
    Entry("org:company", _("Company"), "settings", (Role.ADMINISTRATOR,)),
    Entry("badges:signing_keys", _("Keys of badges"), "lock", (Role.ADMINISTRATOR,)),
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


@cache
def roles_of(name: str) -> tuple[str, ...]:
    """The roles that a page's own view asks for (`require_role`); none where it decides otherwise."""
    url = address(name)
    return getattr(resolve(url).func, "roles", ()) if url else ()


def navigation(person: Person, *, path: str) -> Navigation:
    """What this person's shell shows on the page at `path`."""
    return Navigation(
        links=_links(MAIN, person, path),
        personal=_links(PERSONAL, person, path),
        side=person.has_role(*SIDE_ROLES),
    )


def _links(entries: list[Entry], person: Person, path: str) -> list[Link]:
    known: dict[Callable[[Person], bool], bool] = {}
    offered = [
        (url, entry)
        for entry in entries
        if (url := address(entry.name)) and entry.allows(person, known)
    ]
    depths = [_depth(path, url, entry) for url, entry in offered]
    deepest = max(depths, default=0)
    return [
        Link(
            url,
            entry.label,
            entry.icon,
            current=0 < depth == deepest,
            count=entry.count(person) if entry.count else 0,
            group=entry.group,
            tab=entry.tab,
        )
        for (url, entry), depth in zip(offered, depths, strict=True)
    ]


def _depth(path: str, url: str, entry: Entry) -> int:
    """How much of the path the entry names: /points/rules/3/ is nearer to /points/rules/."""
    pages = (url, *map(address, entry.also))
    return max(len(page) if _is_below(path, page) else 0 for page in pages)


def _is_below(path: str, url: str) -> bool:
    return path == url or (url != address("dashboards:home") and path.startswith(url))
