"""The compiler: answers any number of criteria from one read of each distinct window."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal

import polars as pl
from django.db.models import Exists, OuterRef, Q

from incentives.org.dated import overlaps
from incentives.org.models import Membership, Person, Team
from incentives.org.participation import at_work
from scoring.criteria.evaluation import judge, ranked
from scoring.criteria.evidence import evidence_of_streak, with_evidence
from scoring.criteria.reads import Reader
from scoring.criteria.schema import Criteria, Criterion
from scoring.criteria.streaks import at_days, runs
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Period, Span, first_day, last_day, next_first_day

Subjects = Literal["agent", "team"]
#: Whose evidence is told: nobody's, that of who meets the criteria, or everyone's.
Told = Literal["nothing", "met", "all"]


def evaluate(
    criteria: Mapping[str, Criteria],
    *,
    as_of: date,
    by: Subjects = "agent",
    subjects: Collection[int] | None = None,
    season: Span | None = None,
    metrics: Mapping[str, Metric] | None = None,
    evidence: bool = True,
) -> Mapping[str, pl.DataFrame]:
    """Who meets which criteria, as seen on `as_of`.

    For each key a frame with one row for each subject: subject_id, met (bool), progress (0–1, 1
    exactly where met) and evidence (JSON text: a list with metric, start, end, value, n, d, op,
    threshold and met of every criterion, a streak's for every period of it; null without
    `evidence`). `subjects` are ids of agents or teams; None stands for everyone who works: in a team on that day, or with totals
    in a window, and not gone. Top percentages are always among everyone.

    Costs one grouped query for each distinct window (and period, for streaks), one or two for the
    metrics unless given, and one for the subjects unless given. Without a `season`, criteria on
    the season are not met. Raises UnknownMetric, ExpressionError.
    """
    seasons = [season] if season else []
    told: Told = "all" if evidence else "nothing"
    found = _run(criteria, [as_of], by, subjects, seasons, metrics, told)
    return {key: frame.drop("as_of") for key, frame in found.items()}


def evaluate_periods(
    criteria: Mapping[str, Criteria],
    *,
    period: Period,
    span: Span,
    by: Subjects = "agent",
    subjects: Collection[int] | None = None,
    seasons: Sequence[Span] = (),
    metrics: Mapping[str, Metric] | None = None,
    evidence: Told = "nothing",
) -> Mapping[str, pl.DataFrame]:
    """The same for every period of a closed span at once, each as seen on its last day.

    For each key one row for each subject × period: subject_id, starts_on (the period's first
    day), met, progress and, unless nobody's is asked for, evidence. A day's guard over "month" is
    so judged over the whole month that the day lies in. Queries: as for `evaluate`, whatever the
    number of periods. Raises ValueError for an open span.
    """
    if span.start is None or span.end is None:
        raise ValueError("The span has to be closed: name its first and last day.")
    starts = [first_day(period, span.start)]
    while (following := next_first_day(period, starts[-1])) <= span.end:
        starts.append(following)
    days = [last_day(period, start) for start in starts]
    found = _run(criteria, days, by, subjects, seasons, metrics, evidence)
    begins = pl.DataFrame({"as_of": days, "starts_on": starts})
    columns = ["met", "progress", *([] if evidence == "nothing" else ["evidence"])]
    return {
        key: frame.join(begins, on="as_of", maintain_order="left").select(
            "subject_id", "starts_on", *columns
        )
        for key, frame in found.items()
    }


def _run(
    criteria: Mapping[str, Criteria],
    days: Sequence[date],
    by: Subjects,
    subjects: Collection[int] | None,
    seasons: Sequence[Span],
    metrics: Mapping[str, Metric] | None,
    told: Told,
) -> dict[str, pl.DataFrame]:
    leaves = {leaf: None for each in criteria.values() for _path, leaf in each.leaves()}
    found = dict(metrics) if metrics is not None else find_metrics(leaf.key for leaf in leaves)
    reader = Reader(by=by, days=days, seasons=seasons, metrics=found, subjects=subjects)
    reader.read(list(leaves))
    ids = sorted(set(subjects)) if subjects is not None else everyone(by, days, reader.seen())
    grid = pl.DataFrame({"subject_id": ids}, schema={"subject_id": pl.Int64}).join(
        pl.DataFrame({"as_of": days}, schema={"as_of": pl.Date}), how="cross"
    )
    return answered(criteria, grid, reader, told=told)


def answered(
    criteria: Mapping[str, Criteria], grid: pl.DataFrame, reader: Reader, *, told: Told = "all"
) -> dict[str, pl.DataFrame]:
    """By key the rows (subject_id, as_of) of the grid with met, progress and evidence.

    Evidence is text that takes longer than all the rest: `told` says whose is wanted. The reader
    has read what the criteria need, for the days of the grid.
    """
    leaves = {leaf: None for each in criteria.values() for _path, leaf in each.leaves()}
    # Criteria on the same amounts differ in what they ask of them only; a rank is each one's own.
    shared: dict[object, pl.DataFrame] = {}
    answers: dict[Criterion, pl.DataFrame] = {}
    for leaf in leaves:
        if leaf.streak > 1:
            answers[leaf] = _answer_streak(leaf, reader, grid, told)
            continue
        place = leaf if leaf.percentile else (leaf.key, leaf.window)
        if place not in shared:
            shared[place] = _amounts(leaf, reader, grid)
        answers[leaf] = _answer(leaf, reader, shared[place], told)
    return {key: _combined(each, grid, answers, told) for key, each in criteria.items()}


def _amounts(leaf: Criterion, reader: Reader, grid: pl.DataFrame) -> pl.DataFrame:
    """What was measured, with the days of the window (and the rank), in the grid's order."""
    metric = reader.metrics[leaf.key]
    values = ranked(reader.values(leaf), leaf=leaf, metric=metric, within="as_of")
    frame = grid.join(values, on=["subject_id", "as_of"], how="left", maintain_order="left")
    spans = reader.spans(leaf).with_columns(there=True)
    frame = frame.join(spans, on="as_of", how="left", maintain_order="left")
    if metric.bottom is None:
        # Without totals nothing happened, so a plain sum is zero; without a season it is nothing.
        frame = frame.with_columns(n=pl.when(pl.col("there")).then(pl.col("n").fill_null(0)))
    return frame


