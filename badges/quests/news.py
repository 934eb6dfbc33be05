"""What the bell tells about quests, and in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.quests.members import people_in, team_members
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import WHOLE, Quest, QuestResult
from badges.quests.paying import Paid
from badges.quests.standings import told_share
from incentives.org.models import Membership, Role, RoleGrant, Supervision
from incentives.org.notices import News, NoticeKind, notify, tell
from incentives.org.wording import in_readers_language

Data = Mapping[str, Any]
MOST_NAMED = 3


def paid(found: Sequence[Paid]) -> None:
    """Tell people that they have done a quest, or that changed facts took it back."""
    quests = Quest.objects.in_bulk({each.quest for each in found})
    for kind, wanted in (
        ("quest_done", [each for each in found if each.is_won]),
        ("quest_undone", [each for each in found if not each.is_won]),
    ):
        names = {pk: (_named(quest), _address(quest)) for pk, quest in quests.items()}
        tell(kind, [_of_one(each, *names[each.quest]) for each in wanted])


def _of_one(each: Paid, name: dict[str, Any], address: str) -> News:
    return News(
        each.person, f"{each.quest}:{each.times}", name | {"points": abs(each.amount)}, address
    )


def closed(quests: Sequence[Quest], *, on: date) -> None:
    """Tell whoever had begun one of these quests and not done it, in one notice a night."""
    if not quests:
        return
    failed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    results = QuestResult.objects.filter(quest__in=quests, state=QuestResult.State.FAILED)
    for quest, person, share in results.filter(team=None).values_list("quest", "person", "share"):
        failed[person].append((quest, share))
    for quest, person, share in _members_of_failed(results):
        failed[person].append((quest, share))
    names = {quest.pk: _named(quest) for quest in quests}
    address = reverse("badges:quests_past")
    tell(
        "quest_over",
        [
            News(
                person,
                f"{on}:{quests_[0][0]}",
                {"quests": [names[q] | {"share": share} for q, share in quests_]},
                address,
            )
            for person, quests_ in sorted(failed.items())
        ],
    )


def _members_of_failed(results: Any) -> Iterable[tuple[int, int, int]]:
    # A claimed quest's row says that someone of the team handed in something: they began.
    begun = Q(share__gt=0) | Q(quest__way=Quest.Way.CLAIMED)
    for result in results.exclude(team=None).filter(begun).select_related("quest"):
        people = _whose(result)
        for person in people:
            yield result.quest_id, person, _told(result, people)


def _told(result: QuestResult, people: Collection[int]) -> int:
    """The share that those are told whose result it is: of a team only so much as tells of nobody."""
    return result.share if result.team_id is None else told_share(result.share, len(people))


def _whose(result: QuestResult) -> set[int]:
    """Ids of the person, or of those who were in the team on the quest's last day."""
    if result.person_id is not None:
        return {result.person_id}
    members = Membership.objects.taking_part(result.quest.ends_on).filter(team=result.team_id)
    return _people(members)


def failed_late(result: QuestResult) -> None:
    """Tell whoever's last claim was decided after the end that it was not enough."""
    quest = result.quest
    people = _whose(result)
    data = {"quests": [_named(quest) | {"share": _told(result, people)}]}
    notify(
        people=people,
        kind="quest_over",
        source_key=f"{quest.pk}:late",
        data=data,
        url=_address(quest),
    )


def made(quest: Quest, *, on: date) -> None:
    """Tell those whom it is for that someone made a quest."""
    by = quest.made_by
    data = _named(quest) | {
        "by": by.display_name if by else "",
        "points": quest.points,
        "until": quest.ends_on.isoformat(),
    }
    notify(
        people=people_in(quest, on=max(on, quest.starts_on)) - {quest.made_by_id},
        kind="quest_made",
        source_key=str(quest.pk),
        data=data,
        url=_address(quest),
    )


def cancelled(quest: Quest, *, on: date) -> None:
    """Tell those who take part that a quest was called off, and why."""
    by = quest.cancelled_by
    notify(
        people=people_in(quest, on=max(on, quest.starts_on)) - {quest.cancelled_by_id},
        kind="quest_cancelled",
        source_key=str(quest.pk),
        data=_named(quest) | {"by": by.display_name if by else "", "reason": quest.cancel_reason},
        url=_address(quest),
    )


