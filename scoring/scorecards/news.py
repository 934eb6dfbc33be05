"""What the bell tells of new versions of scorecards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.models import Company, Membership
from incentives.org.notices import NoticeKind, notify
from incentives.org.roles import ids_of
from incentives.org.wording import in_readers_language
from scoring.models import (
    Score,
    Scorecard,
)

Data = Mapping[str, Any]
#: Whose scores of how many days past tell which scorecard is theirs.
RECENT_SCORES = timedelta(days=62)


def scorecard_published(card: Scorecard) -> None:
    """Tell the agents whom a version concerns: those judged by the one before, and the card's team."""
    if card.starts_on is None:
        return
    today = Company.current().today()
    judged = Score.objects.filter(
        scorecard__key=card.key,
        period=Score.Period.MONTH,
        starts_on__gte=today - RECENT_SCORES,
    )
    agents = ids_of(judged.filter(scorecard__team=card.team_id), "agent")
    if card.team_id:
        members = Membership.objects.taking_part(max(today, card.starts_on))
        agents |= ids_of(members.filter(team=card.team_id), "person")
    notify(
        people=agents,
        kind="scorecard_changes",
        source_key=str(card.pk),
        data={
            "name_en": card.name_en,
            "name_zh": card.name_zh,
            "day": card.starts_on.isoformat(),
        },
        url=reverse("scoring:scorecard", args=[card.pk]),
    )


def _day(data: Data, name: str) -> str:
    return date_format(date.fromisoformat(data[name]), "DATE_FORMAT")


def _scorecard(data: Data) -> str:
    name = in_readers_language(data["name_en"], data.get("name_zh", ""))
    words = {"name": name, "day": _day(data, "day")}
    return _("“%(name)s” applies to you from %(day)s. See what changes.") % words


KINDS = (NoticeKind("scorecard_changes", "rules", "card", _scorecard),)
