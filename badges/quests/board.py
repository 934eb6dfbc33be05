"""Who is where: quests as supervisors and managers follow them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from badges.quests.members import led_members, members_of, teams_of
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import WHOLE, Quest, QuestProgress, QuestResult
from badges.quests.standings import so_far
from incentives.org.models import Membership, Person, Role, Team
from incentives.org.notation import number

LEADERS = (Role.SUPERVISOR, Role.MANAGER, Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class QuestPlace:
    """Where a person or a team is in a quest."""

    name: str
    person: int | None
    state: str
    text: str
    share: int
    whole: int = WHOLE


@dataclass(frozen=True, slots=True)
class QuestTally:
    """A running quest on the board: how many of the people one leads are where."""

    quest: Quest
    people: int
    done: int
    begun: int
    waiting: int

    @property
    def share(self) -> int:
        """How many of a hundred have done it."""
        return self.done * 100 // self.people if self.people else 0


def led_people(person: Person, *, on: date) -> dict[int, set[int]]:
    """By team, the ids of those in the teams that someone leads on that day. One query."""
    teams = Team.objects.led_by(person).active(on=on)
    found: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.taking_part(on).filter(team__in=teams.order_by().values("pk"))
    for team, pk in members.order_by().values_list("team", "person"):
        found[team].add(pk)
    return found


def tallies(quests: Sequence[Quest], *, viewer: Person, on: date) -> list[QuestTally]:
    """The board's lines; five queries, whatever the number of quests."""
    led = led_people(viewer, on=on)
    teams = teams_of(quests)
    done, failed_or_begun = _results(quests)
    shares = _shares({pk for people in led.values() for pk in people})
    waiting = _waiting(quests, viewer)
    found = []
    for quest in quests:
        mine = set(led) & teams[quest.pk] if teams.get(quest.pk) else set(led)
        subjects = mine if quest.for_team else {pk for team in mine for pk in led[team]}
        finished = done[quest.pk] & subjects
        key = str(quest.pk)
        begun = {pk for pk in subjects if not quest.for_team and shares.get(pk, {}).get(key)}
        begun |= failed_or_begun[quest.pk] & subjects
        found.append(
            QuestTally(quest, len(subjects), len(finished), len(begun - finished), waiting.get(quest.pk, 0))
        )  # fmt: skip
    return found


def _results(quests: Sequence[Quest]) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    done: dict[int, set[int]] = defaultdict(set)
    others: dict[int, set[int]] = defaultdict(set)
    rows = QuestResult.objects.filter(quest__in=quests).values_list(
        "quest", "person", "team", "state", "share"
    )
    for quest, person, team, state, share in rows:
        if state == QuestResult.State.DONE:
            done[quest].add(person or team)
        elif share:
            others[quest].add(person or team)
    return done, others


def _shares(people: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    rows = QuestProgress.objects.filter(person__in=list(people))
    return dict(rows.values_list("person", "shares"))


def _waiting(quests: Sequence[Quest], viewer: Person) -> Mapping[int, int]:
    claims = QuestClaim.objects.to_decide(viewer).filter(
        quest__in=quests, status=QuestClaim.Status.WAITING
    )
    return dict(claims.order_by().values("quest").annotate(n=Count("pk")).values_list("quest", "n"))


def standings_of_people(quest: Quest, *, viewer: Person) -> list[QuestPlace]:
    """Where everyone is whom the viewer leads, furthest first; nothing for others."""
    if not viewer.has_role(*LEADERS):
        return []
    results = QuestResult.objects.filter(quest=quest)
    if quest.for_team:
        ids = members_of([quest]).team_ids(quest)["subject_id"].to_list()
        teams = Team.objects.led_by(viewer).filter(pk__in=ids)
        by_team = {each.team_id: each for each in results}
        places = [_place(quest, team.name, None, by_team.get(team.pk), {}, 0) for team in teams]
        return sorted(places, key=_furthest)
    led = list(led_members(quest, viewer=viewer)[:MOST_PEOPLE])
    by_person = {each.person_id: each for each in results.filter(person__in=led)}
    shares = _shares(person.pk for person in led)
    pieces = _pieces(quest)
    return sorted(
        (
            _place(
                quest,
                person.display_name,
                person.pk,
                by_person.get(person.pk),
                shares.get(person.pk, {}),
                pieces.get(person.pk, 0),
            )
            for person in led
        ),
        key=_furthest,
    )


def _place(
    quest: Quest,
    name: str,
    person: int | None,
    result: QuestResult | None,
    shares: Mapping[str, int],
    pieces: int,
) -> QuestPlace:
    share = max(result.share if result else 0, shares.get(str(quest.pk), 0))
    state = result.state if result else QuestResult.State.RUNNING
    if not quest.is_claimed:
        return QuestPlace(name, person, state, so_far(quest.criteria, share), share)
    made = pieces if person else share * quest.count // WHOLE
    return QuestPlace(
        name, person, state, f"{number(made)} / {number(quest.count)}", made, quest.count
    )


def _furthest(place: QuestPlace) -> tuple[bool, int, str]:
    return (place.state != QuestResult.State.DONE, -place.share, place.name)


def _pieces(quest: Quest) -> Mapping[int, int]:
    approved = quest.claims.filter(status=QuestClaim.Status.APPROVED).order_by()
    counted = approved.values("person").annotate(n=Count("pk"))
    return dict(counted.values_list("person", "n"))


def own_results(quests: Sequence[Quest], *, viewer: Person) -> Mapping[int, tuple[int, int]]:
    """By quest, how many of the people (teams) that a leader leads did it, and did not."""
    if not viewer.has_role(*LEADERS):
        return {}
    led = Person.objects.led_by(viewer).order_by().values("pk")
    teams = Team.objects.led_by(viewer).order_by().values("pk")
    rows = QuestResult.objects.filter(quest__in=quests).filter(
        Q(person__in=led) | Q(team__in=teams)
    )
    counted = rows.order_by().values("quest").annotate(
        done=Count("pk", filter=Q(state="done")), failed=Count("pk", filter=Q(state="failed"))
    )  # fmt: skip
    return {row["quest"]: (row["done"], row["failed"]) for row in counted}