def claimed(claim: QuestClaim) -> None:
    """Ask whoever leads the claimant's team to decide."""
    notify(
        people=approvers(claim),
        kind="quest_claimed",
        source_key=str(claim.pk),
        data=_named(claim.quest) | {"by": claim.person.display_name},
        url=reverse("badges:quest_board"),
    )


def decided(claim: QuestClaim) -> None:
    """Tell the claimant that a claim was approved or refused, with the reason."""
    approved = claim.status == QuestClaim.Status.APPROVED
    notify(
        people=[claim.person_id],
        kind="quest_claim_approved" if approved else "quest_claim_refused",
        source_key=str(claim.pk),
        data=_named(claim.quest) | {"reason": claim.reason},
        url=_address(claim.quest),
    )


def approvers(claim: QuestClaim) -> set[int]:
    """Ids of the team's supervisors; where there are none but who takes part, of its managers."""
    today = claim.claimed_on
    led = Supervision.objects.active(on=today).filter(team=claim.team_id)
    granted = RoleGrant.objects.filter(person__is_active=True).order_by()
    found = _people(led) | _people(granted.filter(role=Role.SUPERVISOR, team=claim.team_id))
    own = team_members(claim.quest, claim.subject) if claim.quest.for_team else set()
    found -= own | {claim.person_id}
    if not found:
        managers = granted.filter(role=Role.MANAGER)
        found = _people(
            managers.filter(team=claim.team_id)
            | managers.filter(site__teams=claim.team_id)
            | managers.filter(team=None, site=None)
        )
    return found - own - {claim.person_id}


def _people(rows: Any) -> set[int]:
    return set(rows.order_by().values_list("person", flat=True))


def _named(quest: Quest) -> dict[str, Any]:
    return {"en": quest.name_en, "zh": quest.name_zh}


def _address(quest: Quest) -> str:
    return reverse("badges:quest", args=[quest.pk])


def _name(data: Data) -> str:
    return in_readers_language(data["en"], data["zh"])


def _words(data: Data) -> dict[str, Any]:
    points = data.get("points", 0)
    shown = number_format(points, force_grouping=True)
    many = ngettext("%(points)s point", "%(points)s points", points) % {"points": shown}
    until = date.fromisoformat(data["until"]) if "until" in data else None
    return {
        **data,
        "quest": _name(data),
        "points": many,
        "until": date_format(until, "DATE_FORMAT") if until else "",
    }


def _done(data: Data) -> str:
    return _("Quest done: “%(quest)s”. %(points)s for you.") % _words(data)


def _undone(data: Data) -> str:
    text = _("Facts were corrected: “%(quest)s” is no longer met, so %(points)s go back.")
    return text % _words(data)


def _over(data: Data) -> str:
    quests = data["quests"]
    named = [
        _("“%(quest)s” (%(percent)d %%)")
        % {"quest": _name(each), "percent": each["share"] * 100 // WHOLE}
        for each in quests[:MOST_NAMED]
    ]
    words = {"quests": ", ".join(named), "count": len(quests)}
    text = ngettext(
        "%(count)d quest is over, not quite reached: %(quests)s. The next one is open.",
        "%(count)d quests are over, not quite reached: %(quests)s. The next ones are open.",
        len(quests),
    )
    return text % words


def _made(data: Data) -> str:
    text = _("%(by)s has a quest for you until %(until)s: “%(quest)s” for %(points)s.")
    return text % _words(data)


def _cancelled(data: Data) -> str:
    return _("%(by)s called off the quest “%(quest)s”: %(reason)s") % _words(data)


def _claimed(data: Data) -> str:
    return _("%(by)s has done “%(quest)s”. Please look at the evidence.") % _words(data)


def _approved(data: Data) -> str:
    return _("Your evidence for “%(quest)s” is approved.") % _words(data)


def _refused(data: Data) -> str:
    return _("Your evidence for “%(quest)s” was not accepted: %(reason)s") % _words(data)


KINDS = (
    NoticeKind("quest_done", "recognition", "star", _done, celebrates=True),
    NoticeKind("quest_undone", "recognition", "info", _undone),
    NoticeKind("quest_over", "play", "flag", _over),
    NoticeKind("quest_made", "play", "flag", _made),
    NoticeKind("quest_cancelled", "play", "info", _cancelled),
    NoticeKind("quest_claimed", "tasks", "check", _claimed),
    NoticeKind("quest_claim_approved", "play", "check", _approved),
    NoticeKind("quest_claim_refused", "play", "info", _refused),
)
