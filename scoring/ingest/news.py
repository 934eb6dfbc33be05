"""What the bell tells of files: agents whom nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import ngettext

from incentives.org.notices import NoticeKind
from scoring.models import (
    Activity,
    QueueInterval,
    Source,
    Ticket,
)

Data = Mapping[str, Any]


def unknown_agents() -> list[tuple[Source, int, int]]:
    """Sources whose facts wait for an agent: how many keys, and the latest import that brought some."""
    keys: defaultdict[int, int] = defaultdict(int)
    runs: defaultdict[int, int] = defaultdict(int)
    for model in (Ticket, Activity, QueueInterval):
        held = model._default_manager.exclude(held_for=None).order_by().values("source_id")
        for row in held.annotate(agents=Count("held_for", distinct=True), run=Max("run_id")):
            keys[row["source_id"]] += row["agents"]
            runs[row["source_id"]] = max(runs[row["source_id"]], row["run"] or 0)
    sources = Source.objects.in_bulk(list(keys))
    return [(sources[pk], agents, runs[pk]) for pk, agents in keys.items()]


def _unknown(data: Data) -> str:
    many = data["agents"]
    text = ngettext(
        "%(agents)d agent in files of %(source)s is not known yet. Say who it is.",
        "%(agents)d agents in files of %(source)s are not known yet. Say who they are.",
        many,
    )
    return text % data


KINDS = (NoticeKind("unknown_agents", "operations", "people", _unknown),)
