"""How far everyone is in the quests that figures decide, for all of them at once.

A quest is judged at moments, one for each of its days: over the days from its first to that one.
Whoever meets it at a moment has done it on that day; a quest that settles at the end has only the
moment of its last day. So what comes out follows from the facts alone, whenever the night asks. What
changed facts cannot have turned is not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from badges.quests.days import compares_people, running
from badges.quests.members import Members
from badges.quests.models.quests import WHOLE, Quest
from scoring.criteria import Criteria, evaluate_periods, load_criteria
from scoring.criteria.compile import Subjects
from scoring.figures.changes import Changes
from scoring.figures.metrics import Metric, find_metrics
from scoring.figures.windows import ONE_DAY, Period, Span

#: One row for each quest and person (team) that was asked about.
OUTCOMES = {
    "quest_id": pl.Int64,
    "subject_id": pl.Int64,
    "share": pl.Int32,
    "done_on": pl.Date,
    "evidence": pl.String,
}


@dataclass(frozen=True)
class Case:
    """A quest as a night judges it, on `day`."""

    quest: Quest
    day: date

    @cached_property
    def criteria(self) -> Criteria:
        """What is asked, over the quest's days so far."""
        stored = load_criteria(self.quest.criteria or {})
        return running(stored, start=self.quest.starts_on, end=self.last)

    @property
    def last(self) -> date:
        """The last moment by now."""
        return min(self.quest.ends_on, max(self.day, self.quest.judged_on or self.day))

    @property
    def at_end(self) -> bool:
        """Whether only its last day decides."""
        return self.quest.settles == Quest.Settles.END or compares_people(self.criteria)

    @property
    def has_one_moment(self) -> bool:
        """Whether the last moment by now tells everything."""
        return self.at_end or self.quest.starts_on == self.last

    @property
    def is_over(self) -> bool:
        """Whether its last moment has come."""
        return self.last == self.quest.ends_on

    @property
    def ends_now(self) -> bool:
        """Whether it is decided at the end, and this is the first night after it."""
        before = self.quest.judged_on
        return self.at_end and self.is_over and (before is None or before < self.last)

    @property
    def is_new(self) -> bool:
        """Whether no night has judged it before."""
        return self.quest.judged_on is None

    def is_due(self, changes: Changes) -> bool:
        """Whether anything can have turned since it was judged."""
        if self.is_new or changes.everything or self.last > (self.quest.judged_on or self.day):
            return True
        first, last = changes.first_day, changes.last_day
        return (
            first is not None
            and last is not None
            and first <= self.last
            and last >= self.quest.starts_on
        )


def judge(
    cases: Sequence[Case], *, members: Members, changes: Changes, known: pl.DataFrame
) -> pl.DataFrame:
    """The outcomes (see OUTCOMES) of whoever the changes can have touched.

    `known` has quest_id, subject_id and done_on of what is stored as done. One query for each
    distinct stretch of days, whatever the number of quests and people.
    """
    keys = [leaf.key for case in cases for _path, leaf in case.criteria.leaves()]
    metrics = find_metrics(keys)
    found: list[pl.DataFrame] = []
    for by in ("agent", "team"):
        mine = [case for case in cases if case.quest.for_team == (by == "team")]
        found += _Evaluation(mine, by, members, changes, known, metrics).outcomes()
    gone = [_of_no_member(case, members, known) for case in cases]
    return pl.concat([pl.DataFrame(schema=OUTCOMES), *found, *gone])


def _of_no_member(case: Case, members: Members, known: pl.DataFrame) -> pl.DataFrame:
    """Of what is stored as done that of people (teams) who, as it turned out, never took part."""
    of_team = case.quest.for_team
    who = members.team_ids(case.quest) if of_team else members.people(case.quest)
    done = known.filter(pl.col("quest_id") == case.quest.pk).join(who, on="subject_id", how="anti")
    nothing = {
        "share": pl.lit(0, dtype=pl.Int32),
        "done_on": pl.lit(None, dtype=pl.Date),
        "evidence": pl.lit(None, dtype=pl.String),
    }
    return done.select("quest_id", "subject_id", **nothing)


