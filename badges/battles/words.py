"""What is said about the terms of a battle: how it is counted, and what it is worth."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.battles.models.battles import Battle
from incentives.org.notation import day as day_text
from incentives.org.notation import days as said_days
from incentives.org.notation import percent
from scoring.figures.display import amount


def notes(battle: Battle, stands: str) -> list[str]:
    """What people ask about the rules, a sentence each."""
    days = {
        "days": said_days(battle.starts_on, battle.ends_on),
        "until": day_text(battle.counts_until),
    }
    amounts = [each for each in battle.objectives.all() if each.is_amount]
    notes = []
    if len(battle.objectives.all()) > 1:
        notes.append(
            _("All objectives have to be reached.")
            if battle.combine == Battle.Combine.ALL
            else _("Any one of the objectives is enough.")
        )
    if amounts:
        notes.append(_("Work of %(days)s counts; corrections of it count until %(until)s.") % days)
    if stands in ("running", "coming", "hidden"):
        notes.append(
            _(
                "Whoever joins a team later counts from that day on. Nobody's absence adds to what is asked."
            )
        )
    if stands == "counting":
        notes.append(
            _("The last day is over. Once corrections are in, after %(until)s, the result stands.")
            % days
        )
    return notes


def rewards(battle: Battle, stands: str = "") -> list[str]:
    """What a victory brings and what is left after a defeat; for a settled one what was given."""
    if stands in ("won", "lost"):
        given = battle.result.get("points", 0)
        if not given:
            return [_("No consolation was promised: the next one will be beaten.")]
        text = ngettext(
            "%(points)s point for everyone who took part.",
            "%(points)s points for everyone who took part.",
            given,
        ) % {"points": amount(Decimal(given))}
        return [text if stands == "won" else _("As a consolation: %(what)s") % {"what": text}]
    if stands == "cancelled":
        return []
    return [_promised(battle), *_consolation(battle)]


def _promised(battle: Battle) -> str:
    return ngettext(
        "%(points)s point for everyone who took part.",
        "%(points)s points for everyone who took part.",
        battle.points,
    ) % {"points": amount(Decimal(battle.points))}


def _consolation(battle: Battle) -> list[str]:
    words = {
        "share": percent(battle.consolation, 0),
        "floor": amount(Decimal(battle.consolation_floor)),
        "half": amount(
            Decimal(max(battle.points * battle.consolation // 200, battle.consolation_floor))
        ),
    }
    if battle.consolation and battle.consolation_floor:
        text = _(
            "If it gets away: up to %(share)s of that, by how much health it lost, and at least"
            " %(floor)s points."
        )
    elif battle.consolation:
        text = _(
            "If it gets away: up to %(share)s of that, by how much health it lost."
            " Half of its health is worth %(half)s points."
        )
    elif battle.consolation_floor:
        text = _("If it gets away: %(floor)s points all the same.")
    else:
        return []
    return [text % words]
