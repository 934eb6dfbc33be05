"""The points ledger: desired − posted becomes new entries; nothing is ever changed or removed.

`reconcile` is the night's step. One at a time works on the ledger (an advisory lock), and each
entry has a key that only one writer can have, so that nothing is posted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from incentives.capabilities import StepResult
from incentives.org import locks
from incentives.org.models import Person
from scoring.figures.changes import Changes
from scoring.models import PointEntry, PointRule, PointRuleChange, PointSettlement, Season
from scoring.points import due
from scoring.points.desired import work_out
from scoring.points.evaluation import widen_where_turned
from scoring.points.posting import Booking, Posted, post_difference
from scoring.points.reach import (
    LATEST,
    WEEK_END,
    Step,
    ToLastDays,
    WhereTurned,
    Widen,
    last_of,
    open_reach,
    reach,
    threshold_period,
)
from scoring.points.specs import RuleSpec, families, levels, spec_of

LEDGER_LOCK = 0x907A75
_Group = tuple[list[RuleSpec], tuple[Step, ...]]


def reconcile(changes: Changes, *, because: Mapping[str, Any] | None = None) -> StepResult:
    """Post what the changed agent days are worth now, less what is posted for them already.

    Running it again posts nothing. `because` is added to the cause of every correction, for
    callers who know better than the facts why something changed: {"why": "appeal", "appeal": 7}.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        locks.hold(LEDGER_LOCK)
        settled = PointSettlement.last_day()
        until = max(changes.as_of, settled or changes.as_of)
        work = _LedgerRun(
            cursor, until, Booking(changes.as_of, closed_through(), because), published_rules()
        )
        open_reach(cursor)
        work.follow_rules()
        work.follow_facts(changes)
        work.follow_calendar(settled or until)
        PointSettlement.objects.update_or_create(pk=1, defaults={"settled_on": until})
    done = work.done
    counts = {"entries": done.entries, "given": done.given, "taken_back": done.taken_back}
    return StepResult(_line(done), counts)


def _line(done: Posted) -> str:
    if not done.entries:
        return _("Nothing to post.")
    return _("%(entries)d entries: %(given)d points given, %(taken)d taken back.") % {
        "entries": done.entries,
        "given": done.given,
        "taken": done.taken_back,
    }


@dataclass(slots=True)
class _LedgerRun:
    """One reconciliation: the rules, and the days until which periods have ended."""

    cursor: Any
    until: date
    booking: Booking
    rules: list[RuleSpec]
    done: Posted = field(default_factory=Posted)

    def follow_rules(self) -> None:
        """Rules that were published, replaced or ended since the last night."""
        changed = list(PointRuleChange.objects.order_by("id"))
        for rules, steps in _groups(self.rules) if changed else ():
            by_id = {rule.id: rule for rule in rules}
            mine = [change for change in changed if change.rule_id in by_id]
            if mine:
                self.start()
                for change in mine:
                    rule = by_id[change.rule_id]
                    due.reach_rule(self.cursor, rule, change.first_day, change.last_day)
                self.settle(rules, steps, why="rule")
        PointRuleChange.objects.filter(pk__in=[change.pk for change in changed]).delete()

    def follow_facts(self, changes: Changes) -> None:
        """The changed agent days, with the days that guards, thresholds and caps tie to them."""
        changes.stage(self.cursor, "point_changed")
        if changes.everything:
            due.stage_everything(self.cursor, "point_changed")
        self.cursor.execute("SELECT min(day) FROM point_changed")
        first: date | None = self.cursor.fetchone()[0]
        if first is None:
            return
        for rules, steps in _groups(rule for rule in self.rules if _may_reach(rule, first)):
            self.start(_first_days(steps))
            self.settle(rules, steps)

    def follow_calendar(self, settled: date) -> None:
        """Weeks, months and quarters that have ended since: their thresholds are judged now."""
        if settled >= self.until:
            return
        for rules, steps in _groups(self.rules):
            periods = {threshold_period(rule.threshold)[0] for rule in rules if rule.threshold}
            self.start()
            ended = [due.reach_ended(self.cursor, each, settled, self.until) for each in periods]
            if any(ended):
                self.settle(rules, [step for step in steps if isinstance(step, Widen)])

    def start(self, days: str = "") -> None:
        """Begin with the days of a query, or with none."""
        self.cursor.execute("TRUNCATE point_reach")
        if days:
            self.cursor.execute(f"INSERT INTO point_reach {days}")

    def settle(
        self, rules: Sequence[RuleSpec], steps: Iterable[Step], *, why: str | None = None
    ) -> None:
        """Widen the days in `point_reach`, work out what they are worth, post the difference."""
        known = {}
        for step in steps:
            if isinstance(step, WhereTurned):
                known[step.guard] = widen_where_turned(self.cursor, step, rules)
            else:
                step.run(self.cursor)
        self.cursor.execute("ANALYZE point_reach")
        desired = work_out(self.cursor, rules, until=self.until, known=known)
        self.done += post_difference(self.cursor, desired, rules, self.booking, why=why)


