"""What the bell tells those who fight: announced, begun, a phase, down, won or lost, called off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.battles.disclosure import told_state
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from incentives.org.models import Person
from incentives.org.notices import News, NoticeKind, tell
from incentives.org.wording import in_readers_language

Data = Mapping[str, Any]


def announced(battle: Battle, *, today: date) -> None:
    """Tell everyone who is in the teams that day."""
    _tell("battle_announced", battle, _in_teams(battle, on=today), "announced")


def begins(battles: Iterable[Battle], *, as_of: date) -> None:
    """Tell everyone that it begins tomorrow, which is today when they read it; once."""
    for battle in battles:
        state = BattleState.objects.get(battle=battle)
        if _count(state, "begins") == 1:
            _tell("battle_begins", battle, _in_teams(battle, on=battle.starts_on), "begins")


def follow(battle: Battle, state: BattleState) -> None:
    """Tell of a new phase, of the boss being down, or of corrections that brought it back; once each."""
    told = state.told
    if not state.health and told.get("down", 0) == told.get("back", 0):
        nth = _count(state, "down")
        _tell("battle_down", battle, _fighters(battle), f"down:{nth}")
    elif state.health and told.get("down", 0) > told.get("back", 0):
        nth = _count(state, "back")
        shown = told_state(battle, state, reader=None)
        more = {"health": f"{shown.health * 100:.1f}"}
        _tell("battle_back", battle, _fighters(battle), f"back:{nth}", more)
    elif state.health and state.phase > told.get("phase", 0):
        state.told["phase"] = state.phase
        state.save(update_fields=["told"])
        phase = battle.phases[state.phase]
        more = {"phase_en": phase["name_en"], "phase_zh": phase.get("name_zh", "")}
        _tell("battle_phase", battle, _fighters(battle), f"phase:{state.phase}", more)


def settled(battle: Battle, state: BattleState, people: Sequence[int]) -> None:
    """Tell everyone who took part what came of it, and what they got."""
    won = battle.outcome == Battle.Outcome.WON
    shown = told_state(battle, state, reader=None)
    more = {"points": battle.result["points"], "health": f"{shown.health * 100:.1f}"}
    _tell("battle_won" if won else "battle_lost", battle, people, "settled", more)


def cancelled(battle: Battle) -> None:
    """Tell everyone concerned why it was called off."""
    people = {*_fighters(battle), *_in_teams(battle, on=battle.starts_on)}
    _tell("battle_cancelled", battle, people, "cancelled", {"reason": battle.cancelled_because})


def extended(battle: Battle) -> None:
    """Tell everyone concerned of the new last day."""
    people = {*_fighters(battle), *_in_teams(battle, on=battle.starts_on)}
    _tell("battle_extended", battle, people, f"extended:{battle.ends_on}")


def _count(state: BattleState, what: str) -> int:
    """Note that people are told of it once more; returns how often by now."""
    state.told[what] = state.told.get(what, 0) + 1
    state.save(update_fields=["told"])
    return int(state.told[what])


def _fighters(battle: Battle) -> list[int]:
    return list(battle.members.order_by("person").values_list("person", flat=True))


def _in_teams(battle: Battle, *, on: date) -> list[int]:
    here = Person.objects.taking_part(on=on, teams=battle.team_ids)
    return list(here.order_by("pk").values_list("pk", flat=True))


def _tell(
    kind: str,
    battle: Battle,
    people: Iterable[int],
    key: str,
    more: Mapping[str, Any] | None = None,
) -> None:
    if battle.is_hidden:
        return
    data = {
        "name_en": battle.name_en,
        "name_zh": battle.name_zh,
        "first": battle.starts_on.isoformat(),
        "last": battle.ends_on.isoformat(),
        "until": battle.counts_until.isoformat(),
        **(more or {}),
    }
    url = _address(battle)
    tell(kind, [News(person, f"{battle.pk}:{key}", data, url) for person in people])


def _address(battle: Battle) -> str:
    try:
        return reverse("badges:battle", args=[battle.pk])
    except NoReverseMatch:
        return ""


def _words(data: Data) -> dict[str, Any]:
    name = in_readers_language(data["name_en"], data["name_zh"])
    days = {key: _day(data, key) for key in ("first", "last", "until")}
    return {**data, **days, "name": name}


def _day(data: Data, key: str) -> str:
    return date_format(date.fromisoformat(data[key]), "DATE_FORMAT")


def _announced(data: Data) -> str:
    return _("“%(name)s” is coming: from %(first)s to %(last)s your team can defeat it.") % _words(
        data
    )


def _begins(data: Data) -> str:
    return _("“%(name)s” is here. Until %(last)s every ticket counts.") % _words(data)


def _phase(data: Data) -> str:
    words = _words(data)
    words["phase"] = in_readers_language(data["phase_en"], data["phase_zh"])
    return _("“%(name)s” enters a new phase: %(phase)s.") % words


def _down(data: Data) -> str:
    return _("“%(name)s” is down! The reward comes once corrections up to %(until)s are in.") % (
        _words(data)
    )


def _back(data: Data) -> str:
    return _("Corrections brought “%(name)s” back to %(health)s %% of its health.") % _words(data)


def _won(data: Data) -> str:
    return _("“%(name)s” is defeated: %(points)s for you.") % {
        **_words(data),
        "points": _points(data),
    }


def _lost(data: Data) -> str:
    words = {**_words(data), "points": _points(data)}
    if data["points"]:
        return (
            _("“%(name)s” got away with %(health)s %% of its health. For your part: %(points)s.")
            % words
        )
    return _("“%(name)s” got away with %(health)s %% of its health.") % words


def _points(data: Data) -> str:
    many = data["points"]
    shown = number_format(many, force_grouping=True)
    return ngettext("%(points)s point", "%(points)s points", many) % {"points": shown}


def _cancelled(data: Data) -> str:
    return _("“%(name)s” is called off: %(reason)s") % _words(data)


def _extended(data: Data) -> str:
    return _("“%(name)s” stays longer: until %(last)s.") % _words(data)


KINDS = (
    NoticeKind("battle_announced", "play", "flag", _announced),
    NoticeKind("battle_begins", "play", "flag", _begins),
    NoticeKind("battle_phase", "play", "pulse", _phase),
    NoticeKind("battle_down", "play", "check", _down),
    NoticeKind("battle_back", "play", "warning", _back),
    NoticeKind("battle_won", "recognition", "star", _won, celebrates=True),
    NoticeKind("battle_lost", "recognition", "flag", _lost),
    NoticeKind("battle_cancelled", "play", "close", _cancelled),
    NoticeKind("battle_extended", "play", "calendar", _extended),
)
