"""An agent's home: the score and where its points went, today's points, the neighbourhood, the trend.

Few queries, each by an index: the page is opened thousands of times a morning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from badges.awards.home import BadgeGlance, badges_at_home
from badges.awards.home import glance_of as badge_glance
from badges.battles.boss import Boss, glance_boss
from badges.battles.home import battles_at_home
from badges.battles.home import glance_of as battle_glance
from badges.quests.home import QuestGlance, quest_glance
from dashboards.homes.agent_goals import OwnGoal, own_goal, running_goals
from dashboards.homes.agent_points import (
    Recent,
    SeasonPlace,
    career,
    careers,
    day_title,
    recent,
    worth,
)
from dashboards.together import read_together
from incentives.capabilities import HomeCard, declared
from incentives.org.models import Person
from incentives.org.notation import joined
from incentives.org.notices import bells, remember_bell
from incentives.org.wording import reads_chinese
from scoring.boards.lists import BoardLines, lines_around, size_of_list
from scoring.boards.words import this_period
from scoring.figures.display import Change, number, percent, shown
from scoring.figures.windows import Period, first_day
from scoring.models import Leaderboard, NightRun, Score, ScorecardItem, Standing
from scoring.points.levels import Level
from scoring.scorecards.stored import glances

WEEKS = 12
MOST_LOST = 3
LEADERS_SHOWN = 2
NEIGHBOURS = 1
#: Up to here the ring is full; scores above the target fill it and say so in figures.
FULL = 100
# 2π × 62, the length of the ring's line.
_RING = 389.56


@dataclass(frozen=True, slots=True)
class Lost:
    """One item of the score that cost points; `share` is its part of the longest bar, 0–100."""

    name: str
    value: str
    target: str
    lost: str
    gain: str
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The month's score as the ring draws it."""

    text: str
    above: bool
    arc: str
    title: str
    month: str
    change: Change | None
    since: str
    lost: list[Lost]
    lost_total: str
    trend: list[Decimal | None]
    url: str


