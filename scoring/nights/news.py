"""What the night tells: that it failed, and, at its end, the news since the night before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from incentives.org.notices import NoticeKind, forget_old, notify, tell
from incentives.org.roles import running_the_company
from scoring.figures.changes import Changes
from scoring.ingest.news import unknown_agents
from scoring.models import (
    NightRun,
)
from scoring.points import news as points_news

Data = Mapping[str, Any]


def night_failed(run: NightRun) -> None:
    """Tell those who run imports and nights."""
    notify(
        people=running_the_company(),
        kind="night_failed",
        source_key=str(run.pk),
        data={"day": run.as_of.isoformat()},
        url=reverse("scoring:night", args=[run.pk]),
    )


def tell_the_news(_changes: Changes) -> StepResult:
    """The night's step: levels, seasons and unknown agents; old notices go."""
    before = NightRun.objects.filter(status=NightRun.Status.DONE).order_by("-id").first()
    since = before.started_at if before else None
    levels = points_news.new_levels()
    tell("level_reached", levels)
    seasons = points_news.seasons_ended(since=since) if since else []
    tell("season_ended", seasons)
    for source, agents, run in unknown_agents():
        notify(
            people=running_the_company(),
            kind="unknown_agents",
            source_key=f"{source.pk}:{run}",
            data={"source": source.name, "agents": agents},
            url=reverse("scoring:held"),
        )
    forget_old(at=timezone.now())
    many = len(levels)
    line = ngettext("%(n)d agent reached a level", "%(n)d agents reached a level", many)
    return StepResult(
        line % {"n": many} if many else _("no new levels"),
        {"levels": many, "seasons": len(seasons)},
    )


def _day(data: Data, name: str) -> str:
    return date_format(date.fromisoformat(data[name]), "DATE_FORMAT")


def _night(data: Data) -> str:
    words = {"day": _day(data, "day")}
    return _("The night of %(day)s stopped before its end. Look at the reason.") % words


KINDS = (NoticeKind("night_failed", "operations", "moon", _night),)
