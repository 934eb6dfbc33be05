"""Criteria judged on many days at once where few meet them: only who does is ever written down.

`evaluate_periods` answers for everyone on every day. Where the question is “who, and when first?”
over months of days, that would be millions of rows that say no. Here each criterion gives the
pairs of person and day that meet it; “all” keeps what its parts have in common, “any” what one has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from scoring.criteria.compile import answered, everyone
from scoring.criteria.evaluation import judge, met_by, met_by_nothing, ranked
from scoring.criteria.reads import Reader
from scoring.criteria.schema import Criteria, Criterion
from scoring.criteria.streaks import at_days, runs
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Span

PAIR = ["subject_id", "as_of"]
PAIRS = {"subject_id": pl.Int64(), "as_of": pl.Date()}


class Sitting:
    """Criteria (by key) of agents, judged on each of the `days`; one query for each distinct window.

    `subjects` are ids of agents, None stands for everyone who works (see `evaluate`). “Since the
    beginning” means up to the day. Without a season of `seasons` around a day, criteria on the
    season are not met on it.
    """

    def __init__(
        self,
        criteria: Mapping[str, Criteria],
        *,
        days: Sequence[date],
        subjects: Collection[int] | None = None,
        seasons: Sequence[Span] = (),
        metrics: Mapping[str, Metric] | None = None,
    ) -> None:
        self.criteria, self.days, self.subjects = criteria, sorted(days), subjects
        leaves = {leaf: None for each in criteria.values() for _path, leaf in each.leaves()}
        found = dict(metrics) if metrics is not None else find_metrics(leaf.key for leaf in leaves)
        self.reader = Reader(
            by="agent",
            days=self.days,
            seasons=seasons,
            metrics=found,
            subjects=subjects,
            so_far=True,
        )
        self.reader.read(list(leaves))
        self._grid: pl.DataFrame | None = None

    def met(self, key: str) -> pl.DataFrame:
        """The pairs (subject_id, as_of) that meet these criteria, without repetitions."""
        pairs = self._node(self.criteria[key], None)
        if self.subjects is None:
            return pairs
        # What a top percentage compares with is read for everyone.
        mine = pl.DataFrame({"subject_id": sorted(self.subjects)}, schema={"subject_id": pl.Int64})
        return pairs.join(mine, on="subject_id", how="semi")

    def evidence(self, key: str, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs with `evidence`, JSON text as `evaluate` gives it, in the same order."""
        rows = pairs.select(PAIR)
        found = answered({key: self.criteria[key]}, rows, self.reader)[key]
        return found.select(*PAIR, "evidence")

    def _node(self, node: Criteria | Criterion, among: pl.DataFrame | None) -> pl.DataFrame:
        """Who meets a part; of `among` only, if given."""
        if isinstance(node, Criterion):
            return self._leaf(node, among)
        if node.any is not None:
            found = [self._node(each, among) for each in node.nodes]
            return pl.concat(found).unique(PAIR)
        # What nobody meets without totals comes first, so that there are only few left for the
        # parts that almost everyone meets.
        for each in sorted(node.nodes, key=self._is_met_by_nothing):
            among = self._node(each, among)
        return self._everyone() if among is None else among

    def _is_met_by_nothing(self, node: Criteria | Criterion) -> bool:
        if isinstance(node, Criterion):
            return node.streak == 1 and met_by_nothing(node, self.reader.metrics[node.key])
        parts = [self._is_met_by_nothing(each) for each in node.nodes]
        return all(parts) if node.all is not None else any(parts)

    def _leaf(self, leaf: Criterion, among: pl.DataFrame | None) -> pl.DataFrame:
        metric = self.reader.metrics[leaf.key]
        if leaf.streak > 1:
            return self._streak(leaf, metric, among)
        values = ranked(self.reader.values(leaf), leaf=leaf, metric=metric, within="as_of")
        if metric.bottom is None:
            values = values.with_columns(pl.col("n").fill_null(0))
        met = met_by(leaf, metric)
        if self._is_met_by_nothing(leaf):
            asked = self._everyone() if among is None else among
            asked = asked.join(self.reader.spans(leaf), on="as_of", how="semi")
            return asked.join(values.filter(~met), on=PAIR, how="anti")
        pairs = values.filter(met).select(PAIR)
        return pairs if among is None else among.join(pairs, on=PAIR, how="semi")

    def _streak(self, leaf: Criterion, metric: Metric, among: pl.DataFrame | None) -> pl.DataFrame:
        values = ranked(self.reader.periods(leaf), leaf=leaf, metric=metric, within="starts_on")
        periods = runs(judge(values, leaf=leaf, metric=metric))
        long_enough = periods.filter(pl.col("run") >= leaf.streak).select("subject_id").unique()
        if among is None:
            days = pl.DataFrame({"as_of": self.days}, schema={"as_of": pl.Date})
            grid = long_enough.join(days, how="cross")
        else:
            grid = among.join(long_enough, on="subject_id", how="semi")
        if grid.is_empty():
            return pl.DataFrame(schema=PAIRS)
        return at_days(grid.select(PAIR), periods, leaf=leaf).filter("met").select(PAIR)

    def _everyone(self) -> pl.DataFrame:
        """Every person on every day."""
        if self._grid is None:
            asked = self.subjects
            ids = sorted(set(asked)) if asked is not None else everyone(
                "agent", self.days, self.reader.seen()
            )  # fmt: skip
            people = pl.DataFrame({"subject_id": ids}, schema={"subject_id": pl.Int64})
            days = pl.DataFrame({"as_of": self.days}, schema={"as_of": pl.Date})
            self._grid = people.join(days, how="cross")
        return self._grid
