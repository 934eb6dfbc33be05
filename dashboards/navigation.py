"""What the shell links to, by role. An entry whose page does not exist is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, resolve, reverse

from incentives.capabilities import Audience, Entry, Group, declared
from incentives.org.models import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from incentives.org.models import Person

TABS = 5
BAR = 6


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it on one page."""

    url: str
    label: _StrOrPromise
    icon: str
    current: bool
    count: int = 0
    group: _StrOrPromise | None = None
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Links under one heading; the first ones have none."""

    label: _StrOrPromise | None
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


# People who steer work with many pages and wide tables: their navigation stands at the side.
SIDE_ROLES = (Role.SUPERVISOR, Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)


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
    steers = person.has_role(*SIDE_ROLES)
    main = {Audience.EVERYONE, Audience.STEERING if steers else Audience.OWN}
    return Navigation(
        links=_links(_entries(*main), person, path),
        personal=_links(_entries(Audience.ACCOUNT), person, path),
        side=steers,
    )


def _entries(*audiences: Audience) -> list[Entry]:
    """The declared entries of these audiences, by heading and place."""
    groups = list(Group)
    found = [entry for entry in declared(Entry) if entry.audience in audiences]
    return sorted(found, key=lambda entry: (groups.index(entry.group), entry.place))


def allows(entry: Entry, person: Person, known: dict[Callable[[Person], bool], bool]) -> bool:
    """Whether the page opens for this person; proofs given before are taken from `known`."""
    for roles in (entry.roles, roles_of(entry.name)):
        if roles and not person.has_role(*roles):
            return False
    if entry.may is None:
        return True
    if entry.may not in known:
        known[entry.may] = entry.may(person)
    return known[entry.may]


def _links(entries: list[Entry], person: Person, path: str) -> list[Link]:
    known: dict[Callable[[Person], bool], bool] = {}
    offered = [
        (url, entry)
        for entry in entries
        if (url := address(entry.name)) and allows(entry, person, known)
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
            group=entry.group.label or None,
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
