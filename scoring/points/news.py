"""What the bell tells of points, levels and seasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.notices import News, NoticeKind, notify, tell
from incentives.org.wording import in_readers_language
from scoring.models import (
    LedgerMark,
    PointDecision,
    PointEntry,
    SeasonResult,
)
from scoring.points.ledger import settled_entry
from scoring.points.levels import level_of

Data = Mapping[str, Any]


def points_by_hand(entry: PointEntry) -> None:
    """Tell an agent about points that someone gave, with the written reason."""
    tell("points_given", [_by_hand(entry)])


def _by_hand(entry: PointEntry) -> News:
    actor = entry.actor.display_name if entry.actor else ""
    data = {"name": actor, "points": abs(entry.amount), "reason": entry.reason}
    return News(entry.agent_id, str(entry.pk), data, reverse("scoring:points"))


def points_taken_back(entries: QuerySet[PointEntry]) -> None:
    """Tell everyone from whom someone took points of a decision back, with the written reason."""
    tell("points_taken_back", [_by_hand(entry) for entry in entries.select_related("actor")])


def decision_to_confirm(decision: PointDecision, people: Iterable[int]) -> None:
    """Ask those who may be the second person for a large decision."""
    by = decision.decided_by
    notify(
        people=people,
        kind="decision_to_confirm",
        source_key=str(decision.pk),
        data={
            "name": by.display_name if by else "",
            "said": decision.said,
            "points": decision.total,
        },
        url=reverse("scoring:decision", args=[decision.pk]),
    )


def decision_refused(decision: PointDecision) -> None:
    """Tell whoever decided that the second person said no, and why."""
    if decision.second_by is None or decision.decided_by_id is None:
        return
    notify(
        people=[decision.decided_by_id],
        kind="decision_refused",
        source_key=str(decision.pk),
        data={
            "name": decision.second_by.display_name,
            "said": decision.said,
            "reason": decision.reason,
        },
        url=reverse("scoring:decision", args=[decision.pk]),
    )


def new_levels() -> list[News]:
    """Levels reached by the entries since the last time; the mark moves on with the transaction."""
    up_to = settled_entry()
    mark, first = LedgerMark.objects.get_or_create(pk="levels", defaults={"entry": up_to})
    if first or mark.entry == up_to:  # the first night takes in the whole history: that is no news
        return []
    LedgerMark.objects.filter(pk=mark.pk).update(entry=up_to)
    return levels_reached(above=mark.entry, up_to=up_to)


def levels_reached(*, above: int, up_to: int) -> list[News]:
    """Agents whom the entries above one and up to another carried over levels, however many.

    The cost is that of these entries.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.agent_id, t.lifetime, t.lifetime - sum(e.amount)"
            " FROM scoring_pointentry e JOIN scoring_pointtotal t USING (agent_id)"
            " WHERE e.id > %s AND e.id <= %s"
            " GROUP BY e.agent_id, t.lifetime HAVING sum(e.amount) > 0",
            [above, up_to],
        )
        rows = cursor.fetchall()
    url = reverse("scoring:points")
    return [
        News(agent, str(now), {"level": now}, url)
        for agent, after, earlier in rows
        if (now := level_of(int(after)).number) > level_of(int(earlier)).number
    ]


def seasons_ended(*, since: datetime) -> list[News]:
    """What everyone collected in seasons that were closed since then."""
    results = SeasonResult.objects.filter(season__closed_at__gte=since, points__gt=0)
    return [
        News(
            result.agent_id,
            str(result.season_id),
            {"name": result.season.name, "points": result.points},
            reverse("scoring:season", args=[result.season_id]),
        )
        for result in results.select_related("season").order_by()
    ]


def _points(data: Data) -> str:
    many = data["points"]
    shown = number_format(many, force_grouping=True)
    return ngettext("%(points)s point", "%(points)s points", many) % {"points": shown}


def _given(data: Data) -> str:
    words = {**data, "points": _points(data)}
    return _("%(name)s gave you %(points)s: “%(reason)s”") % words


def _taken_back(data: Data) -> str:
    words = {**data, "points": _points(data)}
    return _("%(name)s took %(points)s back: “%(reason)s”") % words


def _to_confirm(data: Data) -> str:
    words = {**data, "points": _points(data), "what": _said(data)}
    return (
        _("%(name)s decided about %(points)s: “%(what)s”. A second person has to confirm.") % words
    )


def _not_confirmed(data: Data) -> str:
    words = {**data, "what": _said(data)}
    return _("%(name)s did not confirm “%(what)s”: “%(reason)s”") % words


def _said(data: Data) -> str:
    return in_readers_language(data["said"].get("en", ""), data["said"].get("zh-hans", ""))


def _level(data: Data) -> str:
    return _("You have reached level %(level)d.") % data


def _season(data: Data) -> str:
    words = {**data, "points": _points(data)}
    return _("The season %(name)s is over: you collected %(points)s.") % words


KINDS = (
    NoticeKind("points_given", "recognition", "gift", _given),
    NoticeKind("points_taken_back", "recognition", "star", _taken_back),
    NoticeKind("decision_to_confirm", "tasks", "warning", _to_confirm),
    NoticeKind("decision_refused", "tasks", "warning", _not_confirmed),
    NoticeKind("level_reached", "recognition", "star", _level, celebrates=True),
    NoticeKind("season_ended", "recognition", "flag", _season),
)
