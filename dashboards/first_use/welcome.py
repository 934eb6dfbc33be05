"""A short welcome for each role: what is here, where figures come from, what to do about wrong ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from incentives.org.models import Person, Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Welcome:
    """The card of one role: a line, then points, each with the page that it is about, if any."""

    role: Role
    title: _StrPromise
    points: tuple[tuple[_StrPromise, str, _StrPromise | str], ...]

    @property
    def card(self) -> str:
        """The card's name among those that a person can put away."""
        return f"welcome-{self.role.value}"


_FACTS = _("Figures come from your helpdesk, every night. Each one opens to the tickets behind it.")

WELCOMES = {
    welcome.role: welcome
    for welcome in (
        Welcome(
            Role.ADMINISTRATOR,
            _("Welcome. You keep this place running."),
            (
                (_("The first steps lead from an empty installation to the first night."),
                 "dashboards:first_steps", _("First steps")),
                (_("People get their login, role and team on their own page."),
                 "org:people", _("People")),
                (_("Nights say what they did, step by step, and what they could not take."),
                 "scoring:nights", _("Nights")),
            ),
        ),
        Welcome(
            Role.EXECUTIVE,
            _("Welcome. The company on one page."),
            (
                (_("Home shows how customers are served, against target and the weeks before."),
                 "", ""),
                (_FACTS, "scoring:kpis", _("KPIs")),
                (_("You see everyone, and everyone knows the rules by which they are seen."), "", ""),
            ),
        ),
        Welcome(
            Role.HR,
            _("Welcome. Careers, with the evidence beside them."),
            (
                (_("Scores are kept by month, with the version of the scorecard behind them."),
                 "scoring:scorecards", _("Scorecards")),
                (_FACTS, "scoring:kpis", _("KPIs")),
                (_("Agents can contest what they find wrong; a granted appeal changes the score."),
                 "scoring:appeals", _("Appeals")),
            ),
        ),
        Welcome(
            Role.MANAGER,
            _("Welcome. You decide what counts."),
            (
                (_("Scorecards say what a good month is, point rules what earns points."),
                 "scoring:scorecards", _("Scorecards")),
                (_("Before you publish a change you see what it would have done to the last weeks."),
                 "scoring:point_rules", _("Point rules")),
                (_FACTS, "scoring:kpis", _("KPIs")),
                (_("Appeals that a supervisor does not decide in time come to you."),
                 "scoring:appeals", _("Appeals")),
            ),
        ),
        Welcome(
            Role.SUPERVISOR,
            _("Welcome. Your team, ten minutes a day."),
            (
                (_("The team board says who needs attention, and why."),
                 "dashboards:team", _("Team board")),
                (_("Give points by hand, with a reason, inside your monthly budget."),
                 "scoring:award_points", _("Give points")),
                (_FACTS, "scoring:kpis", _("KPIs")),
                (_("When someone contests a figure, you decide, in writing."),
                 "scoring:appeals", _("Appeals")),
            ),
        ),
        Welcome(
            Role.AGENT,
            _("Welcome. This is your own page."),
            (
                (_("Your score, your points and your place, new every morning. Nobody sees the end"
                   " of a list."), "scoring:boards", _("Boards")),
                (_("Every figure opens: why so many points, why not more, and which tickets."),
                 "scoring:explain_own", _("Why")),
                (_("Something is wrong? Contest it: your supervisor answers in writing, and a"
                   " granted appeal gives the points back."), "scoring:appeals", _("Appeals")),
                (_("You can appear on boards under another name."), "scoring:boards", _("Choose a name")),
            ),
        ),
    )
}  # fmt: skip


def welcomes_of(person: Person) -> list[Welcome]:
    """The cards of a person's roles, the widest role first."""
    return [welcome for role, welcome in WELCOMES.items() if person.has_role(role)]


def welcome_to_show(person: Person) -> Welcome | None:
    """The card of the widest role, until it is put away; a new role brings its own."""
    widest = next(iter(welcomes_of(person)), None)
    return None if widest is None or widest.card in person.cards_put_away else widest
