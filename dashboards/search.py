"""Finding people and teams by name or key, among those whom the reader may see anyhow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from incentives.org.models import Membership, Person, Supervision, Team
from incentives.org.querysets import PersonQuerySet, TeamQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Hit:
    """A person or team that was found: its name, what tells it from others, where it leads."""

    name: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `more` says that there is more of it than is listed."""

    text: str
    people: list[Hit]
    teams: list[Hit]
    more: bool

    @property
    def many(self) -> int:
        """How many are listed."""
        return len(self.people) + len(self.teams)


def search(*, reader: Person, text: str, limit: int) -> Found:
    """People and teams whose name or key contains the text, at most `limit` of each.

    Names that begin with it come first. Names that people chose for leaderboards are not looked
    at: they would tell who stands behind them.
    """
    text = text.strip()
    if not text:
        return Found("", [], [], more=False)
    on = reader.company_today
    people = list(_people(reader, text, on)[: limit + 1])
    teams = list(_teams(reader, text, on)[: limit + 1])
    return Found(
        text,
        _people_hits(people[:limit], reader, on),
        [Hit(team.name, _("Team"), reverse("org:team", args=[team.pk])) for team in teams[:limit]],
        more=max(len(people), len(teams)) > limit,
    )


def _people(reader: Person, text: str, on: date) -> PersonQuerySet:
    here = Membership.objects.active(on=on).select_related("team")
    leads = Supervision.objects.active(on=on).select_related("team")
    found: PersonQuerySet = (
        Person.objects.visible_to(reader)
        .search(text)
        .order_by(_beginning("display_name", text), "-is_active", "display_name", "key")
        .prefetch_related(
            Prefetch("memberships", queryset=here, to_attr="teams_today"),
            Prefetch("supervisions", queryset=leads, to_attr="supervises_today"),
        )
    )
    return found


def _teams(reader: Person, text: str, on: date) -> TeamQuerySet:
    named = Q(name__icontains=text) | Q(key__icontains=text)
    found = Team.objects.visible_to(reader).active(on=on).filter(named)
    return found.order_by(_beginning("name", text), "name", "key")


def _beginning(field: str, text: str) -> Case:
    begins = When(**{f"{field}__istartswith": text}, then=Value(0))
    return Case(begins, default=Value(1), output_field=IntegerField())


def _people_hits(people: Iterable[Person], reader: Person, on: date) -> list[Hit]:
    return [
        Hit(person.display_name, _note(person, on), _page_of(person, reader)) for person in people
    ]


def _note(person: Person, on: date) -> str:
    dated = [*person.teams_today, *person.supervises_today]  # type: ignore[attr-defined]
    parts = [person.key, *dict.fromkeys(each.team.name for each in dated)]
    if (person.left_on and person.left_on < on) or not person.is_active:
        parts.append(_("no longer here"))
    return " · ".join(parts)


def _page_of(person: Person, reader: Person) -> str:
    """The page about someone that this reader may open: the sheet, the figures, or the team."""
    if person == reader:
        return reverse("org:me")
    sheet = reverse("org:person", args=[person.pk])
    if reader.has_role(*resolve(sheet).func.roles):  # type: ignore[attr-defined]
        return sheet
    if reader.sees_everyone:
        return reverse("scoring:kpi_agent", args=[person.pk])
    teams = person.teams_today  # type: ignore[attr-defined]
    return reverse("org:team", args=[teams[0].team_id]) if teams else reverse("dashboards:home")
