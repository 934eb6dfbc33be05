"""Who takes part in which quest, and from which day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Exists, Q

from badges.quests.models.quests import Quest
from incentives.org.models import Membership, Person, Team
from incentives.org.participation import FIRST_DAY, LAST_DAY
from incentives.org.querysets import MembershipQuerySet, PersonQuerySet

_SCHEMA = {"person": pl.Int64, "team": pl.Int64, "starts": pl.Date, "ends": pl.Date}


def teams_of(quests: Iterable[Quest]) -> Mapping[int, set[int]]:
    """The ids of each quest's teams by its id; none stands for everyone. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    links = Quest.teams.through.objects.filter(quest__in=[quest.pk for quest in quests])
    for quest, team in links.values_list("quest", "team"):
        found[quest].add(team)
    return found


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in which team on which days, read once for all quests."""

    rows: pl.DataFrame
    teams: Mapping[int, set[int]]

    def people(self, quest: Quest) -> pl.DataFrame:
        """subject_id and since: whoever is in one of its teams on any of its days, and from when.

        `since` is the first of the quest's days on which they are.
        """
        inside = self._of(quest).with_columns(since=pl.col("starts").clip(quest.starts_on))
        return inside.group_by(pl.col("person").alias("subject_id")).agg(pl.col("since").min())

    def team_ids(self, quest: Quest) -> pl.DataFrame:
        """The same for a quest of teams: those with someone in them on any of its days."""
        found = self._of(quest).select(pl.col("team").alias("subject_id")).unique()
        return found.with_columns(since=pl.lit(quest.starts_on))

    def _of(self, quest: Quest) -> pl.DataFrame:
        ended = pl.col("ends").is_not_null() & (pl.col("ends") < quest.starts_on)
        found = self.rows.filter((pl.col("starts") <= quest.ends_on) & ~ended)
        wanted = self.teams.get(quest.pk)
        return found.filter(pl.col("team").is_in(list(wanted))) if wanted else found


def members_of(quests: Sequence[Quest]) -> Members:
    """Everyone who may take part in these quests; two queries."""
    if not quests:
        return Members(pl.DataFrame(schema=_SCHEMA), {})
    first, last = min(q.starts_on for q in quests), max(q.ends_on for q in quests)
    rows = Membership.objects.taking_part(first, last).order_by()
    values = list(rows.values_list("person", "team", FIRST_DAY, LAST_DAY))
    return Members(pl.DataFrame(values, schema=_SCHEMA, orient="row"), teams_of(quests))


def people_in(quest: Quest, *, on: date) -> set[int]:
    """Ids of those who take part in a quest on that day."""
    found = within(quest, Membership.objects.taking_part(on))
    return set(found.order_by().values_list("person", flat=True))


def team_members(quest: Quest, team: int) -> set[int]:
    """Ids of those who were in a team on any of a quest's days."""
    found = Membership.objects.taking_part(quest.starts_on, quest.ends_on).filter(team=team)
    return set(found.order_by().values_list("person", flat=True))


def takes_part(quest: Quest, person: Person, *, on: date) -> bool:
    """Whether a quest is for someone on that day (on its last one, once it is over)."""
    found = Membership.objects.taking_part(min(on, quest.ends_on)).filter(person=person)
    return within(quest, found).exists()


def led_members(quest: Quest, *, viewer: Person) -> PersonQuerySet:
    """Those of the people whom someone leads who were in its teams on any of its days."""
    led = Team.objects.led_by(viewer).order_by().values("pk")
    found = Membership.objects.taking_part(quest.starts_on, quest.ends_on).filter(team__in=led)
    people: PersonQuerySet = Person.objects.filter(
        pk__in=within(quest, found).order_by().values("person")
    )
    return people


def within(quest: Quest, found: MembershipQuerySet) -> MembershipQuerySet:
    """The memberships of its teams; all where it is for everyone."""
    teams = Quest.teams.through.objects.filter(quest=quest)
    inside = Q(team__in=teams.values("team"))
    return found.filter(inside | ~Exists(teams))