@dataclass(frozen=True, slots=True)
class AgentHome:
    """Everything on the page other than the greeting."""

    score: ScoreView | None
    board: BoardLines | None
    board_period: str
    recent: Recent
    next_text: str = ""
    points_url: str = ""
    points_title: str = ""
    level: Level | None = None
    level_worth: str = ""
    season: SeasonPlace | None = None
    goals: list[OwnGoal] = field(default_factory=list)
    badges: BadgeGlance = field(default_factory=BadgeGlance)
    quests: QuestGlance | None = None
    boss: Boss | None = None
    fresh: datetime | None = None
    cards: list[tuple[str, object]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived for this person yet."""
        nothing_read = self.score is None and self.board is None and not self.recent.earned
        return nothing_read and not self.recent.praise and not self.goals


def agent_home(person: Person, *, today: date) -> AgentHome:
    """Read the home of an agent as of a day; eight queries at most."""
    small = read_together(
        careers=careers(person),
        goals=running_goals(person, today=today),
        nights=nights_done().values("finished_at")[:1],
        badges=badges_at_home(person, today),
        battles=battles_at_home(person, today),
        bells=bells(person),
    )
    # The shell asks for it on every page: here it is known.
    remember_bell(person, small["bells"])
    battle = battle_glance(small["battles"], today)
    lately = recent(person, today=today)
    board = _board(person, today)
    level, season = career(small["careers"])
    return AgentHome(
        score=_score(person, today),
        board=board,
        board_period=this_period(board.board) if board else "",
        recent=lately,
        next_text=_next_place(board, lately) if board else "",
        points_url=explain_address(person, lately.day) if lately.day else "",
        points_title=day_title(lately.day, today),
        level=level,
        level_worth=worth(lately.rules, Decimal(level.missing)) if level else "",
        season=season,
        goals=[own_goal(row, today=today) for row in small["goals"]],
        badges=badge_glance(small["badges"][0]),
        quests=quest_glance(person, today),
        boss=glance_boss(battle, today=today) if battle else None,
        cards=declared_cards(person, today),
        fresh=next((datetime.fromisoformat(row["finished_at"]) for row in small["nights"]), None),
    )


def declared_cards(person: Person, today: date) -> list[tuple[str, object]]:
    """Templates of the cards that capabilities declare, with what each shows."""
    cards = sorted(declared(HomeCard), key=lambda card: card.place)
    found = ((card.template, card.read(person, today)) for card in cards)
    return [(template, shows) for template, shows in found if shows is not None]


def _next_place(board: BoardLines, lately: Recent) -> str:
    """How far the next place is, and what would bring the agent there."""
    own = board.own
    if own is None or not own.rank or not board.next_text:
        return board.next_text
    ahead = [line.value for line in board.lines if line.rank and line.rank < own.rank]
    if board.board.by != Leaderboard.By.POINTS or not ahead:
        return board.next_text
    return joined(board.next_text, worth(lately.rules, min(ahead) - own.value))


def nights_done() -> QuerySet[NightRun]:
    """The nights that came to an end, the latest first."""
    return NightRun.objects.filter(status=NightRun.Status.DONE).order_by("-pk")


def last_night() -> datetime | None:
    """When the last night ended; None before the first."""
    return nights_done().values_list("finished_at", flat=True).first()


def explain_address(person: Person, day: date, period: str = "day") -> str:
    """The page that explains a day, week or month of an agent; empty when there is none."""
    try:
        return reverse("scoring:explain", args=[person.pk, day]) + f"?period={period}"
    except NoReverseMatch:
        return ""


def _score(person: Person, today: date) -> ScoreView | None:
    months, weeks = _scores(person, today)
    if not months:
        return None
    score, before = months[0], months[1] if len(months) > 1 else None
    return ScoreView(
        text=number(score.score, 1),
        above=score.score > FULL,
        arc=f"{min(float(score.score), FULL) / FULL * _RING:.1f}",
        title=_title(score.score),
        month=_month(score.starts_on),
        change=_change(score.score, before.score) if before else None,
        since=_month(before.starts_on) if before else "",
        lost=_lost(person, score),
        lost_total=number(FULL - score.score, 1),
        trend=weeks,
        url=explain_address(person, score.starts_on, "month"),
    )


def _scores(person: Person, today: date) -> tuple[list[Score], list[Decimal | None]]:
    """The scores of the last three months, latest first, and of the last twelve weeks; one query."""
    month, monday = first_day(Period.MONTH, today), first_day(Period.WEEK, today)
    since = first_day(Period.MONTH, month - timedelta(days=32))
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    wanted = Q(period="month", starts_on__range=(since, today))
    wanted |= Q(period="week", starts_on__in=starts)
    found = list(Score.objects.filter(wanted, agent=person).order_by("-starts_on"))
    weeks = {score.starts_on: score.score for score in found if score.period == "week"}
    months = [score for score in found if score.period == "month"]
    return months, [weeks.get(start) for start in starts]


def _month(day: date) -> str:
    locale = "zh_CN" if reads_chinese() else "en_GB"
    return str(format_date(day, "LLLL", locale=locale))


def _title(score: Decimal) -> str:
    """A word about where the score stands, without judging the person."""
    if score >= 100:
        return _("Above target")
    if score >= 90:
        return _("A strong month")
    if score >= 80:
        return _("Solid, with room to grow")
    return _("Let’s look at this together")


def _change(now: Decimal, before: Decimal) -> Change:
    difference = now - before
    text = number(abs(difference), 1)
    if text == number(Decimal(0), 1):
        return Change("same", _("no change"))
    return Change("better", f"▲ {text}") if difference > 0 else Change("worse", f"▼ {text}")


def _lost(person: Person, score: Score) -> list[Lost]:
    """The items that cost most, with the value and the target that the card asks for."""
    items = ScorecardItem.objects.filter(scorecard=score.scorecard_id).select_related("kpi")
    asked = {item.kpi.key: item for item in items}
    entries = glances(score, list(asked.values()))
    costly = sorted((each for each in entries if each["lost"] > 0), key=lambda each: -each["lost"])
    url = explain_address(person, score.starts_on, "month")
    return [
        _lost_item(each, asked[each["kpi"]], costly[0]["lost"], url) for each in costly[:MOST_LOST]
    ]


def _lost_item(item: Mapping[str, Any], asked: ScorecardItem, whole: Decimal, url: str) -> Lost:
    lost = item["lost"]
    return Lost(
        name=asked.kpi.name,
        value=shown(item["value"], asked.kpi.unit),
        target=_target(asked),
        lost=f"−{number(lost, 1)}",
        gain=f"+{number(lost, 1)}",
        share=float(lost / whole * 100),
        url=url,
    )


def _target(asked: ScorecardItem) -> str:
    unit = asked.kpi.unit
    if asked.low is not None and asked.high is not None:
        ends = {"low": _plain(asked.low, unit), "high": _plain(asked.high, unit)}
        return _("%(low)s to %(high)s") % ends
    return _plain(asked.target, unit) if asked.target is not None else ""


def _plain(value: Decimal, unit: str) -> str:
    """A target without decimals that say nothing."""
    if unit == "seconds" or value != value.to_integral_value():
        return shown(value, unit)
    return percent(value, 0) if unit == "%" else number(value, 0)


def _board(person: Person, today: date) -> BoardLines | None:
    """The week's points among one's own team, or the first other board of the week."""
    monday = first_day(Period.WEEK, today)
    own = (
        Standing.objects.filter(
            agent=person,
            board__in=Leaderboard.objects.filter(
                archived=False, subject="agent", by="points", period="week", league="all"
            ),
            starts_on__in=[monday, monday - timedelta(weeks=1)],
        )
        .annotate(size=size_of_list())
        .select_related("board")
        .order_by("-starts_on", "-board__within", "board")
        .first()
    )
    if own is None:
        return None
    return lines_around(own, person, shown=LEADERS_SHOWN, around=NEIGHBOURS)