def _answer(leaf: Criterion, reader: Reader, amounts: pl.DataFrame, told: Told) -> pl.DataFrame:
    """met, progress and what evidence needs, if asked for, in the grid's order."""
    frame = judge(amounts, leaf=leaf, metric=reader.metrics[leaf.key])
    return frame.select("met", "progress") if told == "nothing" else frame


def _answer_streak(leaf: Criterion, reader: Reader, grid: pl.DataFrame, told: Told) -> pl.DataFrame:
    metric = reader.metrics[leaf.key]
    values = ranked(reader.periods(leaf), leaf=leaf, metric=metric, within="starts_on")
    judged = judge(values, leaf=leaf, metric=metric)
    periods = runs(judged)
    frame = at_days(grid, periods, leaf=leaf)
    return frame if told == "nothing" else evidence_of_streak(frame, periods, leaf=leaf)


def _combined(
    criteria: Criteria,
    grid: pl.DataFrame,
    answers: Mapping[Criterion, pl.DataFrame],
    told: Told,
) -> pl.DataFrame:
    names = {
        leaf: at for at, leaf in enumerate(dict.fromkeys(each for _p, each in criteria.leaves()))
    }
    frame = pl.concat(
        [
            grid,
            *(
                answers[leaf].select(pl.col("met", "progress").name.suffix(str(at)))
                for leaf, at in names.items()
            ),
        ],
        how="horizontal",
    )
    met, progress = _tree(criteria, names)
    frame = frame.select("subject_id", "as_of", met=met, progress=progress)
    rows = frame.with_row_index("at")
    wanted = {"all": rows, "met": rows.filter("met"), "nothing": rows.clear()}[told]["at"]
    texts = _texts({leaf: answers[leaf] for leaf in names}, wanted)
    return rows.join(texts, on="at", how="left", maintain_order="left").drop("at")


def _texts(answers: Mapping[Criterion, pl.DataFrame], rows: pl.Series) -> pl.DataFrame:
    """The evidence of these rows: at, evidence."""
    if rows.is_empty():
        return pl.DataFrame(schema={"at": pl.UInt32, "evidence": pl.String})
    parts = [
        (frame if leaf.streak > 1 else with_evidence(frame, leaf=leaf))["evidence"].alias(str(at))
        for at, (leaf, frame) in enumerate((leaf, answer[rows]) for leaf, answer in answers.items())
    ]
    text = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return pl.DataFrame(parts).select(at=rows, evidence=pl.format("[{}]", text))


def _tree(node: Criteria | Criterion, names: Mapping[Criterion, int]) -> tuple[pl.Expr, pl.Expr]:
    """met and progress: of “all” the mean of what is inside, of “any” the furthest."""
    if isinstance(node, Criterion):
        return pl.col(f"met{names[node]}"), pl.col(f"progress{names[node]}")
    inside = [_tree(each, names) for each in node.nodes]
    mets, parts = [met for met, _part in inside], [part for _met, part in inside]
    if node.all is not None:
        return pl.all_horizontal(mets), pl.mean_horizontal(parts)
    return pl.any_horizontal(mets), pl.max_horizontal(parts)


def everyone(by: Subjects, days: Sequence[date], seen: set[int]) -> list[int]:
    """Agents (teams) at work in these days: by membership, or because they have totals."""
    if by == "team":
        open_teams = Team.objects.filter(Q(archived_on=None) | Q(archived_on__gt=days[0])).order_by(
            "pk"
        )
        return list(open_teams.values_list("pk", flat=True))
    member = Membership.objects.filter(overlaps(days[0], days[-1]), person=OuterRef("pk"))
    people = Person.objects.filter(at_work(days[0], days[-1])).order_by("pk")
    rows = people.annotate(works=Exists(member)).values_list("pk", "works")
    return [pk for pk, works in rows if works or pk in seen]
