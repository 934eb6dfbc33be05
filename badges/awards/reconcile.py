"""The night's step: what should be awarded − what is awarded.

An award is due when the criteria of a tier are met at one of its moments (`moments.py`). New
moments are judged for everyone, late facts only at the moments that they reach and for the people
whom they touch. What is due and not there is given; what is there and no longer due is taken back
as long as its award has not settled. One night at a time works on it (the lock of the ledger), and
the database lets nobody hold the same award twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.awards import kept, storing
from badges.awards import news as badge_news
from badges.awards.evaluation import Judge, Question, TierVerdict
from badges.awards.models.awards import (
    SETTLING_DAYS,
    Award,
    BadgeJudgement,
    BadgeSettlement,
)
from badges.awards.sets import complete_sets
from badges.awards.tiers import TierSpec, published_tiers, staff
from incentives.capabilities import StepResult
from scoring.copying import copy_out
from scoring.criteria.many_days import PAIR, PAIRS
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.models import PointEntry

# Beyond so many changed agent days everyone is judged again: telling people apart costs more.
MOST_TOUCHED = 50_000


def award_badges(changes: Changes) -> StepResult:
    """Give what is due and not given yet, take back what late facts have undone, complete sets.

    Running it again changes nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        storing.one_at_a_time()
        work = _Reconciliation(changes, published_tiers(), _judged())
        work.changed = _changed(cursor, changes, work)
        work.follow_facts()
        work.judge_new_moments()
        work.write_down()
        sets = complete_sets(as_of=work.until, people=work.collectors)
        work.tell()
    counts = {"given": len(work.given), "taken_back": len(work.taken), "sets": len(sets)}
    return StepResult(_line(counts), counts)


def _line(counts: Mapping[str, int]) -> str:
    if not any(counts.values()):
        return _("no new badges")
    given, taken = counts["given"], counts["taken_back"]
    line = ngettext("%(n)d badge won", "%(n)d badges won", given) % {"n": given}
    if taken:
        line += _(", %(n)d taken back") % {"n": taken}
    if counts["sets"]:
        line += _(", %(n)d sets completed") % {"n": counts["sets"]}
    return line


def _judged() -> dict[int, date]:
    """By version id the last day up to which it has been judged."""
    return dict(BadgeJudgement.objects.values_list("version", "judged_on"))


def _changed(cursor: Any, changes: Changes, work: _Reconciliation) -> pl.DataFrame:
    """The changed agent days, with those whose points have changed since the last night."""
    days = changes.days.select("agent_id", "day")
    if not work.judged or not work.asks_for_points:
        return days
    seen = BadgeSettlement.objects.values_list("last_entry", flat=True).filter(pk=1).first()
    entries = copy_out(
        cursor,
        "SELECT DISTINCT agent_id, occurred_on FROM scoring_pointentry"
        f" WHERE id > {int(seen or 0)} AND kind = 'rule'",
        DAYS_SCHEMA,
    )
    return pl.concat([days, entries]).unique()


