"""A KPI or the score of some teams: along time, by hour of the week, across their people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Avg, Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.analytics.hours import hours_chart
from incentives.org.disclosure import may_tell
from incentives.org.models import Person
from scoring.explorer import tables as explorer
from scoring.figures.charts import (
    Chart,
    ChartLine,
    Distribution,
    References,
    along_time,
    distribution,
    histogram,
)
from scoring.figures.display import number, shown
from scoring.figures.kpis import Figure, compute, known_measures
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import Period, first_day
from scoring.models import Kpi, Score

#: A share of fewer contacts than this says more about chance than about a person.
LEAST = 5
FULL_SCORE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Asked:
    """What someone wants to see: `kpi` None is the score; `selection.teams` None the company."""

    kpi: Kpi | None
    selection: Selection
    before: Selection | None
    name: str

    @property
    def is_part(self) -> bool:
        """Whether it is less than the company, which then stands beside it."""
        return self.selection.teams is not None


def charts(asked: Asked) -> list[Chart]:
    """The charts that have something to show; at most twelve queries, however many people."""
    if asked.kpi is None:
        found = [_score_trend(asked), _score_spread(asked), _hours(asked)]
    else:
        found = [_kpi_trend(asked, asked.kpi), _kpi_spread(asked, asked.kpi), _hours(asked)]
    return [chart for chart in found if chart is not None]


def _hours(asked: Asked) -> Chart | None:
    chosen = asked.selection
    return hours_chart(span=chosen.span, teams=chosen.teams, channels=chosen.channels)


def _kpi_trend(asked: Asked, kpi: Kpi) -> Chart | None:
    known = known_measures()
    drawn = explorer.trend(
        kpi, by=Grouping.COMPANY, selection=asked.selection, before=asked.before, known=known
    )
    if not any(point.value is not None for point in drawn.points):
        return None
    if asked.is_part and kpi.denominator:
        whole = replace(asked.selection, teams=None, beside=True)
        drawn.beside = compute(
            [kpi], by=Grouping.COMPANY, period=drawn.period, selection=whole, known=known
        )
    return explorer.chart(
        kpi, drawn, name=asked.name, span=asked.selection.span, beside=_("Company")
    )


def _kpi_spread(asked: Asked, kpi: Kpi) -> Chart | None:
    found = compute([kpi], by=Grouping.AGENT, period=Period.ALL, selection=asked.selection)
    values = [each.value for each in found if each.value is not None and _counts(each)]
    spread = distribution(values, unit=kpi.unit)
    return _spread_chart(spread, unit=kpi.unit, target=kpi.target, name=kpi.name)


def _counts(figure: Figure) -> bool:
    """Whether a figure rests on enough; a count of nothing belongs to someone who was not there."""
    if figure.denominator is None:
        return figure.numerator != 0
    return figure.denominator >= LEAST


def _spread_chart(
    spread: Distribution, *, unit: str, target: Decimal | None, name: str
) -> Chart | None:
    if spread.people < 2 or spread.median is None:
        return None
    words = {
        "kpi": name,
        "n": number(Decimal(spread.people), 0),
        "median": shown(spread.median, unit),
    }
    summary = ngettext(
        "%(kpi)s of %(n)s person; half of them are at or above %(median)s.",
        "%(kpi)s of %(n)s people; half of them are at or above %(median)s.",
        spread.people,
    )
    spec, table = histogram(spread, unit=unit, target=target)
    return Chart(_("Spread across people"), summary % words, spec, table)


def _scores(asked: Asked, *, everyone: bool = False) -> QuerySet[Score]:
    """Weekly scores of the window; a week belongs to it from its Monday on."""
    scores = Score.objects.filter(period=Period.WEEK).order_by()
    span = asked.selection.span
    if span.start is not None:
        scores = scores.filter(starts_on__gte=first_day(Period.WEEK, span.start))
    if span.end is not None:
        scores = scores.filter(starts_on__lte=span.end)
    if asked.selection.teams is not None and not everyone:
        scores = scores.filter(team__in=asked.selection.teams)
    return scores


def _score_trend(asked: Asked) -> Chart | None:
    rows = _scores(asked).values_list("starts_on").annotate(Avg("score"), Count("pk"))
    own = {week: (mean, people) for week, mean, people in rows}
    if not own:
        return None
    weeks, means = sorted(own), {week: mean for week, (mean, _people) in own.items()}
    lines = [ChartLine(asked.name, [means[week] for week in weeks])]
    if asked.is_part:
        scores = _scores(asked, everyone=True).values_list("starts_on")
        whole = {
            week: mean
            for week, mean, people in scores.annotate(Avg("score"), Count("pk"))
            if may_tell(people, known=own.get(week, (mean, 0))[1])
        }
        lines.append(ChartLine(_("Company"), [whole.get(week) for week in weeks], role="team"))
    labels = [
        explorer.period_in_words("{:04d}-W{:02d}".format(*w.isocalendar()[:2])) for w in weeks
    ]
    spec, table = along_time(labels, lines, unit="points", references=References(FULL_SCORE))
    return Chart(
        _("Along time"), _score_sentence(asked, [means[week] for week in weeks]), spec, table
    )


def _score_sentence(asked: Asked, means: Sequence[Decimal]) -> str:
    words = {
        "name": asked.name,
        "last": number(means[-1], 1),
        "low": number(min(means), 1),
        "high": number(max(means), 1),
    }
    text = _(
        "Mean weekly score, %(name)s: %(last)s in the last week; between %(low)s and %(high)s in these weeks."
    )
    return text % words


def _score_spread(asked: Asked) -> Chart | None:
    means = _scores(asked).values_list("agent").annotate(mean=Avg("score"))
    spread = distribution([mean for _agent, mean in means], unit="points")
    return _spread_chart(spread, unit="points", target=FULL_SCORE, name=_("Mean weekly score"))


def scope_name(viewer: Person, chosen: Sequence[str]) -> str:
    """Whose figures they are: the chosen team and channel, else all that the viewer leads."""
    if chosen:
        return ", ".join(chosen)
    return _("whole company") if viewer.sees_everyone else _("your teams")
