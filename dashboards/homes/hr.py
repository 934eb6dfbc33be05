"""HR's home: people, joiners and leavers, tenure, teams, and the bands of the last months' scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.org.models import Membership, Person, Team
from incentives.org.notation import said
from scoring.figures.display import number
from scoring.figures.windows import ONE_DAY, Period, first_day
from scoring.models import Score, Scorecard

RECENT_DAYS = 30
MONTHS = 3
MOST_NAMED = 4
# Days from which a tenure belongs to the next band.
TENURES = (90, 365, 3 * 365)
# Scores from which one belongs to the next band; 90, 80 and 70 are those of the career policy.
LIMITS = (70, 80, 90)


@dataclass(frozen=True, slots=True)
class Coming:
    """Someone who joins or leaves, and when."""

    person: Person
    day: str
    url: str


@dataclass(frozen=True, slots=True)
class Band:
    """A range: how many people are in it, where its bar begins and how long it is (0–100)."""

    name: str
    people: int
    start: str
    share: str
    tone: str


@dataclass(frozen=True, slots=True)
class CardBands:
    """A month's scores on one scorecard."""

    month: str
    card: str
    people: int
    bands: list[Band]


@dataclass(frozen=True, slots=True)
class TeamSize:
    """A team with its people of today; `share` is against the largest team, 0–100."""

    team: Team
    people: int
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class HrHome:
    """Everything on the page other than the greeting."""

    people: int
    full_time: str
    joined: list[Coming]
    many_joined: int
    leaving: list[Coming]
    many_leaving: int
    tenure: list[Band]
    teams: list[TeamSize]
    without_team: int
    scores: list[CardBands]


def hr_home(*, today: date) -> HrHome:
    """Read HR's home as of a day; nine queries, however many people there are. For HR only."""
    since = today - timedelta(days=RECENT_DAYS - 1)
    joined = Person.objects.filter(hired_on__range=(since, today)).order_by("-hired_on", "pk")
    left = (since, today + timedelta(days=RECENT_DAYS))
    leaving = Person.objects.filter(left_on__range=left).order_by("left_on", "pk")
    counts = _counts(today)
    teams = _teams(today)
    return HrHome(
        people=counts["people"],
        full_time=number(counts["full_time"] or Decimal(0), 1),
        joined=[_coming(each, each.hired_on) for each in joined[:MOST_NAMED]],
        many_joined=joined.count(),
        leaving=[_coming(each, each.left_on) for each in leaving[:MOST_NAMED]],
        many_leaving=leaving.count(),
        tenure=_tenure(counts),
        teams=teams,
        without_team=counts["people"] - sum(each.people for each in teams),
        scores=score_bands(today=today),
    )


def _coming(person: Person, day: date | None) -> Coming:
    url = reverse("org:person", args=[person.pk])
    return Coming(person, said(day, "MMMd") if day else "", url)


def _counts(today: date) -> Mapping[str, Any]:
    """People of today, their employment shares, and how many are past each length of service."""
    past = {
        f"past_{days}": Count("pk", filter=Q(hired_on__lte=today - timedelta(days=days)))
        for days in TENURES
    }
    found: Mapping[str, Any] = Person.objects.active(on=today).aggregate(
        people=Count("pk"),
        full_time=Sum("employment_share"),
        known=Count("pk", filter=Q(hired_on__isnull=False)),
        **past,
    )
    return found


def _tenure(counts: Mapping[str, Any]) -> list[Band]:
    month, year, years = (counts[f"past_{days}"] for days in TENURES)
    numbers = [
        (_("up to 3 months"), counts["known"] - month, "sky"),
        (_("3 to 12 months"), month - year, "jade"),
        (_("1 to 3 years"), year - years, "honey"),
        (_("more than 3 years"), years, "plum"),
        (_("not known"), counts["people"] - counts["known"], "none"),
    ]
    return _bands([each for each in numbers if each[1] or each[2] != "none"])


def _bands(numbers: Iterable[tuple[str, int, str]]) -> list[Band]:
    """Bars one after the other on a line of 100."""
    listed = list(numbers)
    whole = sum(people for _name, people, _tone in listed) or 1
    bands, start = [], Decimal(0)
    for name, people, tone in listed:
        share = Decimal(100 * people) / whole
        bands.append(Band(name, people, f"{start:.2f}", f"{share:.2f}", tone))
        start += share
    return bands


def _teams(today: date) -> list[TeamSize]:
    members = Membership.objects.taking_part(today).order_by()
    counts = dict(members.values_list("team").annotate(people=Count("pk")))
    most = max(counts.values(), default=1)
    return [
        TeamSize(
            team,
            counts.get(team.pk, 0),
            100 * counts.get(team.pk, 0) / most,
            reverse("org:team", args=[team.pk]),
        )
        for team in Team.objects.active(on=today).order_by("name")
    ]


def score_bands(*, today: date) -> list[CardBands]:
    """How many people scored above 90, 80–90, 70–80 and below, by month and scorecard; two queries.

    Exactly 90 belongs to 80–90, as “above 90” says; exactly 80 to 80–90, exactly 70 to 70–80.
    """
    scores = Score.objects.filter(period="month", starts_on__in=_months(today))
    rows = scores.order_by("-starts_on", "scorecard").values("starts_on", "scorecard")
    counted = rows.annotate(
        above=Count("pk", filter=Q(score__gt=LIMITS[2])),
        good=Count("pk", filter=Q(score__gte=LIMITS[1], score__lte=LIMITS[2])),
        fair=Count("pk", filter=Q(score__gte=LIMITS[0], score__lt=LIMITS[1])),
        below=Count("pk", filter=Q(score__lt=LIMITS[0])),
    )
    found = list(counted)
    cards = Scorecard.objects.in_bulk({row["scorecard"] for row in found})
    return [_card_bands(row, cards[row["scorecard"]].name) for row in found]


def _months(today: date) -> list[date]:
    months = [first_day(Period.MONTH, today)]
    while len(months) < MONTHS:
        months.append(first_day(Period.MONTH, months[-1] - ONE_DAY))
    return months


def _card_bands(row: Mapping[str, Any], card: str) -> CardBands:
    numbers = [
        (_("above 90"), row["above"], "jade"),
        (_("80 to 90"), row["good"], "sky"),
        (_("70 to 80"), row["fair"], "honey"),
        (_("below 70"), row["below"], "ember"),
    ]
    people = sum(each[1] for each in numbers)
    return CardBands(said(row["starts_on"], "yMMMM"), card, people, _bands(numbers))
