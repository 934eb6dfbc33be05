"""One person beside their team: what the score is made of, and how it moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.disclosure import LEAST_GROUP
from incentives.org.models import Person
from scoring.explorer import tables as explorer
from scoring.figures.charts import Chart, ChartLine, ChartTable, References, along_time, drawn
from scoring.figures.display import NO_DATA, number, shown
from scoring.figures.kpis import catalogue, compute
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import ONE_DAY, Period, Span, first_day, last_day
from scoring.models import Kpi, Score, ScorecardItem
from scoring.scorecards.points_lost import TINY

#: With fewer in the team, a median would tell what a single colleague has.
LEAST_TEAM = LEAST_GROUP + 1
WEEKS = 12
MOST_TRENDS = 6
MOST_MONTHS = 12
#: Item scores run from 0 at the floor over 100 at the target to 120 at the stretch.
TARGET, STRETCH = 100, 120
LEAST_AXES = 3


@dataclass(frozen=True, slots=True)
class Month:
    """Item scores (0–120 by KPI key) of one month: own, the month before, the team's medians."""

    own: dict[str, Decimal]
    before: dict[str, Decimal]
    team: dict[str, Decimal]


def months_with_scores(agent: Person) -> list[date]:
    """First days of the months in which someone has a score, the latest first."""
    found = Score.objects.filter(agent=agent, period=Period.MONTH).order_by("-starts_on")
    return list(found.values_list("starts_on", flat=True)[:MOST_MONTHS])


def charts(agent: Person, *, viewer: Person, month: date, today: date) -> list[Chart]:
    """Radar of the month, then the weekly score, then the KPIs of the scorecard; eight queries."""
    score = Score.objects.get(agent=agent, period=Period.MONTH, starts_on=month)
    known = {kpi.key: kpi for kpi in catalogue()}
    read = _month(score)
    kpis = [known[key] for key in read.own if key in known]
    monday = first_day(Period.WEEK, min(last_day(Period.MONTH, month), today))
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    found = [
        _radar(read, kpis, agent=agent, month=month),
        _score_trend(score, weeks, name=agent.display_name),
        *_kpi_trends(score, kpis[:MOST_TRENDS], weeks, agent=agent, viewer=viewer),
    ]
    return [chart for chart in found if chart is not None]


def _month(score: Score) -> Month:
    """Read the month; three queries."""
    of_months = Score.objects.filter(period=Period.MONTH).order_by()
    before = of_months.filter(
        agent=score.agent_id, starts_on=first_day(Period.MONTH, score.starts_on - ONE_DAY)
    ).first()
    mates = list(of_months.filter(team=score.team_id, starts_on=score.starts_on))
    cards = _keys_of_cards([score, *([before] if before else []), *mates])
    team: dict[str, list[Decimal]] = defaultdict(list)
    for mate in mates if score.team_id else ():
        for key, value in _item_scores(mate, cards).items():
            team[key].append(value)
    medians = {key: median(values) for key, values in team.items() if len(values) >= LEAST_TEAM}
    return Month(_item_scores(score, cards), _item_scores(before, cards) if before else {}, medians)


def _keys_of_cards(scores: Iterable[Score]) -> dict[int, list[str]]:
    """The KPI keys of each card's items, in the card's order; one query."""
    cards = {score.scorecard_id for score in scores}
    keys: dict[int, list[str]] = defaultdict(list)
    items = ScorecardItem.objects.filter(scorecard__in=cards)
    for card, key in items.values_list("scorecard_id", "kpi__key"):
        keys[card].append(key)
    return keys


def _item_scores(score: Score, cards: Mapping[int, list[str]]) -> dict[str, Decimal]:
    """Item scores by KPI, in the card's order; an item without data has none."""
    return {
        key: Decimal(points) / TINY
        for key, points in zip(cards[score.scorecard_id], score.points, strict=False)
        if points is not None
    }


def _radar(read: Month, kpis: Sequence[Kpi], *, agent: Person, month: date) -> Chart | None:
    axes = [kpi for kpi in kpis if kpi.key in read.own]
    if len(axes) < LEAST_AXES:
        return None
    named = date_format(month, "YEAR_MONTH_FORMAT")
    lines = [(agent.display_name, read.own, "self")]
    if read.team:
        lines.append((_("Team median"), read.team, "team"))
    if read.before:
        lines.append((_("The month before"), read.before, "point"))
    spec = {
        "kind": "radar",
        "axes": [kpi.name for kpi in axes],
        "max": STRETCH,
        "target": TARGET,
        "series": [
            {
                "name": name,
                "role": role,
                "values": [drawn(values.get(kpi.key)) for kpi in axes],
                "texts": [_said(values.get(kpi.key)) for kpi in axes],
            }
            for name, values, role in lines
        ],
        "words": {"target": _("Target = 100")},
    }
    rows = [
        [kpi.name, *(_said(values.get(kpi.key)) for _name, values, _role in lines)] for kpi in axes
    ]
    table = ChartTable([_("KPI"), *(name for name, _values, _role in lines)], rows)
    return Chart(_("Profile in %(month)s") % {"month": named}, _profile(read, axes), spec, table)


