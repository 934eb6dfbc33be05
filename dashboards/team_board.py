"""A team at a glance for those who lead it: scores, points, movement, and who needs attention, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from dashboards.agent_home import explain_address
from dashboards.dates import said
from incentives.org.models import Person, Team
from scoring.boards.lists import moved
from scoring.boards.words import movement_in_words
from scoring.display import Change, number
from scoring.models import AgentDay, Kpi, Leaderboard, PointEntry, Score, Standing
from scoring.windows import Period, first_day

WEEKS = 8
#: A fall of so many points against one's own four weeks before is worth a talk.
FALL = 5
LOW = 80
SILENT_DAYS = 5
#: Occupancy above 80 % for long risks burn-out (the KPI catalogue's upper limit).
BUSY = Decimal(85)
SORTS = ("name", "score", "points")
RISE = 3
MOST_PRAISED = 3


@dataclass(slots=True)
class Row:
    """One person of the team."""

    person: Person
    score: Decimal | None = None
    change: Change | None = None
    points: int = 0
    rank: int | None = None
    previous_rank: int | None = None
    weeks: list[Decimal | None] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
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

    team: Team
    rows: list[Row]
    attention: list[Row]
    praise: list[Row]
    average: str
    points: int
    board_key: str


def team_board(team: Team, *, today: date, sort: str = "name") -> TeamBoard:
    """Read a team's board as of a day; seven queries however large the team is."""
    people = Person.objects.in_team(team, on=today).active(on=today).order_by("display_name", "key")
    rows = {person.pk: Row(person) for person in people}
    _add_scores(rows, today)
    _add_points(rows, today)
    key = _add_places(rows, team, today)
    _add_facts(rows, today)
    ordered = _sorted(list(rows.values()), sort)
    scores = [row.score for row in ordered if row.score is not None]
    risen = [row for row in ordered if row.difference is not None and row.difference >= RISE]
    risen.sort(key=lambda row: -(row.difference or 0))
    return TeamBoard(
        team=team,
        rows=ordered,
        attention=[row for row in ordered if row.reasons],
        praise=risen[:MOST_PRAISED],
        average=number(sum(scores, Decimal(0)) / len(scores), 1) if scores else "",
        points=sum(row.points for row in ordered),
        board_key=key,
    )


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """By name, or from the best down; those without a score stand at the end."""
    if sort == "score":
        return sorted(rows, key=lambda row: (row.score is None, -(row.score or 0)))
    if sort == "points":
        return sorted(rows, key=lambda row: -row.points)
    return rows


def _add_scores(rows: Mapping[int, Row], today: date) -> None:
    monday = first_day(Period.WEEK, today)
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    month = first_day(Period.MONTH, today)
    kept = Score.objects.filter(agent__in=rows)
    weekly: dict[tuple[int, date], Decimal] = {
        (agent, start): score
        for agent, start, score in kept.filter(period="week", starts_on__in=starts).values_list(
            "agent", "starts_on", "score"
        )
    }
    months = {score.agent_id: score for score in kept.filter(period="month", starts_on=month)}
    names = {kpi.key: kpi.name for kpi in Kpi.objects.all()}
    for pk, row in rows.items():
        row.weeks = [weekly.get((pk, start)) for start in starts]
        score = months.get(pk)
        if score is not None:
            row.score = score.score
            row.score_text = number(score.score, 1)
        row.url = explain_address(row.person, month if score else today, "month")
        _judge_score(row, score, names)


def _judge_score(row: Row, score: Score | None, names: Mapping[str, str]) -> None:
    """Compare the running week with the mean of the four before; say what weighs most."""
    last = row.weeks[-1] if row.weeks[-1] is not None else row.weeks[-2]
    end = len(row.weeks) - (1 if row.weeks[-1] is not None else 2)
    before = [float(week) for week in row.weeks[max(0, end - 4) : end] if week is not None]
    if last is not None and before:
        row.difference = last - Decimal(str(fmean(before)))
        row.change = _change(row.difference)
    cost = _costliest(score, names)
    if row.difference is not None and row.difference <= -FALL:
        text = _("Score %(points)s below their own four weeks before") % {
            "points": number(-row.difference, 1)
        }
        row.reasons.append(text + cost)
    elif row.score is not None and row.score < LOW:
        row.reasons.append(_("Score below %(low)s this month") % {"low": LOW} + cost)


def _costliest(score: Score | None, names: Mapping[str, str]) -> str:
    items: Sequence[dict[str, Any]] = score.lost if score else []
    worst = max(items, key=lambda item: Decimal(str(item["lost"])), default=None)
    if worst is None or Decimal(str(worst["lost"])) <= 0:
        return ""
    words = {
        "kpi": names.get(worst["kpi"], worst["kpi"]),
        "points": number(Decimal(str(worst["lost"])), 1),
    }
    return _(", most of it %(kpi)s (−%(points)s)") % words


def _change(difference: Decimal) -> Change:
    text = number(abs(difference), 1)
    if text == number(Decimal(0), 1):
        return Change("same", _("no change"))
    return Change("better", f"▲ {text}") if difference > 0 else Change("worse", f"▼ {text}")


def _add_points(rows: Mapping[int, Row], today: date) -> None:
    since = first_day(Period.WEEK, today)
    entries = PointEntry.objects.filter(agent__in=rows, booked_on__range=(since, today))
    for agent, points in entries.order_by().values_list("agent").annotate(points=Sum("amount")):
        rows[agent].points = points


def _add_places(rows: Mapping[int, Row], team: Team, today: date) -> str:
    """The place in the team by points this week, with its movement; returns the board's key."""
    board = Leaderboard.objects.filter(
        archived=False, subject="agent", by="points", period="week", within="team"
    ).first()
    standings = Standing.objects.filter(
        board=board, starts_on=first_day(Period.WEEK, today), pool=team.pk
    )
    for standing in standings if board else ():
        row = rows.get(standing.agent_id or 0)
        if row is not None:
            row.rank, row.previous_rank = standing.rank, standing.previous_rank
    return board.key if board else ""


def _add_facts(rows: Mapping[int, Row], today: date) -> None:
    """Signs of overload or absence: care, not fault."""
    days = AgentDay.objects.filter(agent__in=rows, day__range=(today - timedelta(days=27), today))
    found = days.order_by().values("agent").annotate(last=Max("day"))
    for each in found:
        row = rows[each["agent"]]
        silent = (today - each["last"]).days
        if silent >= SILENT_DAYS:
            row.reasons.append(_("No contacts since %(day)s") % {"day": said(each["last"], "MMMd")})
    week = days.filter(day__gt=today - timedelta(days=7)).order_by().values("agent")
    sums = week.annotate(busy=Sum("busy_seconds"), available=Sum("available_seconds"))
    for sum_of in sums:
        if sum_of["busy"] and sum_of["available"]:
            share = sum_of["busy"] * 100 / sum_of["available"]
            if share > BUSY:
                text = _("Busy %(share)s %% of the last seven days: time for a breather?")
                rows[sum_of["agent"]].reasons.append(text % {"share": number(share, 0)})
