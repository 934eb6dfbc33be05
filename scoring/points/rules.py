"""Writing point rules: drafts, publishing, new versions, ending. A published version never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.access import may_change
from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.figures.windows import ONE_DAY
from scoring.models import PointRule, PointRuleChange
from scoring.points.checks import Problems, problems
from scoring.points.scope import Scope


class RuleRefused(Refused):
    """A rule that cannot be saved or published; `problems` says for each field what is wrong."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__(" ".join(text for texts in problems.values() for text in texts))

    @property
    def by_field(self) -> Mapping[str, Sequence[str]]:
        """See Refused."""
        return self.problems


def may_change_rule(person: Person, rule: PointRule) -> bool:
    """Whether someone may change a rule: all its versions are for teams that they may change.

    So nobody takes a rule of the company over by a version that is for their own teams.
    """
    versions = PointRule.objects.filter(key=rule.key).order_by()
    scopes = [rule.applies_to, *versions.values_list("applies_to", flat=True)]
    teams = [Scope.model_validate(each).teams for each in scopes]
    for_everyone = not all(teams)
    return may_change(person, teams=() if for_everyone else {pk for each in teams for pk in each})


def changeable_by(person: Person, rules: Iterable[PointRule]) -> list[PointRule]:
    """Those of the rules that someone may change."""
    return [rule for rule in rules if may_change_rule(person, rule)]


def _require(by: Person | None, rule: PointRule) -> None:
    """Refuse whoever may not change the rule; None is the product itself."""
    if by is not None and not may_change_rule(by, rule):
        text = _("This rule is for people beyond those you manage: ask whoever runs the company.")
        raise RuleRefused({NON_FIELD_ERRORS: [text]})


def _require_another(by: Person | None, rule: PointRule) -> None:
    """Refuse whoever would be paid by a rule of some teams: one for everyone treats all alike."""
    teams = Scope.model_validate(rule.applies_to).teams
    if by is None or not teams:
        return
    if by.memberships.active(on=by.company_today).filter(team__in=teams).exists():
        text = _("You are in one of these teams: let someone publish it whom it does not pay.")
        raise RuleRefused({NON_FIELD_ERRORS: [text]})


def save_draft(*, rule: PointRule, by: Person | None) -> PointRule:
    """Save a draft that is in order. Raises RuleRefused; nothing is saved then."""
    _require(by, rule)
    if rule.is_published:
        raise RuleRefused({NON_FIELD_ERRORS: [_("This version is published: make a new version.")]})
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
    rule = _still_there(rule, versions)
    if rule.is_published:
        return rule
    _require(by, rule)
    _require_another(by, rule)
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
def new_version(*, rule: PointRule, starts_on: date, by: Person | None) -> PointRule:
    """A draft that begins as a copy of the newest version; the draft there is, if there is one.

    Raises RuleRefused.
    """
    _require(by, rule)
    versions = PointRule.objects.filter(key=rule.key)
    list(versions.select_for_update())
    # Looked for once more: whoever held the lock may have begun the draft meanwhile.
    newest = versions.order_by("-version").first()
    if newest is None:
        raise RuleRefused({NON_FIELD_ERRORS: [_gone()]})
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
def end(*, rule: PointRule, on: date, today: date, by: Person | None) -> PointRule:
    """Let a published version hold until `on` (included); one that has not begun is withdrawn.

    Raises RuleRefused for a day before its first day, or after the day it ends on already.
    """
    _require(by, rule)
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


@transaction.atomic
def delete_draft(*, rule: PointRule, by: Person | None) -> None:
    """Throw a draft away. Raises RuleRefused for a published version."""
    _require(by, rule)
    rule = _still_there(rule, PointRule.objects.select_for_update().filter(pk=rule.pk))
    if rule.is_published:
        raise RuleRefused({NON_FIELD_ERRORS: [_("A published rule stays for the record: end it.")]})
    rule.delete()


def _still_there(rule: PointRule, found: Iterable[PointRule]) -> PointRule:
    """The rule as it is now. Raises RuleRefused when somebody deleted it meanwhile."""
    for each in found:
        if each.pk == rule.pk:
            return each
    raise RuleRefused({NON_FIELD_ERRORS: [_gone()]})


def _gone() -> str:
    return _("Someone deleted this draft meanwhile.")