def published_rules() -> list[RuleSpec]:
    """Every published version, ended and withdrawn ones included: their entries may have to go."""
    published = PointRule.objects.filter(status=PointRule.Status.PUBLISHED).order_by("id")
    return [spec_of(rule) for rule in published]


def _may_reach(rule: RuleSpec, first: date) -> bool:
    """Whether days from `first` on can touch days on which the rule held."""
    if rule.ends_on is None or rule.ends_on >= first - due.LONGEST_PERIOD - timedelta(days=7):
        return True
    return any(isinstance(step, Widen) and step.last == LATEST for step in reach(rule))


def _steps(family: Sequence[RuleSpec]) -> tuple[Step, ...]:
    """How far a changed day reaches for rules that count each other."""
    mixed = len({rule.threshold is None for rule in family}) > 1
    steps: dict[Step, None] = {}
    for rule in (rule for layer in levels(family) for rule in layer):
        for step in reach(rule):
            if mixed and isinstance(step, ToLastDays):
                steps[replace(step, keep=True)] = None
            elif mixed and isinstance(step, Widen):
                steps[replace(step, all_days=True)] = None
            else:
                steps[step] = None
    return tuple(steps)


def _groups(rules: Iterable[RuleSpec]) -> list[_Group]:
    """Rules that are settled together, by one read of the totals and one of the ledger.

    These are all whose changed days reach only forward, or where a guard has turned: on most
    nights that adds no day. Rules that reach further are settled with those that reach as far.
    """
    near: list[RuleSpec] = []
    near_steps: dict[Step, None] = {}
    far: dict[tuple[Step, ...], list[RuleSpec]] = {}
    for family in families(list(rules)):
        steps = _steps(family)
        if all(_is_near(step) for step in steps):
            near += family
            near_steps |= dict.fromkeys(steps)
        else:
            far.setdefault(steps, []).extend(family)
    # Days that a guard adds change what the rest of their week may still use, so weeks come last.
    in_order = tuple(sorted(near_steps, key=_rank))
    return [*([(near, in_order)] if near else []), *((far[steps], steps) for steps in far)]


def _first_days(steps: Sequence[Step]) -> str:
    """The query of the changed days; only the last ones of their periods where no others matter."""
    first = steps[0] if steps else None
    if isinstance(first, ToLastDays) and not first.keep:
        return f"SELECT DISTINCT agent_id, {last_of(first.period, 'day')} FROM point_changed"
    return "SELECT agent_id, day FROM point_changed"


def _rank(step: Step) -> int:
    if isinstance(step, Widen):
        return 2 if step.last == WEEK_END else 1
    return 0


def _is_near(step: Step) -> bool:
    if isinstance(step, Widen):
        return step.first == "k.day" and not step.all_days
    return isinstance(step, WhereTurned)


def closed_through() -> date | None:
    """The last day of the closed seasons: points of days up to it count in the open one."""
    closed = Season.objects.exclude(closed_at=None).aggregate(day=Max("ends_on"))
    day: date | None = closed["day"]
    return day


def posted(agent: Person, day: date) -> QuerySet[PointEntry]:
    """The entries earned by an agent on a day, oldest first, with their rule and actor."""
    entries = PointEntry.objects.filter(agent=agent, occurred_on=day)
    return entries.select_related("rule", "actor", "reverses").order_by("id")


def settled_entry() -> int:
    """The highest entry of the ledger below which nothing can appear any more; 0 when it is empty.

    Entries get their number before they are committed. The owner's lock on the ledger waits for
    those on their way, for the blink that it is held.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT scoring_await_ledger()")
        highest: int | None = PointEntry.objects.aggregate(highest=Max("pk"))["highest"]
    return highest or 0
