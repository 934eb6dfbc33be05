"""What people are told about badges: won, taken back, sets completed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from badges.awards.models.awards import Award
from badges.awards.models.sets import SetCompletion
from incentives.org.notices import News, NoticeKind, tell
from incentives.org.wording import in_readers_language

Data = Mapping[str, Any]
# What was won longer ago than this (a new badge may look back) is found in the cabinet; telling it
# as news would be strange.
NEWS_DAYS = 30
MOST_EACH = 3
CABINET = "/badges/"


def _badge(data: Data) -> str:
    return in_readers_language(data["name_en"], data.get("name_zh", ""))


def _won(data: Data) -> str:
    words = {"badge": _badge(data), "tier": _tier(data["tier"])}
    if data.get("by"):
        words["name"] = data["by"]
        return _("%(name)s gave you a badge: “%(badge)s”, %(tier)s") % words
    return _("You won a badge: “%(badge)s”, %(tier)s") % words


def _tier(tier: str) -> str:
    return {
        "bronze": pgettext("medal", "bronze"),
        "silver": pgettext("medal", "silver"),
        "gold": pgettext("medal", "gold"),
    }[tier]


def _several(data: Data) -> str:
    many = data["many"]
    text = ngettext("You won %(n)d badge. Have a look!", "You won %(n)d badges. Have a look!", many)
    return text % {"n": many}


def _taken_back(data: Data) -> str:
    words = {"badge": _badge(data), "reason": data.get("reason", "")}
    if data.get("reason"):
        return _("Your badge “%(badge)s” was taken back: %(reason)s") % words
    return _("Facts were corrected, so your badge “%(badge)s” no longer holds.") % words


def _set_completed(data: Data) -> str:
    return _("You completed a set: “%(set)s”") % {"set": _badge(data)}


KINDS = (
    NoticeKind("badge_won", "recognition", "star", _won, celebrates=True),
    NoticeKind("badges_won", "recognition", "star", _several, celebrates=True),
    NoticeKind("badge_taken_back", "recognition", "star", _taken_back),
    NoticeKind("badge_set", "recognition", "star", _set_completed, celebrates=True),
)


def won(awards: Iterable[Award], *, as_of: date) -> None:
    """Tell people about new awards (with `badge`, and `granted_by` if any); many at once in one line."""
    recent = as_of - timedelta(days=NEWS_DAYS)
    by_person: defaultdict[int, list[Award]] = defaultdict(list)
    for award in awards:
        if award.awarded_on >= recent:
            by_person[award.person_id].append(award)
    few = [mine for mine in by_person.values() if len(mine) <= MOST_EACH]
    tell("badge_won", [_news(award) for mine in few for award in mine])
    tell(
        "badges_won",
        [
            News(person, f"{as_of}:{mine[0].pk}", {"many": len(mine)}, CABINET)
            for person, mine in by_person.items()
            if len(mine) > MOST_EACH
        ],
    )


def _news(award: Award) -> News:
    look = {"tier": award.tier, "glyph": award.badge.glyph, "group": award.badge.group}
    data = _named(award.badge) | look
    if award.granted_by is not None:
        data["by"] = award.granted_by.display_name
    return News(award.person_id, str(award.pk), data, CABINET)


def taken_back(awards: Sequence[Award]) -> None:
    """Tell people that an award (with `badge`) was revoked, and why."""
    tell(
        "badge_taken_back",
        [
            News(
                award.person_id,
                str(award.pk),
                _named(award.badge) | {"tier": award.tier, "reason": award.revoked_reason},
                CABINET,
            )
            for award in awards
        ],
    )


def sets_completed(completions: Iterable[SetCompletion], *, as_of: date) -> None:
    """Tell people that they completed a set."""
    recent = as_of - timedelta(days=NEWS_DAYS)
    tell(
        "badge_set",
        [
            News(each.person_id, str(each.pk), _named(each.set), CABINET)
            for each in completions
            if each.completed_on >= recent
        ],
    )


def _named(thing: Any) -> dict[str, Any]:
    return {"name_en": thing.name_en, "name_zh": thing.name_zh}
