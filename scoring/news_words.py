"""How the bell says what happened in scoring, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.notices import Kind, register
from incentives.org.wording import in_readers_language
from scoring.models import Appeal

Data = Mapping[str, Any]


def _day(data: Data, name: str) -> str:
    return date_format(date.fromisoformat(data[name]), "DATE_FORMAT")


def _points(data: Data) -> str:
    many = data["points"]
    shown = number_format(many, force_grouping=True)
    return ngettext("%(points)s point", "%(points)s points", many) % {"points": shown}


def _decided(data: Data) -> str:
    if data["about"] == Appeal.About.SCORE:
        if data["granted"]:
            return _("Your appeal about a score is granted.")
        return _("Your appeal about a score is answered. Read the reason.")
    if data["granted"]:
        return _("Your appeal about ticket %(id)s is granted.") % data
    return _("Your appeal about ticket %(id)s is answered. Read the reason.") % data


def _to_decide(data: Data) -> str:
    words = {**data, "due": _day(data, "due")}
    if data["about"] == Appeal.About.SCORE:
        return _("%(name)s contests a score. Please decide by %(due)s.") % words
    return _("%(name)s contests ticket %(id)s. Please decide by %(due)s.") % words


def _handed_on(data: Data) -> str:
    return _("An appeal of %(name)s has come to you for a decision.") % data


def _goal_proposed(data: Data) -> str:
    return _("%(name)s proposes a goal: “%(title)s”. Do you agree?") % data


def _goal_of_team(data: Data) -> str:
    return _("%(name)s set a goal for your team: “%(title)s”") % data


def _goal_agreed(data: Data) -> str:
    return _("%(name)s said yes to “%(title)s”. The goal is agreed.") % data


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


def _scorecard(data: Data) -> str:
    name = in_readers_language(data["name_en"], data.get("name_zh", ""))
    words = {"name": name, "day": _day(data, "day")}
    return _("“%(name)s” applies to you from %(day)s. See what changes.") % words


def _night(data: Data) -> str:
    words = {"day": _day(data, "day")}
    return _("The night of %(day)s stopped before its end. Look at the reason.") % words


def _unknown(data: Data) -> str:
    many = data["agents"]
    text = ngettext(
        "%(agents)d agent in files of %(source)s is not known yet. Say who it is.",
        "%(agents)d agents in files of %(source)s are not known yet. Say who they are.",
        many,
    )
    return text % data


register(
    Kind("appeal_decided", "agreements", "check", _decided),
    Kind("appeal_to_decide", "tasks", "warning", _to_decide),
    Kind("appeal_handed_on", "tasks", "warning", _handed_on),
    Kind("goal_proposed", "agreements", "flag", _goal_proposed),
    Kind("goal_of_team", "agreements", "flag", _goal_of_team),
    Kind("goal_agreed", "agreements", "check", _goal_agreed),
    Kind("points_given", "recognition", "gift", _given),
    Kind("points_taken_back", "recognition", "star", _taken_back),
    Kind("decision_to_confirm", "tasks", "warning", _to_confirm),
    Kind("decision_refused", "tasks", "warning", _not_confirmed),
    Kind("level_reached", "recognition", "star", _level, celebrates=True),
    Kind("season_ended", "recognition", "flag", _season),
    Kind("scorecard_changes", "rules", "card", _scorecard),
    Kind("night_failed", "operations", "moon", _night),
    Kind("unknown_agents", "operations", "people", _unknown),
)
