"""What the product can do, declared by those who do it: one folder and one declaration a capability.

A capability is a package with a module `capability`, named in the setting CAPABILITIES:

    CAPABILITY = Capability(
        "kudos",
        urls="recognition.kudos.urls",
        parts=(
            NightStep("kudos", 45, _("Kudos"), count_kudos, after=("points",)),
            Entry("recognition:kudos", _("Kudos"), "heart", Audience.EVERYONE, place=35),
            *news.KINDS,
            ...
        ),
    )

Whoever shows or does something for all of them (the night, the navigation, the bell, the home, the
wall, explanations, the audit, the demo, the addresses) asks `declared` for the parts of its kind and
knows no capability by name. Kinds of parts that are the business of one app are defined there:
`LedgerKind`, `DecisionKind` and `Uses` in scoring, `NoticeKind` in `incentives.org.notices`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db.models import TextChoices
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Capability:
    """What a package declares. `urls` is the module with its `urlpatterns`, whose names live in the
    namespace of the app; `tables` are packages of its models that lie outside of its own folder.
    """

    name: str
    urls: str = ""
    tables: tuple[str, ...] = ()
    parts: tuple[object, ...] = ()


# ---- the night


class Phase(Enum):
    """When in a night a step runs: before it looks at what changed, given that, or at its end."""

    PREPARES = "prepares"
    FOLLOWS = "follows"
    TIDIES = "tidies"


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did: one line for people, and figures by name for the record."""

    line: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NightStep:
    """One step of a night; `run` gets the night's changes and is idempotent.

    Steps stand by phase, then by `place`. A step that follows waits for those named in `after`
    alone, which may be at the same time as the rest; the others run one after the other. The
    runner puts a transaction around each step, unless the step `commits` its work in parts by itself.
    """

    name: str
    place: int
    label: Any
    run: Callable[[Any], StepResult]
    phase: Phase = Phase.FOLLOWS
    after: tuple[str, ...] = ()
    commits: bool = False


# ---- what the shell links to


class Audience(Enum):
    """Whom an entry of the navigation is for."""

    EVERYONE = "everyone"
    #: People who look at their own results and do not steer.
    OWN = "own"
    #: Those who steer work: supervisors, managers, HR, executives, administrators.
    STEERING = "steering"
    #: Everyone again, in the menu of their own account.
    ACCOUNT = "account"


class Group(TextChoices):
    """Headings of the navigation, in their order."""

    NONE = "", ""
    PEOPLE = "people", _("People")
    RESULTS = "results", _("Results")
    RULES = "rules", pgettext_lazy("navigation", "Rules")
    DATA = "data", _("Data")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation, for whoever its view lets in.

    `roles` narrows that down, `may` is the page's own proof of access where a role alone does not
    decide. `count` says how much waits there for a person; `also` names pages that belong to the
    same entry; a `tab` stays in sight on a phone. Entries stand by group, then by `place`.
    """

    name: str
    label: Any
    icon: str
    audience: Audience
    place: int
    group: Group = Group.NONE
    roles: tuple[str, ...] = ()
    may: Callable[[Any], bool] | None = None
    count: Callable[[Any], int] | None = None
    also: tuple[str, ...] = ()
    tab: bool = False


# ---- what an agent's home shows


class Slot(Enum):
    """Where a card stands on the home, from the top down."""

    FIRST = "first"
    #: The column of the day, one card below the other.
    DAY = "day"
    BANNER = "banner"
    SECOND = "second"
    #: A line of the card "What comes next".
    NEXT = "next"
    LAST = "last"


class Visit:
    """Whose home is read, as of which day; what several cards are made from is read once."""

    def __init__(self, person: Any, today: date) -> None:
        self.person, self.today = person, today
        self._found: dict[object, object] = {}

    def once(self, read: Callable[[Visit], T]) -> T:
        """What `read` finds, however many cards ask."""
        if read not in self._found:
            self._found[read] = read(self)
        return cast(T, self._found[read])


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A card on an agent's home: `template` shows what `read` found, as `card`, to its `person`.

    The template gets no request: what it makes is kept, and shown until something changes. None
    leaves the card out; one that `stays` says by itself what will stand there, and a home on which
    no such card has anything to show is empty. Cards stand by slot, then by `place`.

    `follows` names the models that the card reads ("app.Model"), and whose homes a row changes that
    is saved or deleted: ids of people, or None for everyone. What a night writes is followed anyway;
    what else is not written row by row says so itself (`incentives.stamps`).
    """

    name: str
    slot: Slot
    place: int
    template: str
    read: Callable[[Visit], object | None]
    stays: bool = False
    follows: Mapping[str, Callable[[Any], Iterable[int] | None]] = field(default_factory=dict)


