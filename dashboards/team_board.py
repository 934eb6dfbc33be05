"""Teams at a glance for those who lead them: scores, points, movement, who needs attention, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from dashboards.homes.attention import (
    Sign,
    floor_signs,
    score_sign,
    unrewarded_sign,
    work_signs,
    works,
)
from incentives.org.models import Person, Team
from incentives.org.querysets import PersonQuerySet
from scoring.boards.lists import moved
from scoring.boards.words import movement_in_words
from scoring.figures.addresses import explain_address
from scoring.figures.display import Change, number
from scoring.figures.windows import Period, first_day
from scoring.models import Kpi, Leaderboard, PointEntry, Score, Standing

WEEKS = 8
SORTS = ("name", "score", "points")
RISE = 3
MOST_PRAISED = 3
_BASELINE = 4


@dataclass(slots=True)
class TeamRow:
    """One person of a team."""

    person: Person
    score: Decimal | None = None
    change: Change | None = None
    points: int = 0
    rank: int | None = None
    previous_rank: int | None = None
    weeks: list[Decimal | None] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    difference: Decimal | None = None
    url: str = ""
    score_text: str = ""

    @property
    def moved(self) -> int | None:
        """Places gained or lost since the day before."""
        return moved(self.rank, self.previous_rank)

    @property
    def movement(self) -> tuple[str, str]:
        """The movement's tone and words, as on boards."""
        return movement_in_words(self.moved, ranked=self.rank is not None)

    @property
    def weeks_label(self) -> str:
        """What the small line shows, for those who do not see it."""
        return _("Score of %(name)s, the last %(weeks)s weeks") % {
            "name": self.person.display_name,
            "weeks": WEEKS,
        }


@dataclass(frozen=True, slots=True)
class TeamBoard:
    """The whole page: rows in the chosen order, those to look after, those to praise."""

    rows: list[TeamRow]
    attention: list[TeamRow]
    praise: list[TeamRow]
    average: str
    points: int
    board_key: str


def team_board(teams: Sequence[Team], *, today: date, sort: str = "name") -> TeamBoard:
    """Read the board of one or more teams as of a day; seven queries however large they are."""
    rows = {person.pk: TeamRow(person) for person in _people(teams, today)}
    months = _add_scores(rows, today)
    _add_points(rows, today)
    key = _add_places(rows, teams, today)
    _add_signs(rows, months, today)
    ordered = _sorted(list(rows.values()), sort)
    scores = [row.score for row in ordered if row.score is not None]
    return TeamBoard(
        rows=ordered,
        attention=sorted((row for row in ordered if row.signs), key=lambda row: -len(row.signs)),
        praise=_risen(ordered)[:MOST_PRAISED],
        average=number(sum(scores, Decimal(0)) / len(scores), 1) if scores else "",
        points=sum(row.points for row in ordered),
        board_key=key,
    )


def _people(teams: Sequence[Team], today: date) -> PersonQuerySet:
    found: PersonQuerySet = Person.objects.taking_part(on=today, teams=teams)
    return found.order_by("display_name", "key")


def _risen(rows: Iterable[TeamRow]) -> list[TeamRow]:
    risen = [row for row in rows if row.difference is not None and row.difference >= RISE]
    return sorted(risen, key=lambda row: -(row.difference or 0))


def _sorted(rows: list[TeamRow], sort: str) -> list[TeamRow]:
    """By name, or from the best down; those without a score stand at the end."""
    if sort == "score":
        return sorted(rows, key=lambda row: (row.score is None, -(row.score or 0)))
    if sort == "points":
        return sorted(rows, key=lambda row: -row.points)
    return rows


def _add_scores(rows: Mapping[int, TeamRow], today: date) -> dict[int, Score]:
    """The running month's score and the weeks of each row; returns the month's scores by agent."""
    monday = first_day(Period.WEEK, today)
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    month = first_day(Period.MONTH, today)
    kept = Score.objects.filter(agent__in=rows)
    read = kept.filter(period="week", starts_on__in=starts)
    weekly: dict[tuple[int, date], Decimal] = {
        (agent, start): score
        for agent, start, score in read.values_list("agent", "starts_on", "score")
    }
    monthly = kept.filter(period="month", starts_on=month)
    monthly = monthly.prefetch_related("scorecard__items__kpi")
    months = {score.agent_id: score for score in monthly}
    for pk, row in rows.items():
        row.weeks = [weekly.get((pk, start)) for start in starts]
        row.difference = against_own_weeks(row.weeks)
        row.change = change_of(row.difference) if row.difference is not None else None
        if (score := months.get(pk)) is not None:
            row.score, row.score_text = score.score, number(score.score, 1)
        row.url = explain_address(row.person, month if score else today, "month")
    return months


def against_own_weeks(weeks: Sequence[Decimal | None]) -> Decimal | None:
    """The running week (or the one before, when it has no score) less the mean of the four before."""
    end = len(weeks) - (1 if weeks[-1] is not None else 2)
    last = weeks[end]
    before = [float(week) for week in weeks[max(0, end - _BASELINE) : end] if week is not None]
    if last is None or not before:
        return None
    return last - Decimal(str(fmean(before)))


def change_of(difference: Decimal) -> Change:
    """A difference of scores as an arrow and a figure."""
    text = number(abs(difference), 1)
    if text == number(Decimal(0), 1):
        return Change("same", _("no change"))
    return Change("better", f"▲ {text}") if difference > 0 else Change("worse", f"▼ {text}")


def _add_points(rows: Mapping[int, TeamRow], today: date) -> None:
    since = first_day(Period.WEEK, today)
    entries = PointEntry.objects.filter(agent__in=rows, booked_on__range=(since, today))
    for agent, points in entries.order_by().values_list("agent").annotate(points=Sum("amount")):
        rows[agent].points = points


def _add_places(rows: Mapping[int, TeamRow], teams: Sequence[Team], today: date) -> str:
    """The place in the team by points this week, with its movement; returns the board's key."""
    board = Leaderboard.objects.filter(
        archived=False, subject="agent", by="points", period="week", within="team"
    ).first()
    standings = Standing.objects.filter(
        board=board,
        starts_on=first_day(Period.WEEK, today),
        pool__in=[team.pk for team in teams],
    )
    for standing in standings if board else ():
        row = rows.get(standing.agent_id or 0)
        if row is not None:
            row.rank, row.previous_rank = standing.rank, standing.previous_rank
    return board.key if board else ""


def _add_signs(rows: Mapping[int, TeamRow], months: Mapping[int, Score], today: date) -> None:
    kpis = {kpi.key: kpi for kpi in Kpi.objects.all()}
    done = works(list(rows), today=today)
    rewarded = _rewarded(list(rows), today)
    for pk, row in rows.items():
        work = done.get(pk)
        signs = [
            score_sign(row.difference, months.get(pk), kpis, row.url),
            *floor_signs(months.get(pk), kpis, row.url)[:1],
            *work_signs(work, today=today, url=row.url),
        ]
        if pk not in rewarded:
            signs.append(unrewarded_sign(work, today=today, agent=pk))
        row.signs = [sign for sign in signs if sign is not None]


def _rewarded(agents: Sequence[int], today: date) -> set[int]:
    """Those who have points from the last seven days; everyone where nobody has any points yet."""
    week = Q(occurred_on__gt=today - timedelta(days=7), occurred_on__lte=today)
    found = PointEntry.objects.filter(week, agent__in=agents).order_by()
    have = set(found.values_list("agent", flat=True).distinct())
    return have or set(agents)
