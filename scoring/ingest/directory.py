"""Who and what the keys in a file are: agents, teams, channels, supervisors.

Collected while the file is read, looked up (and made, where the mapping allows) before the
merge, and joined by the merge through small temporary tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from incentives.org.people import create_people, find_or_create_teams, find_people
from incentives.org.refusals import Refused
from scoring.models import Channel

from .mapping import FileMapping

# A column with more different values than this does not hold what the mapping says.
_MOST = {"channel": 1_000, "team": 20_000}
OTHER = "other"
_CHANNEL_WORDS = {
    "phone": ("call", "calls", "voice", "telephone", "tel", "call-center", "call-centre", "电话"),
    "chat": ("live-chat", "livechat", "messaging", "online", "im", "在线", "在线客服"),
    "email": ("e-mail", "mail", "邮件", "邮箱"),
    "social": ("social-media", "twitter", "facebook", "wechat", "weibo", "社交媒体", "微信"),
    "web": ("website", "web-form", "form", "portal", "网页", "表单"),
}
_CHANNEL_KEYS = {word: key for key, words in _CHANNEL_WORDS.items() for word in words}


def channel_key(text: str) -> str:
    """The key of a channel as a file names it: "Live Chat" and "在线" are chat."""
    key = "-".join(text.casefold().split())[:60]
    return _CHANNEL_KEYS.get(key, key)


class Directory:
    """The keys that one import met, and what they stand for."""

    def __init__(self, mapping: FileMapping, *, source_name: str) -> None:
        self.mapping = mapping
        self.source_name = source_name
        self.agents: dict[str, str] = {}
        self.teams: set[str] = set()
        self.channels: set[str] = set()
        self.supervisors: dict[str, str] = {}
        self.created: dict[str, int] = {}
        self.other_channel = 0

    def note(self, frame: pl.DataFrame) -> None:
        """Collect the keys of a batch."""
        if "agent" in frame.columns:
            self._note_agents(frame)
        if "team" in frame.columns:
            self.teams.update(frame["team"].drop_nulls().unique())
        if "channel" in frame.columns:
            self.channels.update(frame["channel"].drop_nulls().unique())
        _refuse_too_many("team", self.teams)
        _refuse_too_many("channel", self.channels)
        if {"team", "supervisor"} <= set(frame.columns):
            pairs = frame.select("team", "supervisor").drop_nulls().unique(maintain_order=True)
            self.supervisors.update(pairs.iter_rows())

    def _note_agents(self, frame: pl.DataFrame) -> None:
        names = frame["agent_name"] if "agent_name" in frame.columns else frame["agent"]
        pairs = pl.DataFrame({"key": frame["agent"], "name": names})
        pairs = pairs.filter(pl.col("key").is_not_null()).unique("key", keep="last")
        for key, name in pairs.iter_rows():
            self.agents[key] = name or self.agents.get(key, "")

    def resolve(self, cursor: Any) -> None:
        """Look everything up, make what is missing, and lay out the tables that `merge` joins."""
        people = find_people(self.source_name, self.agents)
        if self.mapping.unknown_agents == "create":
            unknown = {k: name for k, name in self.agents.items() if k not in people}
            self.created = create_people(unknown)
            people |= self.created
        _fill(cursor, "stage_agent", people.items())
        _fill(cursor, "stage_team", find_or_create_teams(self.teams).items())
        channels = _find_or_create_channels({*self.channels, OTHER})
        self.other_channel = channels[OTHER]
        _fill(cursor, "stage_channel", channels.items())

    def joins(self, columns: Iterable[str]) -> str:
        """The joins from the stage `s` that give `da.id`, `dt.id` and `dc.id`."""
        tables = {"agent": ("stage_agent", "da"), "team": ("stage_team", "dt")}
        tables["channel"] = ("stage_channel", "dc")
        return " ".join(
            f"LEFT JOIN {table} {alias} ON {alias}.key = s.{name}"
            for name, (table, alias) in tables.items()
            if name in columns
        )


def _refuse_too_many(field: str, names: set[str]) -> None:
    if len(names) <= _MOST[field]:
        return
    raise Refused(
        _(
            "The field %(field)s has over %(most)s different values, such as “%(example)s”: check"
            " which column the mapping takes it from."
        )
        % {"field": field, "most": _MOST[field], "example": min(names)[:60]}
    )


def _fill(cursor: Any, table: str, pairs: Iterable[tuple[str, int]]) -> None:
    keys, ids = [], []
    for key, number in pairs:
        keys.append(key)
        ids.append(number)
    cursor.execute(
        f"DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {table} ON COMMIT DROP AS"
        " SELECT unnest(%s::text[]) AS key, unnest(%s::bigint[]) AS id",
        [keys, ids],
    )
    cursor.execute(f"ANALYZE {table}")


def _find_or_create_channels(names: Iterable[str]) -> dict[str, int]:
    keys = {name: channel_key(name) for name in names}
    known = dict(Channel.objects.filter(key__in=keys.values()).values_list("key", "id"))
    missing = {key: name for name, key in keys.items() if key not in known}
    Channel.objects.bulk_create(
        [Channel(key=key, name_en=name[:80]) for key, name in missing.items()],
        ignore_conflicts=True,
    )
    known |= dict(Channel.objects.filter(key__in=missing).values_list("key", "id"))
    return {name: known[key] for name, key in keys.items()}