@dataclass(frozen=True)
class _Evaluation:
    cases: Sequence[Case]
    by: Subjects
    members: Members
    changes: Changes
    known: pl.DataFrame
    metrics: dict[str, Metric]

    def outcomes(self) -> Iterable[pl.DataFrame]:
        anew = [case for case in self.cases if self._anew(case)]
        yield from self._at_last([case for case in anew if case.has_one_moment], None, {})
        yield from self._at_all([case for case in anew if not case.has_one_moment], None)
        others = [case for case in self.cases if not self._anew(case)]
        groups = _by_days([case for case in others if not case.has_one_moment])
        late = {days: self._late(*days, group) for days, group in groups.items()}
        yield from self._at_last(others, self.changes.agents, late)
        for days, group in groups.items():
            if late[days]:
                yield from self._at_all(group, late[days])

    def _anew(self, case: Case) -> bool:
        """Whether everyone is asked: teams (they are few), the first time, at the end, compared."""
        return (
            self.by == "team"
            or case.is_new
            or case.ends_now
            or self.changes.everything
            or compares_people(case.criteria)
        )

    def _late(self, start: date, last: date, cases: Sequence[Case]) -> set[int]:
        """Agents whose earlier moments may turn: a day before the last one changed, or they came
        to one of the teams after the first day, and their work from before counts from then on.
        """
        days = self.changes.days.filter(pl.col("day").is_between(start, last - ONE_DAY))
        found = set(days["agent_id"])
        for case in cases:
            came = pl.col("since").is_between(start, last, closed="right")
            found |= set(self.members.people(case.quest).filter(came)["subject_id"])
        return found

    def _at_last(
        self,
        cases: Sequence[Case],
        subjects: Collection[int] | None,
        late: Mapping[tuple[date, date], set[int]],
    ) -> Iterable[pl.DataFrame]:
        """Judged at the last moment only; where there are several, what was done before stands.

        Without those who are judged at all moments.
        """
        if not cases or (subjects is not None and not subjects):
            return
        day = max(case.last for case in cases)
        judged = self._judged(cases, Span(day, day), subjects)
        for case, frame in zip(cases, judged, strict=True):
            asked = frame.with_columns(moment=pl.lit(case.last))
            if not case.has_one_moment:
                skipped = late[case.quest.starts_on, case.last]
                asked = asked.filter(~pl.col("subject_id").is_in(list(skipped)))
            yield self._outcome(case, asked)

    def _at_all(
        self, cases: Sequence[Case], subjects: Collection[int] | None
    ) -> Iterable[pl.DataFrame]:
        """Judged at every moment: done on the first that meets it."""
        for (start, last), group in _by_days(cases).items():
            judged = self._judged(group, Span(start, last), subjects)
            for case, frame in zip(group, judged, strict=True):
                yield self._first(case, frame.rename({"starts_on": "moment"}))

    def _judged(
        self, cases: Sequence[Case], span: Span, subjects: Collection[int] | None
    ) -> list[pl.DataFrame]:
        found = evaluate_periods(
            {str(case.quest.pk): case.criteria for case in cases},
            period=Period.DAY,
            span=span,
            by=self.by,
            subjects=subjects,
            metrics=self.metrics,
            evidence="met",
        )
        return [self._taking_part(case, found[str(case.quest.pk)]) for case in cases]

    def _taking_part(self, case: Case, frame: pl.DataFrame) -> pl.DataFrame:
        quest = case.quest
        who = self.members.team_ids(quest) if quest.for_team else self.members.people(quest)
        return frame.join(who, on="subject_id")

    def _outcome(self, case: Case, frame: pl.DataFrame) -> pl.DataFrame:
        met = pl.col("met") & (pl.col("since") <= pl.col("moment"))
        if case.at_end:
            met &= pl.lit(case.is_over)
        frame = frame.with_columns(done=pl.when(met).then("moment"))
        if not case.has_one_moment:
            before = self.known.filter(
                (pl.col("quest_id") == case.quest.pk) & (pl.col("done_on") < case.last)
            ).select("subject_id", before="done_on")
            frame = frame.join(before, on="subject_id", how="left").with_columns(
                done=pl.coalesce("before", "done")
            )
        return _shaped(case, frame)

    def _first(self, case: Case, frame: pl.DataFrame) -> pl.DataFrame:
        done = frame.filter(pl.col("met") & (pl.col("since") <= pl.col("moment")))
        first = (
            done.sort("moment")
            .group_by("subject_id", maintain_order=True)
            .first()
            .select("subject_id", "evidence", done="moment")
        )
        last = frame.filter(pl.col("moment") == case.last).drop("evidence")
        return _shaped(case, last.join(first, on="subject_id", how="left"))


def _by_days(cases: Iterable[Case]) -> Mapping[tuple[date, date], list[Case]]:
    """Quests with the same days by now."""
    found: dict[tuple[date, date], list[Case]] = defaultdict(list)
    for case in cases:
        found[case.quest.starts_on, case.last].append(case)
    return found


def _shaped(case: Case, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of OUTCOMES; the whole way only where it is done, or met by now."""
    share = (pl.col("progress") * WHOLE).floor().cast(pl.Int32)
    whole = pl.col("done").is_not_null() | pl.col("met")
    return frame.select(
        quest_id=pl.lit(case.quest.pk, dtype=pl.Int64),
        subject_id="subject_id",
        share=pl.when(whole).then(WHOLE).otherwise(share.clip(0, WHOLE - 1)).cast(pl.Int32),
        done_on=pl.col("done").cast(pl.Date),
        evidence=pl.when(pl.col("done").is_not_null()).then("evidence"),
    )
