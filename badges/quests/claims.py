"""Claims: handed in, withdrawn, approved or refused; the last approval that is needed pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from badges.quests import files
from badges.quests import news as quest_news
from badges.quests.members import team_members, within
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import WHOLE, Quest, QuestResult
from badges.quests.paying import pay
from incentives.org.models import Membership, Person, Role
from incentives.org.refusals import Refused
from scoring.points.decisions import release

_Status = QuestClaim.Status
SHORTEST_REASON = 5
#: How often someone may hand in evidence for each piece that a quest asks for.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is handed in: a text, a link, a file, as the quest asks."""

    text: str = ""
    link: str = ""
    file: UploadedFile[Any] | None = field(default=None)


def claim(
    *, quest: Quest, by: Person, evidence: Evidence, on: date, token: UUID | None = None
) -> QuestClaim:
    """Hand in evidence on a day. `token` names the form: sent twice, it is one claim.

    Raises Refused, also for evidence of another kind than the quest asks, and Refused.
    """
    _check_kind(quest, evidence)
    media_type = files.check(evidence.file) if evidence.file else ""
    stored = files.store(evidence.file, media_type=media_type) if evidence.file else ""
    try:
        made, is_new = _claim(quest, by, evidence, on, token, (media_type, stored))
    except BaseException:
        files.discard(stored)
        raise
    if not is_new:
        files.discard(stored)
    return made


def _check_kind(quest: Quest, evidence: Evidence) -> None:
    """Refuse what was not asked for; a word beside a link or a file is welcome."""
    given = {
        Quest.Evidence.TEXT: bool(evidence.text.strip()),
        Quest.Evidence.LINK: bool(evidence.link),
        Quest.Evidence.FILE: evidence.file is not None,
    }
    beside = {kind for kind, there in given.items() if there} - {Quest.Evidence.TEXT}
    if quest.is_claimed and (
        not given[Quest.Evidence(quest.evidence)] or beside - {quest.evidence}
    ):
        raise Refused(_("Hand in the evidence that this quest asks for, and nothing else."))
    if evidence.link and not _is_address(evidence.link):
        raise Refused(_("A link begins with https:// or http://."))


