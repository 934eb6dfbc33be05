"""From an empty installation to the first night: a list whose ticks are read from the data.

Nothing is ever ticked by hand: a step is done when what it is for is there, and open again when it
is gone. All states come from one query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dashboards.models import Wallboard
from incentives.org.dated import covers
from incentives.org.models import Company, Membership, Person, Role, RoleGrant, Team
from scoring.models import Import, NightRun, PointRule, Scorecard, TeamDay

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: The card's name among those that a person can put away.
CARD = "first-steps"
READERS = (Role.MANAGER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do: why, where, and the condition that says it is done.

    `links` are page names (a query may follow) with the words of their buttons, the usual way first. `ready` is said
    instead of `why` once it is done.
    """

    key: str
    title: _StrPromise
    why: _StrPromise
    ready: _StrPromise
    links: tuple[tuple[str, _StrPromise], ...]
    done: Callable[[date], Any]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ShownFirstStep:
    """A step with its state and the addresses of its links."""

    step: FirstStep
    done: bool
    now: bool
    links: list[tuple[str, _StrPromise]]


@dataclass(frozen=True, slots=True)
class StepsProgress:
    """All steps, and how far they are; optional ones do not count."""

    steps: list[ShownFirstStep]
    done: int
    needed: int

    @property
    def is_complete(self) -> bool:
        """Whether everything that is needed is there."""
        return self.done == self.needed

    @property
    def next(self) -> ShownFirstStep | None:
        """The step to take now."""
        return next((each for each in self.steps if each.now), None)


def _company_named(_on: date) -> Any:
    return Exists(Company.objects.exclude(name=""))


def _people_in_teams(on: date) -> Any:
    return Exists(Membership.objects.filter(covers(on)).order_by())


def _led_teams(on: date) -> Any:
    supervised = covers(on, "supervisions__")
    return Exists(Team.objects.active(on=on).filter(supervised).order_by())


def _figures(_on: date) -> Any:
    return Exists(TeamDay.objects.order_by())


def _scorecard_in_force(on: date) -> Any:
    return Exists(_in_force(Scorecard.objects.all(), on))


def _rule_in_force(on: date) -> Any:
    return Exists(_in_force(PointRule.objects.all(), on))


def _in_force(versions: QuerySet[Any], on: date) -> QuerySet[Any]:
    return versions.filter(covers(on), status="published").order_by()


def _night_with_figures(_on: date) -> Any:
    """A night that ended after the first import: one over an empty company says nothing."""
    taken = Import.objects.filter(dry_run=False, status=Import.Status.DONE, days_touched__gt=0)
    first = taken.order_by().values("dry_run").annotate(first=Min("finished_at")).values("first")
    nights = NightRun.objects.filter(status=NightRun.Status.DONE, finished_at__gt=Subquery(first))
    return Exists(nights.order_by())


def _others_sign_in(_on: date) -> Any:
    """Someone who is no administrator has a login and a password."""
    grants = RoleGrant.objects.filter(person=OuterRef("pk"), role=Role.ADMINISTRATOR)
    people = Person.objects.filter(~Exists(grants), is_active=True, login__isnull=False)
    return Exists(
        people.exclude(Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)).order_by()
    )


def _screen(_on: date) -> Any:
    return Exists(Wallboard.objects.order_by())


STEPS = (
    FirstStep(
        "company",
        _("Say who you are"),
        _("Name, time zone, country and currency: days, holidays and money follow from them."),
        _("Days, holidays and money follow from it."),
        (("org:company", _("Company settings")),),
        _company_named,
    ),
    FirstStep(
        "people",
        _("Bring in people and teams"),
        _(
            "Figures belong to people, and people to teams. A file does it at once, a form one by one."
        ),
        _("People are in teams, so their figures have a home."),
        (
            ("scoring:import_new?mapping=canonical-agents", _("Import a people file")),
            ("org:new_team", _("By hand")),
        ),
        _people_in_teams,
    ),
    FirstStep(
        "supervisors",
        _("Say who leads each team"),
        _("Supervisors see their team, give points and decide appeals. Open a team to name one."),
        _("A team has someone who leads it."),
        (("org:teams", _("Teams")),),
        _led_teams,
    ),
    FirstStep(
        "file",
        _("Import a first file"),
        _(
            "An export of your helpdesk. If its columns are not known yet, the wizard asks about them."
        ),
        _("Tickets have become daily totals and KPIs."),
        (
            ("scoring:import_new", _("Import a file")),
            ("scoring:wizard", _("With the wizard")),
        ),
        _figures,
    ),
    FirstStep(
        "scorecards",
        _("Publish a scorecard"),
        _("It says what a good month is. Without one in force there are no scores."),
        _("A scorecard is in force. Ready-made ones come along: look at their targets."),
        (("scoring:scorecards", _("Scorecards")),),
        _scorecard_in_force,
    ),
    FirstStep(
        "rules",
        _("Publish point rules"),
        _("They say what earns points. Without one in force nobody earns any."),
        _("Rules are in force. Ready-made ones come along: keep, change or end them."),
        (("scoring:point_rules", _("Point rules")),),
        _rule_in_force,
    ),
    FirstStep(
        "night",
        _("Run the first night"),
        _(
            "It works out scores, points and boards from what you brought in. Later it runs by itself."
        ),
        _("Scores, points and boards are there."),
        (("scoring:nights", _("Nights")),),
        _night_with_figures,
    ),
    FirstStep(
        "sign_in",
        _("Let people sign in"),
        _("Give people a login name and a first password on their page, supervisors first."),
        _("Someone besides the administrators can sign in."),
        (("org:people", _("People")),),
        _others_sign_in,
    ),
    FirstStep(
        "wallboard",
        _("Put a screen on the wall"),
        _("A television that shows who leads and what was won. It needs no sign-in."),
        _("A screen is made."),
        (("dashboards:wallboards", _("Wallboards")),),
        _screen,
        optional=True,
    ),
)


def may_read(person: Person) -> bool:
    """Whether the list is for this person: administrators, and managers of the whole company."""
    return person.has_role(*READERS) and person.sees_everyone


def progress(*, on: date) -> StepsProgress:
    """Where the installation stands on a day, by one query."""
    states = _states(on)
    steps, begun = [], False
    for step in STEPS:
        done = states[step.key]
        now = not done and not begun and not step.optional
        begun = begun or now
        links = [(_address(page), words) for page, words in step.links]
        steps.append(ShownFirstStep(step, done, now, links))
    needed = [each for each in steps if not each.step.optional]
    return StepsProgress(steps, sum(each.done for each in needed), len(needed))


def _address(page: str) -> str:
    name, mark, query = page.partition("?")
    return reverse(name) + mark + query


def _states(on: date) -> dict[str, bool]:
    # The company's row is there always: `Company.current` makes it.
    row = (
        Company.objects.filter(pk=Company.current().pk)
        .annotate(**{f"has_{step.key}": Coalesce(step.done(on), Value(False)) for step in STEPS})
        .values(*(f"has_{step.key}" for step in STEPS))
        .get()
    )
    return {step.key: row[f"has_{step.key}"] for step in STEPS}
