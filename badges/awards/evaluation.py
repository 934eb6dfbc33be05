"""Who meets which tiers at which moments: many tiers, people and days with few reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from badges.awards.tiers import Staff, TierSpec
from scoring.criteria.many_days import PAIR, PAIRS, Sitting
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import Span

# So many pairs of person and day are judged at once, so that memory stays bounded.
MOST_PAIRS = 2_000_000
NEW = {**PAIRS, "occasion": pl.String(), "evidence": pl.String()}


@dataclass(frozen=True, slots=True)
class Question:
    """A tier, the moments at which it is judged, and for whom: everyone, or pairs of `only`.

    `taken` reads the (subject_id, occasion) that cannot be won, because they are held or closed; it
    is asked only when someone meets the tier.
    """

    spec: TierSpec
    days: Sequence[date]
    only: pl.DataFrame | None = None
    taken: Callable[[], pl.DataFrame] | None = None

    @property
    def subjects(self) -> Collection[int] | None:
        """Whom it is about; None for everyone."""
        return None if self.only is None else self.only["subject_id"].unique().to_list()

    def new(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Of pairs that meet the tier those that win it: the first for each occasion not taken."""
        names = {day: self.spec.occasion(day) for day in pairs["as_of"].unique()}
        named = pl.DataFrame(
            {"as_of": list(names), "occasion": list(names.values())},
            schema={"as_of": pl.Date, "occasion": pl.String},
        )
        rows = pairs.join(named, on="as_of")
        if self.taken is not None and not rows.is_empty():
            rows = rows.join(self.taken(), on=["subject_id", "occasion"], how="anti")
        return rows.sort("as_of").unique(
            ["subject_id", "occasion"], keep="first", maintain_order=True
        )


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """Who meets a tier: all pairs (subject_id, as_of), and what is `new` with its evidence.

    `found` has those too whom it is not for, or who were not at work on the day.
    """

    found: pl.DataFrame
    met: pl.DataFrame
    new: pl.DataFrame


@dataclass
class Judge:
    """Answers questions; reads the catalogue of metrics and the staff once."""

    staff: Staff
    seasons: Sequence[Span]
    _metrics: dict[str, Metric] = field(default_factory=dict)

    def answer(self, questions: Sequence[Question]) -> dict[str, TierVerdict]:
        """By the tier's key who meets it; one question for each tier.

        Questions about the same days and people are answered together.
        """
        self._know(questions)
        parts: dict[str, list[TierVerdict]] = {each.spec.key: [] for each in questions}
        for group in _groups(questions):
            for days, subjects in self._parts(group):
                for key, verdict in self._part(group, days, subjects).items():
                    parts[key].append(verdict)
        return {each.spec.key: _joined(parts[each.spec.key]) for each in questions}

    def _know(self, questions: Sequence[Question]) -> None:
        keys = {leaf.key for each in questions for _path, leaf in each.spec.criteria.leaves()}
        if unknown := sorted(keys - self._metrics.keys()):
            self._metrics |= find_metrics(unknown)

    def _parts(
        self, group: Sequence[Question]
    ) -> Iterator[tuple[Sequence[date], Collection[int] | None]]:
        """Cut what is too much for one sitting: by people, or by days where people are compared."""
        days, subjects = group[0].days, _subjects(group)
        people = subjects if subjects is not None else self.staff.people["subject_id"].to_list()
        if len(days) * len(people) <= MOST_PAIRS:
            yield days, subjects
        elif group[0].spec.depends_on_others:
            step = max(1, MOST_PAIRS // len(people))
            for at in range(0, len(days), step):
                yield days[at : at + step], subjects
        else:
            ordered = sorted(people)
            step = max(1, MOST_PAIRS // len(days))
            for at in range(0, len(ordered), step):
                yield days, ordered[at : at + step]

    def _part(
        self, group: Sequence[Question], days: Sequence[date], subjects: Collection[int] | None
    ) -> dict[str, TierVerdict]:
        sitting = Sitting(
            {each.spec.key: each.spec.criteria for each in group},
            days=days,
            subjects=subjects,
            seasons=self.seasons,
            metrics=self._metrics,
        )
        found = {}
        for each in group:
            everyone = sitting.met(each.spec.key)
            pairs = self.staff.allowed(everyone, each.spec.scope)
            if each.only is not None:
                pairs = pairs.join(each.only, on=PAIR, how="semi")
            found[each.spec.key] = TierVerdict(everyone, pairs, _told(sitting, each, pairs))
        return found


def _told(sitting: Sitting, question: Question, pairs: pl.DataFrame) -> pl.DataFrame:
    new = question.new(pairs)
    if new.is_empty():
        return pl.DataFrame(schema=NEW)
    told = sitting.evidence(question.spec.key, new)
    return new.select(*PAIR, "occasion").with_columns(told["evidence"])


def _joined(parts: Sequence[TierVerdict]) -> TierVerdict:
    """The verdicts of several sittings; the first moment of each occasion wins."""
    found = pl.concat([pl.DataFrame(schema=PAIRS), *(each.found for each in parts)])
    met = pl.concat([pl.DataFrame(schema=PAIRS), *(each.met for each in parts)])
    new = pl.concat([pl.DataFrame(schema=NEW), *(each.new for each in parts)])
    if len(parts) > 1:
        new = new.sort("as_of").unique(
            ["subject_id", "occasion"], keep="first", maintain_order=True
        )
    return TierVerdict(found, met, new)


def _groups(questions: Sequence[Question]) -> list[list[Question]]:
    """Questions about the same days, and alike in whom they need."""
    groups: dict[tuple[object, ...], list[Question]] = {}
    for each in questions:
        if each.days:
            alike = (tuple(each.days), each.spec.depends_on_others, each.only is None)
            groups.setdefault(alike, []).append(each)
    return list(groups.values())


def _subjects(group: Sequence[Question]) -> list[int] | None:
    if any(each.only is None for each in group):
        return None
    return sorted({pk for each in group for pk in each.subjects or ()})