def _said(value: Decimal | None) -> str:
    return NO_DATA if value is None else number(value, 0)


def _profile(read: Month, axes: Sequence[Kpi]) -> str:
    best = max(axes, key=lambda kpi: read.own[kpi.key])
    least = min(axes, key=lambda kpi: read.own[kpi.key])
    words = {
        "best": best.name,
        "best_score": number(read.own[best.key], 0),
        "least": least.name,
        "least_score": number(read.own[least.key], 0),
    }
    text = _(
        "Each KPI as the scorecard sees it, 100 is the target: strongest %(best)s (%(best_score)s), most to gain in %(least)s (%(least_score)s)."
    )
    return text % words


def _score_trend(score: Score, weeks: Sequence[date], *, name: str) -> Chart | None:
    """The weekly score beside the team's median; one query."""
    team: dict[date, list[Decimal]] = defaultdict(list)
    own: dict[date, Decimal] = {}
    scores = Score.objects.filter(period=Period.WEEK, starts_on__in=weeks)
    mates = scores.filter(team=score.team_id) if score.team_id else scores.none()
    read = (mates | scores.filter(agent=score.agent_id)).values_list(
        "agent", "team", "starts_on", "score"
    )
    for agent, of_team, week, value in read:
        if of_team == score.team_id:
            team[week].append(value)
        if agent == score.agent_id:
            own[week] = value
    if not own:
        return None
    lines = [ChartLine(name, [own.get(week) for week in weeks])]
    medians = [median(team[w]) if len(team[w]) >= LEAST_TEAM else None for w in weeks]
    if any(value is not None for value in medians):
        lines.append(ChartLine(_("Team median"), medians, role="team"))
    spec, table = along_time(
        _labels(weeks), lines, unit="points", references=References(Decimal(TARGET))
    )
    latest = own[max(own)]
    words = {"last": number(latest, 1), "best": number(max(own.values()), 1)}
    summary = _("Weekly score: %(last)s last, best %(best)s in these twelve weeks.") % words
    return Chart(_("Score by week"), summary, spec, table)


def _kpi_trends(
    score: Score, kpis: Sequence[Kpi], weeks: Sequence[date], *, agent: Person, viewer: Person
) -> list[Chart]:
    """Each KPI by week beside the team's; two queries for all."""
    span = Span(weeks[0], weeks[-1] + 6 * ONE_DAY)
    own = Selection(span=span, agents=[agent.key])
    values = _by_week(kpis, Grouping.AGENT, own)
    team: dict[tuple[str, str], Decimal | None] = {}
    if score.team_id:
        beside = Selection(span=span, teams=[score.team_id], viewer=viewer, beside=True)
        team = _by_week(kpis, Grouping.TEAM, beside)
    labels = ["{:04d}-W{:02d}".format(*week.isocalendar()[:2]) for week in weeks]
    return [
        chart
        for kpi in kpis
        if (chart := _kpi_trend(kpi, labels, weeks, values, team, name=agent.display_name))
    ]


def _by_week(
    kpis: Sequence[Kpi], by: Grouping, selection: Selection
) -> dict[tuple[str, str], Decimal | None]:
    read = compute(kpis, by=by, period=Period.WEEK, selection=selection)
    return {(figure.metric, figure.period): figure.value for figure in read}


def _kpi_trend(
    kpi: Kpi,
    labels: Sequence[str],
    weeks: Sequence[date],
    values: Mapping[tuple[str, str], Decimal | None],
    team: Mapping[tuple[str, str], Decimal | None],
    *,
    name: str,
) -> Chart | None:
    own = [values.get((kpi.key, label)) for label in labels]
    known = [value for value in own if value is not None]
    if not known:
        return None
    lines = [ChartLine(name, own)]
    if kpi.denominator and team:
        lines.append(
            ChartLine(_("Team"), [team.get((kpi.key, label)) for label in labels], role="team")
        )
    spec, table = along_time(
        _labels(weeks), lines, unit=kpi.unit, references=explorer.references(kpi)
    )
    words = {
        "last": shown(known[-1], kpi.unit),
        "low": shown(min(known), kpi.unit),
        "high": shown(max(known), kpi.unit),
    }
    summary = _("%(last)s last, between %(low)s and %(high)s by week.") % words
    return Chart(kpi.name, summary, spec, table)


def _labels(weeks: Sequence[date]) -> list[str]:
    return [date_format(week, "MONTH_DAY_FORMAT") for week in weeks]
