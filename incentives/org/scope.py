"""Whom something is for: teams, newcomers or those who are none any more, and what counts: channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from incentives.org.notation import joined, listed

NEWCOMER_DAYS = 90


class Scope(BaseModel):
    """What a `Scoped` model keeps in `applies_to`; empty lists mean all of them.

    `channels` and `teams` are ids. Newcomers are people in their first `newcomer_days` days
    since they were hired; someone whose first day nobody knows is no newcomer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    people: Literal["everyone", "newcomers", "experienced"] = "everyone"
    newcomer_days: int = Field(default=NEWCOMER_DAYS, ge=1, le=1000)

    @property
    def is_everyone(self) -> bool:
        """Whether nothing is restricted."""
        return not self.channels and not self.teams and self.people == "everyone"

    def stored(self) -> dict[str, Any]:
        """As a rule keeps it: only what is restricted."""
        found: dict[str, Any] = {}
        if self.channels:
            found["channels"] = sorted(self.channels)
        if self.teams:
            found["teams"] = sorted(self.teams)
        if self.people != "everyone":
            found |= {"people": self.people, "newcomer_days": self.newcomer_days}
        return found

    def condition(self, *, day: str, team: str, channel: str = "") -> tuple[str, list[Any]]:
        """SQL that holds for whom and what counts, and its parameters.

        `day`, `team` and `channel` are SQL expressions; the person is the row `p` of org_person.
        """
        parts, params = ["TRUE"], list[Any]()
        if self.channels and channel:
            parts.append(f"{channel} = ANY(%s)")
            params.append(list(self.channels))
        if self.teams:
            parts.append(f"{team} = ANY(%s)")
            params.append(list(self.teams))
        if self.people != "everyone":
            newcomer = f"coalesce({day} < p.hired_on + %s, FALSE)"
            parts.append(newcomer if self.people == "newcomers" else f"NOT {newcomer}")
            params.append(self.newcomer_days)
        return " AND ".join(parts), params

    def sentence(self, *, teams: Mapping[int, str], channels: Mapping[int, str]) -> str:
        """It in words, with names by id; empty where nothing is restricted."""
        parts = []
        for text, names, ids in (
            (_("Channels: %(names)s."), channels, self.channels),
            (_("Teams: %(names)s."), teams, self.teams),
        ):
            if ids:
                parts.append(text % {"names": listed(names.get(pk, "?") for pk in ids)})
        days = {"days": self.newcomer_days}
        if self.people == "newcomers":
            parts.append(_("For people in their first %(days)d days.") % days)
        elif self.people == "experienced":
            parts.append(_("For people after their first %(days)d days.") % days)
        return joined(*parts)
