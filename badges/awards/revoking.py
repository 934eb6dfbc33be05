"""Taking an award back: a manager's decision, with a reason that the agent reads."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from badges.awards import news as badge_news
from badges.awards.models.awards import Award
from badges.awards.paying import take_back
from incentives.org.models import Person, Role
from incentives.org.refusals import Refused
from scoring.points.giving import GIVERS, require_reason


def may_revoke(*, award: Award, by: Person) -> bool:
    """Whether someone may take this award back: managers of the person, and who granted it.

    Whoever granted it and gives badges no more has to ask a manager as well.
    """
    if award.person_id == by.pk:
        return False
    if award.granted_by_id == by.pk:
        return by.has_role(*GIVERS)
    return (
        by.has_role(Role.MANAGER)
        and Person.objects.decided_by(by).filter(pk=award.person_id).exists()
    )


@transaction.atomic
def revoke(*, award: Award, by: Person, reason: str) -> Award:
    """Take an award back with its points, and tell the agent; twice is once.

    The night does not give it again: who took it back decides. Raises Refused.
    """
    award = Award.objects.select_for_update(of=("self",)).select_related("badge").get(pk=award.pk)
    if award.is_revoked:
        return award
    if not may_revoke(award=award, by=by):
        raise Refused(_("A badge is taken back by a manager of the person: ask one."))
    reason = require_reason(reason, _("Write in a sentence why: the agent will read it."))
    award.revoked_at, award.revoked_on = timezone.now(), by.company_today
    award.revoked_by, award.revoked_reason = by, reason
    award.revoked_cause = Award.Cause.PERSON
    award.save(
        update_fields=[
            "revoked_at", "revoked_on", "revoked_by", "revoked_reason", "revoked_cause",
        ]
    )  # fmt: skip
    take_back([award], why="person")
    badge_news.taken_back([award])
    return award
