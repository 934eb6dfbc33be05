"""How a quest stands for someone, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.quests.models.quests import WHOLE, Quest
from incentives.org.disclosure import in_steps, may_tell
from incentives.org.models import Person
from incentives.org.notation import day, number, percent
from scoring.criteria import Criteria, CriteriaError, Criterion, load_criteria

#: Up to this target the stored share gives back exactly what was counted.
_EXACT = Decimal(WHOLE // 2)
RECENT_DAYS, MOST_RECENT = 3, 8


@dataclass(frozen=True, slots=True)
class QuestStanding:
    """A quest as `components/quest.html` takes it."""

    quest: Quest
    name: str
    state: str
    text: str
    part: int
    whole: int
    reward: str
    note: str
    url: str

    @property
    def is_done(self) -> bool:
        """Whether it is done, by the person or the team."""
        return self.state == "done"


def quests_of(person: Person, *, on: date) -> list[QuestStanding]:
    """The running quests of someone, those that can still be won first. One query."""
    found = Quest.objects.running(on=on).for_member(person, on=on).with_standing(person)
    standings = [standing(quest, on=on) for quest in found.order_by("ends_on", "audience", "pk")]
    return sorted(standings, key=lambda each: each.state != "open")


def recent_quests_of(person: Person, *, on: date) -> list[QuestStanding]:
    """Quests of someone that ended in the last days, the latest first. One query."""
    ended = Quest.objects.exclude(status=Quest.Status.CANCELLED).filter(
        ends_on__lt=on, ends_on__gte=on - timedelta(days=RECENT_DAYS)
    )
    found = ended.for_member(person, on=on).with_standing(person).order_by("-ends_on", "pk")
    return [standing(quest, on=on) for quest in found[:MOST_RECENT]]


def standing(quest: Quest, *, on: date) -> QuestStanding:
    """How a quest that was read `with_standing` stands on a day."""
    result: Mapping[str, Any] = quest.result or {}  # type: ignore[attr-defined]
    pieces: Mapping[str, int] = quest.pieces or {}  # type: ignore[attr-defined]
    share = result.get("share", 0)
    of_team = quest.for_team and not quest.is_claimed
    if of_team:
        share = told_share(share, result.get("people") or 0)
    elif not quest.is_claimed:
        share = max(share, quest.own_share or 0)  # type: ignore[attr-defined]
    state = _state(quest, result.get("state"), pieces, on)
    approved = pieces.get("approved", 0)
    text = _("%(part)s of %(whole)s") % {"part": number(approved), "whole": number(quest.count)}
    return QuestStanding(
        quest=quest,
        name=quest.name,
        state=state,
        text=text if quest.is_claimed else so_far(None if of_team else quest.criteria, share),
        part=approved if quest.is_claimed else share,
        whole=quest.count if quest.is_claimed else WHOLE,
        reward=reward(quest.points),
        note=_note(quest, state, pieces, on),
        url=reverse("badges:quest", args=[quest.pk]),
    )


def told_share(share: int, people: int) -> int:
    """A team's share of the way as its members are told: in steps, nothing where they are too few."""
    if share >= WHOLE:
        return WHOLE
    return int(in_steps(Decimal(share) / WHOLE) * WHOLE) if may_tell(people) else 0


def _state(quest: Quest, result: str | None, pieces: Mapping[str, int], on: date) -> str:
    if result == "done":
        return "done"
    waiting = pieces.get("waiting", 0)
    if waiting and waiting + pieces.get("approved", 0) >= quest.count:
        return "waiting"
    if not quest.is_open or (quest.ends_on < on and not quest.takes_claims(on)):
        return "over"
    return "open"


def so_far(criteria: Mapping[str, Any] | None, share: int) -> str:
    """What was made of it: “18 of 30” of a plain number to collect, else per cent of the way."""
    target = _to_collect(criteria)
    if target is None:
        return percent(min(share, WHOLE) * 100 // WHOLE, 0)
    counted = (target * share / WHOLE).quantize(Decimal(1), ROUND_HALF_UP)
    return _("%(part)s of %(whole)s") % {"part": number(counted), "whole": number(target)}


def _to_collect(criteria: Mapping[str, Any] | None) -> Decimal | None:
    """The number that a quest of one plain sum asks for."""
    try:
        loaded: Criteria | None = load_criteria(criteria) if criteria else None
    except CriteriaError:
        return None
    nodes: Sequence[Any] = loaded.nodes if loaded else ()
    if len(nodes) != 1 or not isinstance(nodes[0], Criterion) or nodes[0].measure is None:
        return None
    leaf = nodes[0]
    whole = leaf.value is not None and leaf.value == leaf.value.to_integral_value()
    if leaf.op != ">=" or leaf.value is None or not whole or not 0 < leaf.value <= _EXACT:
        return None
    return leaf.value


def reward(points: int) -> str:
    """The points as a reward: +30 points."""
    text = ngettext("+%(points)s point", "+%(points)s points", points)
    return text % {"points": number(points)}


def _note(quest: Quest, state: str, pieces: Mapping[str, int], on: date) -> str:
    parts = [_("with your team")] if quest.for_team else []
    if pieces.get("waiting") and state == "open":
        parts.append(_("%(count)d waiting for approval") % {"count": pieces["waiting"]})
    if state == "open" and quest.ends_on > on:
        parts.append(_("until %(day)s") % {"day": day(quest.ends_on)})
    elif state == "open" and quest.ends_on == on:
        parts.append(_("today only") if quest.starts_on == on else _("last day"))
    elif state == "open":
        parts.append(_("evidence until %(day)s") % {"day": day(quest.closes_on)})
    elif quest.ends_on < on and not quest.is_cancelled:
        parts.append(day(quest.ends_on))
    elif state == "over" and quest.is_cancelled:
        parts.append(_("called off"))
    return " · ".join(parts)