def _is_address(link: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError:
        return False
    return True


@transaction.atomic
def _claim(
    quest: Quest,
    by: Person,
    evidence: Evidence,
    on: date,
    token: UUID | None,
    stored: tuple[str, str],
) -> tuple[QuestClaim, bool]:
    # The quest's row lets one at a time count what is there, so that nobody is one too many.
    current = Quest.objects.select_for_update().get(pk=quest.pk)
    known = QuestClaim.objects.filter(token=token, person=by).first() if token else None
    if known is not None:
        return known, False
    if not current.takes_claims(on):
        raise Refused(_("This quest takes no evidence any more."))
    team = _team_of(by, current, on)
    subject = team if current.for_team else by.pk
    number = _free_number(current, subject)
    _check_tries(current, by)
    made = QuestClaim.objects.create(
        quest=current,
        person=by,
        team_id=team,
        subject=subject,
        number=number,
        text=evidence.text.strip(),
        link=evidence.link,
        file_name=evidence.file.name[:200] if evidence.file and evidence.file.name else "",
        file_type=stored[0],
        file_path=stored[1],
        token=token,
        claimed_on=on,
    )
    quest_news.claimed(made)
    return made, True


def _team_of(person: Person, quest: Quest, on: date) -> int:
    day = min(on, quest.ends_on)
    member = within(quest, Membership.objects.taking_part(day).filter(person=person))
    team = member.values_list("team", flat=True).first()
    if team is None:
        raise Refused(_("This quest is for another team."))
    return team


def _free_number(quest: Quest, subject: int) -> int:
    held = QuestClaim.objects.filter(
        quest=quest, subject=subject, status__in=[_Status.WAITING, _Status.APPROVED]
    )
    taken = set(held.values_list("number", flat=True))
    free = next((n for n in range(1, quest.count + 1) if n not in taken), None)
    if free is None:
        raise Refused(_("Everything that this quest asks for is handed in already."))
    return free


def _check_tries(quest: Quest, person: Person) -> None:
    handed_in = QuestClaim.objects.filter(quest=quest, person=person).count()
    if handed_in >= TRIES * quest.count:
        raise Refused(
            _("You have handed in evidence %(count)d times: ask your supervisor what is missing.")
            % {"count": handed_in}
        )


@transaction.atomic
def withdraw(*, claim: QuestClaim, by: Person) -> QuestClaim:
    """Take one's own claim back while nobody has decided it; its file goes. Raises Refused."""
    current = QuestClaim.objects.select_for_update().get(pk=claim.pk)
    if current.person_id != by.pk:
        raise Refused(_("Only whoever handed it in can take it back."))
    if not current.is_waiting:
        raise Refused(_("This claim is decided already."))
    files.discard_later([current.file_path])
    current.status, current.file_path = _Status.WITHDRAWN, ""
    current.save(update_fields=["status", "file_path"])
    return current


def approve(*, claim: QuestClaim, by: Person) -> QuestClaim:
    """Say yes to a claim; when it is the last one needed, the quest is done and paid.

    Raises Refused, also when someone else has decided it meanwhile.
    """
    return _decide(claim, by, _Status.APPROVED, "")


def refuse(*, claim: QuestClaim, by: Person, reason: str) -> QuestClaim:
    """Say no with a reason that the claimant reads. Raises Refused."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Write why, so that the next try succeeds."))
    return _decide(claim, by, _Status.REFUSED, reason.strip())


def approve_all(*, claims: Iterable[QuestClaim], by: Person) -> tuple[int, list[str]]:
    """Say yes to several: how many, and what was told of those that could not be."""
    approved, problems = 0, []
    for each in claims:
        try:
            approve(claim=each, by=by)
        except Refused as error:
            problems.append(f"{each.person.display_name}, {each.quest.name}: {error}")
        else:
            approved += 1
    return approved, problems


@transaction.atomic
def _decide(claim: QuestClaim, by: Person, status: str, reason: str) -> QuestClaim:
    quest = Quest.objects.select_for_update().get(pk=claim.quest_id)
    claims = QuestClaim.objects.select_related("decided_by", "person")
    current = claims.select_for_update(of=("self",)).get(pk=claim.pk)
    current.quest = quest
    if by.pk in _concerned(quest, current):
        raise Refused(_("Someone else has to look at your own evidence."))
    if not QuestClaim.objects.to_decide(by).filter(pk=claim.pk).exists():
        raise Refused(_("The supervisor of the claimant's team decides."))
    if not current.is_waiting:
        raise Refused(_what_happened(current))
    current.status, current.reason = status, reason
    current.decided_by, current.decided_at = by, timezone.now()
    current.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    if status != _Status.APPROVED or not _count(quest, current):
        quest_news.decided(current)
    _fail_when_over(quest, current)
    return current


def _concerned(quest: Quest, claim: QuestClaim) -> set[int]:
    """Ids of those who hand in, and are paid, together: a team, or one person."""
    team = team_members(quest, claim.subject) if quest.for_team else set()
    return team | {claim.person_id}


def _what_happened(claim: QuestClaim) -> str:
    if claim.status == _Status.WITHDRAWN:
        return _("%(name)s took this back.") % {"name": claim.person.display_name}
    by = claim.decided_by.display_name if claim.decided_by else ""
    if claim.status == _Status.APPROVED:
        return _("%(name)s has approved this already.") % {"name": by}
    return _("%(name)s has refused this already: %(reason)s") % {"name": by, "reason": claim.reason}


def _count(quest: Quest, claim: QuestClaim) -> bool:
    """Bring the result up to date with what is approved; whether the quest is done now."""
    approved = QuestClaim.objects.filter(
        quest=quest, subject=claim.subject, status=_Status.APPROVED
    )
    days = list(approved.values_list("claimed_on", flat=True))
    whole = len(days) >= quest.count
    result = _result(quest, claim)
    if result.state == QuestResult.State.DONE:
        return False
    result.share = WHOLE if whole else len(days) * WHOLE // quest.count
    result.state = QuestResult.State.DONE if whole else QuestResult.State.RUNNING
    result.done_on = min(max(days), quest.ends_on) if whole else None
    result.save()
    if whole:
        quest_news.paid(pay([quest.pk]))
    return whole


def _result(quest: Quest, claim: QuestClaim) -> QuestResult:
    who = {"team_id": claim.subject} if quest.for_team else {"person_id": claim.subject}
    return QuestResult.objects.filter(quest=quest, **who).first() or QuestResult(quest=quest, **who)


def _fail_when_over(quest: Quest, claim: QuestClaim) -> None:
    """After the end, the last decision that was waited for says that it was not enough."""
    if quest.status != Quest.Status.CLOSED:
        return
    if not quest.claims.filter(status=_Status.WAITING).exists():
        release("quest", [quest.pk])
    mine = QuestClaim.objects.filter(quest=quest, subject=claim.subject)
    result = _result(quest, claim)
    if result.state == QuestResult.State.DONE or mine.filter(status=_Status.WAITING).exists():
        return
    result.state = QuestResult.State.FAILED
    result.save()
    quest_news.failed_late(result)


def waiting_for(person: Person) -> int:
    """How many claims wait for a supervisor, for the navigation; nobody else pays for it."""
    if not person.has_role(Role.SUPERVISOR):
        return 0
    return QuestClaim.objects.to_decide(person).filter(status=QuestClaim.Status.WAITING).count()
