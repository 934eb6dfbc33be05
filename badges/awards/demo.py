"""Badges of the demo company that people give; the night gives the others by their criteria."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db.models import QuerySet
from django.utils.translation import ngettext

from badges.awards.granting import grant
from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge
from badges.awards.revoking import revoke
from incentives.org.models import Person, Role, RoleGrant, Supervision

# Badge, tier, how many days ago, why; given by each supervisor to one member after the other.
_GIVEN = (
    ("helping_hand", "bronze", 212, "Took over three night shifts when half the team was ill."),
    ("helping_hand", "silver", 64, "Sat beside two new colleagues for a whole week, unasked."),
    ("helping_hand", "bronze", 9, "Answered the team's questions all Saturday during the promotion."),
    ("calm_in_the_storm", "silver", 41, "Kept everyone informed while the payment service was down."),
    ("calm_in_the_storm", "gold", 10, "Led the Double 11 evening shift without a single raised voice."),
    ("helping_hand", "gold", 30, "Wrote the returns guide that the whole site uses now."),
)  # fmt: skip
_MISTAKE = (
    "calm_in_the_storm",
    "bronze",
    20,
    "Solved the courier outage for the south on his own.",
)
_WHY_BACK = "The outage was solved by the night shift; we mixed up the two names. Sorry!"


def make_badges(today: date) -> str:
    """Supervisors have given some badges; one of them is expired, one was taken back."""
    given = [award for award in _give(today) if award is not None]
    many = len(given)
    return ngettext("%(n)d badge given", "%(n)d badges given", many) % {"n": many}


def _give(today: date) -> Iterator[Award | None]:
    badges = {badge.key: badge for badge in Badge.objects.filter(way=Badge.Way.GRANTED)}
    for supervisor, members in _teams(today):
        for at, (key, tier, ago, reason) in enumerate(_GIVEN):
            if members and key in badges:
                person = members[at % len(members)]
                yield _granted(badges[key], tier, person, supervisor, reason, today, ago)
    if "calm_in_the_storm" in badges:
        yield _taken_back(badges["calm_in_the_storm"], today)


def _teams(today: date) -> Iterator[tuple[Person, list[Person]]]:
    """Every other supervisor with the first members of the team, themselves left out."""
    led: QuerySet[Supervision] = Supervision.objects.active(on=today).order_by("person", "pk")
    seen: dict[int, Supervision] = {}
    for each in led.select_related("person", "team"):
        seen.setdefault(each.person_id, each)
    for each in list(seen.values())[::2]:
        members = Person.objects.taking_part(on=today, teams=[each.team])
        yield each.person, list(members.exclude(pk=each.person_id).order_by("pk")[:4])


def _granted(
    badge: Badge, tier: str, person: Person, by: Person, reason: str, today: date, ago: int
) -> Award | None:
    on = today - timedelta(days=ago)
    occasion = on.replace(day=1).isoformat() if badge.repeats == Badge.Repeats.PERIOD else ""
    mine = Award.objects.filter(badge=badge, person=person, tier=tier, occasion=occasion)
    if (person.hired_on is not None and person.hired_on > on) or mine.exists():
        return None
    token = uuid5(NAMESPACE_URL, f"demo:{badge.key}:{tier}:{person.key}:{by.key}:{occasion}")
    return grant(badge=badge, tier=tier, person=person, by=by, reason=reason, on=on, token=token)


def _taken_back(badge: Badge, today: date) -> Award | None:
    """A badge that a supervisor gave to the wrong person, and a manager took back."""
    managers = RoleGrant.objects.filter(role=Role.MANAGER, team=None, site=None).order_by("person")
    manager = Person.objects.filter(pk__in=managers.values("person")).order_by("pk").first()
    teams = list(_teams(today))
    if manager is None or not teams or not teams[0][1]:
        return None
    supervisor, members = teams[0]
    _key, tier, ago, reason = _MISTAKE
    award = _granted(badge, tier, members[-1], supervisor, reason, today, ago)
    return None if award is None else revoke(award=award, by=manager, reason=_WHY_BACK)