@dataclass
class _Reconciliation:
    """One reconciliation: the published tiers, and what became of them.

    `changed` are the agent days whose facts or points are not what they were: agent_id, day.
    """

    changes: Changes
    tiers: list[TierSpec]
    judged: dict[int, date]
    changed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DAYS_SCHEMA))
    given: dict[int, int] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    _known: dict[tuple[int, bool], pl.DataFrame] = field(default_factory=dict)
    _pairs: dict[object, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def until(self) -> date:
        """The day that the night closes; never before what was judged already."""
        return max([self.changes.as_of, *self.judged.values()])

    @cached_property
    def judge(self) -> Judge:
        return Judge(staff(), self.tiers[0].moments.seasons if self.tiers else [])

    @property
    def asks_for_points(self) -> bool:
        """Whether any criterion is about points."""
        leaves = (leaf for spec in self.tiers for _path, leaf in spec.criteria.leaves())
        return any(leaf.points is not None for leaf in leaves)

    @property
    def collectors(self) -> set[int]:
        """Who may have completed a set: whoever won a badge now, or was given one since last night.

        A badge that was given by hand today does not count yet for the night that closes
        yesterday; the next one has to ask for its owner again.
        """
        since = max(self.judged.values(), default=date.min)
        granted = Award.objects.standing().exclude(granted_by=None)
        lately = granted.filter(awarded_on__gt=since, awarded_on__lte=self.until)
        return {*self.given.values(), *lately.order_by().values_list("person", flat=True)}

    @cached_property
    def touched(self) -> pl.Series:
        """Ids of the people with changed days."""
        return self.changed["agent_id"].unique()

    def judge_new_moments(self) -> None:
        """What has come to count since the last night, for everyone.

        What is counted since the beginning stays as it is for those without changed days.
        """
        asked = []
        for spec in self.tiers:
            days, only = self._new_days(spec), None
            if spec.only_grows and self._has_begun(spec) and not self.changes.everything:
                moments = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Date})
                only = self.touched.to_frame("subject_id").join(moments, how="cross")
            if days and (only is None or not only.is_empty()):
                asked.append(Question(spec, days, only, self._taken(spec, only is None)))
        self._give(self._answers(asked))

    def _has_begun(self, spec: TierSpec) -> bool:
        """Whether a moment of the version has been judged before, for everyone."""
        judged = self.judged.get(spec.version.pk, date.min)
        return judged >= (spec.moments.days.start or date.max)

    def _new_days(self, spec: TierSpec) -> list[date]:
        return spec.moments.between(self.judged.get(spec.version.pk), self.until)

    def follow_facts(self) -> None:
        """Moments that were judged before and that changed days reach: give, and take back."""
        by_day = {
            day: rows.select(subject_id="agent_id")
            for (day,), rows in self.changed.partition_by("day", as_dict=True).items()
        }
        judged = [spec for spec in self.tiers if spec.version.pk in self.judged]
        asked = [each for spec in judged if (each := self._reached(spec, by_day))]
        if not asked:
            return
        verdicts = self._answers(asked)
        self._take([each for each in asked if not self._unsettled(each).is_empty()], verdicts)
        self._give(verdicts)

    def _answers(self, asked: Sequence[Question]) -> dict[str, TierVerdict]:
        """The judge's answers, of which those that compare people are kept."""
        verdicts = self.judge.answer(asked)
        for each in asked:
            if each.spec.is_kept:
                kept.keep(each.spec, each.days, verdicts[each.spec.key].found)
        return verdicts

    def _reached(self, spec: TierSpec, by_day: Mapping[date, pl.DataFrame]) -> Question | None:
        """What has to be asked of a tier again; None for nothing."""
        if self.changes.everything:
            new = set(self._new_days(spec))
            days = [day for day in spec.moments.between(None, self.until) if day not in new]
            return Question(spec, days, taken=self._taken(spec, True)) if days else None
        # Most tiers are seen through the same few windows.
        view = spec.moments.view, frozenset(self._new_days(spec))
        if view not in self._pairs:
            self._pairs[view] = self._touched(spec, by_day)
        pairs = self._pairs[view]
        everyone = self.changed.height > MOST_TOUCHED or spec.depends_on_others
        days = pairs["as_of"].unique().to_list()
        if spec.depends_on_others:
            # A team's own facts move its people's scores, whoever of them was at work.
            days += self._moments_of_teams(spec)
        if not days:
            return None
        only = None if everyone else pairs
        return Question(spec, sorted(set(days)), only, self._taken(spec, everyone))

    def _moments_of_teams(self, spec: TierSpec) -> list[date]:
        days = set(self.changes.team_days["day"]) - set(self.changed["day"])
        new = self._new_days(spec)
        reached = {each for day in days for each in spec.moments.touched_by(day, until=self.until)}
        return sorted(reached.difference(new))

    def _touched(self, spec: TierSpec, by_day: Mapping[date, pl.DataFrame]) -> pl.DataFrame:
        """Who is to be judged again at which moments: pairs of changed person and moment."""
        new = self._new_days(spec)
        parts = [pl.DataFrame(schema=PAIRS)]
        for day, people in by_day.items():
            touched = spec.moments.touched_by(day, until=self.until)
            moments = pl.DataFrame({"as_of": touched}, schema={"as_of": pl.Date})
            parts.append(people.join(moments.filter(~pl.col("as_of").is_in(new)), how="cross"))
        return pl.concat(parts).unique(PAIR)

    def _of(self, spec: TierSpec, everyone: bool) -> pl.DataFrame:
        """Awards as they were before this night: of everyone, or of people with changed days."""
        badge, tier = spec.place
        if (badge, everyone) not in self._known:
            people = None if everyone else self.touched.to_list()
            self._known[badge, everyone] = storing.known(badge, people=people)
        return self._known[badge, everyone].filter(pl.col("tier") == tier)

    def _taken(self, spec: TierSpec, everyone: bool) -> Callable[[], pl.DataFrame]:
        """Who holds the tier, or may not win it again: someone took it back by hand."""
        return lambda: self._of(spec, everyone).select("subject_id", "occasion").unique()

    def _unsettled(self, asked: Question) -> pl.DataFrame:
        """Awards of the tier, and of whom is asked, that late facts can still take back."""
        since = self.until - timedelta(days=SETTLING_DAYS)
        rows = self._of(asked.spec, asked.only is None)
        return rows.filter(pl.col("stands"), pl.col("given_on") >= since)

    def _take(self, asked: Sequence[Question], verdicts: Mapping[str, TierVerdict]) -> None:
        """Revoke what was asked again and is not met any more, at no other moment either."""
        rows = [(each.spec, self._unmet(each, verdicts[each.spec.key].met)) for each in asked]
        other = self._other_moments([each for each in rows if not each[0].repeats])
        lost: dict[int, None] = {}
        rests: dict[int, date] = {}
        for spec, found in rows:
            for award, person in found.select("id", "subject_id").iter_rows():
                moment = other.get((spec.place, person))
                if moment is None:
                    lost[award] = None
                else:
                    rests[award] = moment
        storing.rest(rests)
        self.taken |= storing.take(list(lost), on=self.until)

    def _unmet(self, asked: Question, met: pl.DataFrame) -> pl.DataFrame:
        """Awards whose moment was asked again and is not met."""
        rows = self._unsettled(asked)
        if asked.only is None:
            rows = rows.filter(pl.col("as_of").is_in(list(asked.days)))
        else:
            rows = rows.join(asked.only, on=PAIR, how="semi")
        return rows.join(met, on=PAIR, how="anti")

    def _other_moments(
        self, rows: Sequence[tuple[TierSpec, pl.DataFrame]]
    ) -> dict[tuple[tuple[int, str], int], date]:
        """The first moment that those who lose one meet still, of badges won once.

        By badge and tier, and person. Where people are compared, who was among the best is kept:
        asking would read everyone's figures since the beginning.
        """
        people: dict[tuple[int, str], set[int]] = {}
        for spec, found in rows:
            people.setdefault(spec.place, set()).update(found["subject_id"])
        staff = self.judge.staff
        nobody_wins = staff.people.select("subject_id", occasion=pl.lit(""))
        met: list[tuple[TierSpec, pl.DataFrame]] = []
        asked = []
        for spec in self.tiers:
            who = sorted(people.get(spec.place, ()))
            days = spec.moments.between(None, self.until) if who else []
            only = None
            if days and spec.is_kept:
                pairs, days = kept.read(spec, days, who)
                met.append((spec, staff.allowed(pairs, spec.scope)))
            elif days:
                those = pl.DataFrame({"subject_id": who}, schema={"subject_id": pl.Int64})
                moments = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Date})
                only = those.join(moments, how="cross")
            if days:
                asked.append(Question(spec, days, only, nobody_wins.clone))
        verdicts = self._answers(asked)
        met += [(each.spec, verdicts[each.spec.key].met) for each in asked]
        first: dict[tuple[tuple[int, str], int], date] = {}
        for spec, pairs in met:
            for person, day in pairs.iter_rows():
                place = spec.place, person
                first[place] = min(first.get(place, day), day)
        return first

    def _give(self, verdicts: Mapping[str, TierVerdict]) -> None:
        specs = {spec.key: spec for spec in self.tiers}
        rows = [
            _awards(specs[key], verdict.new, self.until)
            for key, verdict in verdicts.items()
            if not verdict.new.is_empty()
        ]
        if rows:
            self.given |= storing.give(pl.concat(rows))

    def write_down(self) -> None:
        """Up to when each version has been judged, and which entries have been seen."""
        versions = {spec.version.pk for spec in self.tiers}
        BadgeJudgement.objects.bulk_create(
            [
                BadgeJudgement(version_id=pk, judged_on=self.until)
                for pk in sorted(versions)
                if self.judged.get(pk) != self.until
            ],
            update_conflicts=True,
            unique_fields=["version"],
            update_fields=["judged_on"],
        )
        last = PointEntry.objects.aggregate(last=Max("id"))["last"] or 0
        BadgeSettlement.objects.update_or_create(pk=1, defaults={"last_entry": last})

    def tell(self) -> None:
        """Let people know."""
        since = self.until - timedelta(days=badge_news.NEWS_DAYS)
        badge_news.won(storing.awards_to_tell(self.given, since=since), as_of=self.until)
        badge_news.taken_back(storing.awards_to_tell(self.taken, since=date.min))


def _awards(spec: TierSpec, new: pl.DataFrame, given_on: date) -> pl.DataFrame:
    """New awards as rows of the table."""
    expiry = {day: spec.expires_on(day) for day in new["as_of"].unique()}
    ends = pl.DataFrame(
        {"as_of": list(expiry), "expires_on": list(expiry.values())},
        schema={"as_of": pl.Date, "expires_on": pl.Date},
    )
    return new.join(ends, on="as_of").select(
        "occasion",
        "expires_on",
        "evidence",
        badge_id=pl.lit(spec.version.badge_id, dtype=pl.Int64),
        version_id=pl.lit(spec.version.pk, dtype=pl.Int64),
        person_id="subject_id",
        tier=pl.lit(spec.tier),
        awarded_on="as_of",
        given_on=pl.lit(given_on, dtype=pl.Date),
        points=pl.lit(spec.points, dtype=pl.Int64),
    )