def everyone(_row: Any) -> None:
    """For `HomeCard.follows`: a row that may change any home."""


def its_person(row: Any) -> list[int]:
    """For `HomeCard.follows`: a row that changes the home of its `person`."""
    return [row.person_id]


# ---- what a screen on the wall shows


@dataclass(frozen=True, slots=True)
class WallScene:
    """A kind of picture for screens.

    `offers` lists, for a team (None: the company), what a screen may show: keys (the name alone,
    or the name, a colon and which one) and labels. `draw` gets one of these keys, the team and the
    day; None passes the picture over. Kinds are offered by `place`.
    """

    name: str
    place: int
    template: str
    offers: Callable[[Any], list[tuple[str, Any]]]
    draw: Callable[[str, Any, date], object | None]


def single_scene(
    name: str, place: int, label: Any, template: str, draw: Callable[[Any, date], object | None]
) -> WallScene:
    """A picture that every screen can have once."""
    return WallScene(
        name, place, template, lambda _team: [(name, label)], lambda _key, team, on: draw(team, on)
    )


# ---- proof that what is derived is right


@dataclass(frozen=True, slots=True)
class Difference:
    """Something derived that is not what it should be: what, as stored, as it follows."""

    what: str
    stored: str
    right: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One kind of derived figures; `find` gets a cursor in a transaction that is rolled back."""

    name: str
    label: Any
    find: Callable[[Any], Iterable[Difference]]


# ---- what ships, and the demo company


@dataclass(frozen=True, slots=True)
class ShippedRows:
    """Rows that ship with the product; `add` adds what is missing, and a repetition changes nothing."""

    add: Callable[[], object]


@dataclass(frozen=True, slots=True)
class DemoStep:
    """Something for the demo company, once its people and facts are there.

    `make` is called with the company's day in an empty or half-filled installation: it creates what
    is missing, leaves what is there, and says in a line what there is.
    """

    label: Any
    make: Callable[[date], str]


# ---- the registry


@cache
def capabilities() -> tuple[Capability, ...]:
    """All capabilities of this installation, in the order of the setting.

    Raises ImproperlyConfigured for a package that does not declare itself.
    """
    return tuple(_declaration(package) for package in settings.CAPABILITIES)


def _declaration(package: str) -> Capability:
    module = f"{package}.capability"
    try:
        found: Capability = import_module(module).CAPABILITY
    except (ModuleNotFoundError, AttributeError) as error:
        if isinstance(error, ModuleNotFoundError) and not f"{module}.".startswith(f"{error.name}."):
            raise
        raise ImproperlyConfigured(
            f"CAPABILITIES names {package}, and {module.replace('.', '/')}.py declares no CAPABILITY."
        ) from error
    return found


def namespace(capability: Capability) -> str:
    """The app under whose label its addresses are named."""
    package = capability.urls.rpartition(".")[0]
    config = apps.get_containing_app_config(f"{package}.urls")
    return config.label if config else package.partition(".")[0]


@cache
def declared(kind: type[T]) -> tuple[T, ...]:
    """The parts of a kind, of all capabilities in their order."""
    return tuple(part for each in capabilities() for part in each.parts if isinstance(part, kind))


@receiver(setting_changed)
def _forget(*, setting: str, **_more: object) -> None:
    if setting == "CAPABILITIES":
        capabilities.cache_clear()
        declared.cache_clear()
