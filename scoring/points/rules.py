"""Writing point rules: drafts, publishing, new versions, ending. A published version never changes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.models import Person
from scoring.models import PointRule, PointRuleChange
from scoring.points.checks import Problems, problems
from scoring.windows import ONE_DAY


class RuleRefused(ValueError):
    """A rule that cannot be saved or published; `problems` says for each field what is wrong."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__(" ".join(text for texts in problems.values() for text in texts))


def save_draft(*, rule: PointRule) -> PointRule:
    """Save a draft that is in order. Raises RuleRefused; nothing is saved then."""
    if rule.is_published:
        raise RuleRefused({"__all__": [_("This version is published: make a new version.")]})
    found = problems(rule)
    if found:
        raise RuleRefused(found)
    rule.save()
    return rule


@transaction.atomic
def publish(*, rule: PointRule, by: Person | None) -> PointRule:
    """Put a draft into force from its first day; the version before ends the day before.

    The night follows up the days for which the rules are different now. Raises RuleRefused.
    """
    versions = list(PointRule.objects.select_for_update().filter(key=rule.key).order_by("version"))
    rule = next(each for each in versions if each.pk == rule.pk)
    if rule.is_published:
        return rule
    found = problems(rule)
    if found:
        raise RuleRefused(found)
    for other in versions:
        if other.holds_on(rule.starts_on):
            _end(other, rule.starts_on - ONE_DAY, until=rule.ends_on)
    rule.status = PointRule.Status.PUBLISHED
    rule.published_at, rule.published_by = timezone.now(), by
    rule.save()
    PointRuleChange.objects.create(rule=rule, first_day=rule.starts_on, last_day=rule.ends_on)
    return rule


def _end(rule: PointRule, on: date, until: date | None = None) -> None:
    last, rule.ends_on = rule.ends_on, on
    rule.save(update_fields=["ends_on"])
    PointRuleChange.objects.create(rule=rule, first_day=on + ONE_DAY, last_day=last)


@transaction.atomic
def new_version(*, rule: PointRule, starts_on: date) -> PointRule:
    """A draft that begins as a copy of the newest version; the draft there is, if there is one."""
    versions = PointRule.objects.select_for_update().filter(key=rule.key)
    newest = versions.order_by("-version")[0]
    if not newest.is_published:
        return newest
    return PointRule.objects.create(
        key=rule.key,
        version=newest.version + 1,
        name_en=rule.name_en,
        name_zh=rule.name_zh,
        per=rule.per,
        expression=rule.expression,
        units=rule.units,
        threshold=rule.threshold,
        amount=rule.amount,
        cap_day=rule.cap_day,
        cap_week=rule.cap_week,
        guard=rule.guard,
        applies_to=rule.applies_to,
        starts_on=starts_on,
    )


@transaction.atomic
def end(*, rule: PointRule, on: date, today: date) -> PointRule:
    """Let a published version hold until `on` (included); one that has not begun is withdrawn.

    Raises RuleRefused for a day before its first day, or after the day it ends on already.
    """
    rule = PointRule.objects.select_for_update().get(pk=rule.pk)
    if not rule.is_published or (rule.ends_on is not None and rule.ends_on < on):
        raise RuleRefused(
            {"on": [_("It does not hold after that day anyway: choose an earlier one.")]}
        )
    if rule.starts_on > today:
        on = rule.starts_on - ONE_DAY
    elif on < rule.starts_on:
        raise RuleRefused(
            {"on": [_("It began later than that: choose its first day or a later one.")]}
        )
    _end(rule, on)
    return rule


def delete_draft(*, rule: PointRule) -> None:
    """Throw a draft away. Raises RuleRefused for a published version."""
    if rule.is_published:
        raise RuleRefused({"__all__": [_("A published rule stays for the record: end it.")]})
    rule.delete()
