"""Writing point rules: drafts, publishing, new versions, ending. A published version never changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from incentives.org.access import may_change
from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.models import PointRule, PointRuleChange
from scoring.points.checks import Problems, problems


def may_change_rule(person: Person, rule: PointRule) -> bool:
    """Whether someone may change a rule: all its versions are for teams that they may change.

    So nobody takes a rule of the company over by a version that is for their own teams.
    """
    versions = PointRule.objects.filter(key=rule.key).order_by()
    teams = [each.scope.teams for each in (rule, *versions.only("applies_to"))]
    for_everyone = not all(teams)
    return may_change(person, teams=() if for_everyone else {pk for each in teams for pk in each})


def changeable_by(person: Person, rules: Iterable[PointRule]) -> list[PointRule]:
    """Those of the rules that someone may change."""
    return [rule for rule in rules if may_change_rule(person, rule)]


def _require(by: Person | None, rule: PointRule) -> None:
    """Refuse whoever may not change the rule; None is the product itself."""
    if by is not None and not may_change_rule(by, rule):
        text = _("This rule is for people beyond those you manage: ask whoever runs the company.")
        raise Refused(text)


def _require_another(by: Person | None, rule: PointRule) -> None:
    """Refuse whoever would be paid by a rule of some teams: one for everyone treats all alike."""
    teams = rule.scope.teams
    if by is None or not teams:
        return
    if by.memberships.active(on=by.company_today).filter(team__in=teams).exists():
        text = _("You are in one of these teams: let someone publish it whom it does not pay.")
        raise Refused(text)


def save_draft(*, rule: PointRule, by: Person | None) -> PointRule:
    """Save a draft that is in order. Raises Refused; nothing is saved then."""
    _require(by, rule)
    if rule.is_published:
        raise Refused(_("This version is published: make a new version."))
    found = problems(rule)
    if found:
        raise Refused(found)
    rule.save()
    return rule


def publish(*, rule: PointRule, by: Person | None) -> PointRule:
    """Put a draft into force from its first day; the version before ends the day before.

    The night follows up the days for which the rules are different now. Raises Refused.
    """

    def found(draft: PointRule) -> Problems:
        _require(by, draft)
        _require_another(by, draft)
        return problems(draft)

    return rule.publish(by=by, problems=found, on_change=_changed)


def _changed(rule: PointRule, first: date, last: date | None) -> None:
    PointRuleChange.objects.create(rule=rule, first_day=first, last_day=last)


def new_version(*, rule: PointRule, starts_on: date, by: Person | None) -> PointRule:
    """A draft that begins as a copy of the rule; the draft there is, if there is one.

    Raises Refused.
    """
    _require(by, rule)
    return rule.new_version(starts_on=starts_on)


def end(*, rule: PointRule, on: date, today: date, by: Person | None) -> PointRule:
    """Let a published version hold until `on` (included); one that has not begun is withdrawn.

    Raises Refused for a day before its first day, or from the day on that it ends on already.
    """
    _require(by, rule)
    return rule.retire(after=on, today=today, on_change=_changed)


def delete_draft(*, rule: PointRule, by: Person | None) -> None:
    """Throw a draft away. Raises Refused for a published version."""
    _require(by, rule)
    rule.discard()
