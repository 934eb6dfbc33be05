"""Boards in words: values, movement, periods, and the rules that a reader may ask about."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incentives.org.disclosure import LEAST_GROUP
from incentives.org.notation import said
from scoring.boards.figures import BASELINE_DAYS
from scoring.boards.periods import Stretch
from scoring.boards.ranking import NEWCOMER_DAYS
from scoring.figures.display import amount, number, shown
from scoring.models import BoardPeriod, Kpi, Leaderboard, Season


def value_in_words(board: Leaderboard, value: Decimal) -> str:
    """A standing's value as the board shows it; improvements carry their sign."""
    text = _size(board, abs(value))
    sign = "−" if value < 0 else ""
    if board.league == Leaderboard.League.IMPROVED:
        sign = sign or "+"
    return f"{sign}{text}"


def _size(board: Leaderboard, value: Decimal) -> str:
    if board.kpi is None:
        decimals = 1 if board.by == Leaderboard.By.SCORE or board.normalised else 0
        return number(value, decimals)
    if board.kpi.unit == "%" and board.league == Leaderboard.League.IMPROVED:
        return _("%(number)s points") % {"number": number(value, 1)}
    return number(value, 1) if board.normalised else shown(value, board.kpi.unit)


def movement_in_words(moved: int | None, *, ranked: bool) -> tuple[str, str]:
    """The tone of a movement (up, down, same, new, or none) and what to read out."""
    if not ranked:
        return "none", ""
    if moved is None:
        return "new", pgettext("board", "new")
    if moved == 0:
        return "same", _("same place")
    words = {"count": abs(moved)}
    if moved > 0:
        return "up", ngettext("%(count)d place up", "%(count)d places up", moved) % words
    return "down", ngettext("%(count)d place down", "%(count)d places down", -moved) % words


def next_place_in_words(board: Leaderboard, missing: Decimal) -> str:
    """How far it is to the next place; empty for KPIs, where a distance says little."""
    if board.kpi is not None or board.league == Leaderboard.League.IMPROVED or missing <= 0:
        return ""
    text = _size(board, missing)
    if board.by == Leaderboard.By.POINTS and missing == 1:
        return _("1 point to the next place.")
    return _("%(points)s points to the next place.") % {"points": text}


def period_in_words(board: Leaderboard, stretch: Stretch) -> str:
    """The period's name: “Saturday 21 November”, “16 Nov to 22 Nov”, “November 2026”."""
    if board.period == BoardPeriod.ALL:
        return _("All time")
    if board.period == BoardPeriod.SEASON:
        season = Season.objects.filter(starts_on=stretch.first).first()
        return season.name if season else ""
    if board.period == BoardPeriod.DAY:
        return said(stretch.first, "MMMMEEEEd")
    if board.period == BoardPeriod.MONTH:
        return said(stretch.first, "yMMMM")
    days = {"first": said(stretch.first, "MMMd"), "last": said(stretch.last, "MMMd")}
    return _("%(first)s to %(last)s") % days


def this_period(board: Leaderboard) -> str:
    """The running period, for headings: “this week”."""
    return {
        BoardPeriod.DAY: _("today"),
        BoardPeriod.WEEK: _("this week"),
        BoardPeriod.MONTH: _("this month"),
        BoardPeriod.SEASON: _("this season"),
        BoardPeriod.ALL: _("all time"),
    }[BoardPeriod(board.period)]


def unit_in_words(board: Leaderboard) -> str:
    """What the column of values holds."""
    if board.kpi is not None:
        name: str = board.kpi.name
    else:
        name = _("Points") if board.by == Leaderboard.By.POINTS else _("Score")
    return _("%(name)s per full-time person") % {"name": name} if board.normalised else name


def rules_in_words(board: Leaderboard) -> list[str]:
    """How the board ranks, one sentence for each rule that applies."""
    told = [_ranked_by(board), _among(board)]
    if not board.of_agents:
        least = _("A team is listed once at least %(people)d people stand behind its figure.")
        told.append(least % {"people": LEAST_GROUP})
    if board.league == Leaderboard.League.IMPROVED:
        told.append(
            _("What counts is the change against one's own %(days)d days before the period.")
            % {"days": BASELINE_DAYS}
        )
    if board.league == Leaderboard.League.NEWCOMERS:
        told.append(
            _("Only people in their first %(days)d days are listed.") % {"days": NEWCOMER_DAYS}
        )
    if board.normalised:
        told.append(_("Teams are compared per full-time person, so that size does not decide."))
    if board.least:
        told.append(_least(board))
    told.append(_("Equal values share a place (1, 2, 2, 4) and stand in the order of names."))
    told.append(
        _("Movement is against the day before.")
        if board.moves_daily
        else _("Movement is against the period before.")
    )
    told.append(_("The list begins with the best, and its end is shown to nobody but leaders."))
    return told


def _ranked_by(board: Leaderboard) -> str:
    what = {"what": unit_in_words(board)}
    if board.sign < 0:
        return _("Ranked by: %(what)s, less is better.") % what
    if board.kpi is not None and board.kpi.direction == Kpi.Direction.LOWER:
        return _("Ranked by: %(what)s, the greatest improvement first.") % what
    return _("Ranked by: %(what)s.") % what


def _among(board: Leaderboard) -> str:
    if not board.of_agents:
        return _("A team's figures are those of the people who are in it.")
    if board.within == Leaderboard.Within.TEAM:
        return _("Each team has a list of its own.")
    if board.team is not None:
        return _("Only people of %(team)s are listed.") % {"team": board.team.name}
    if board.site is not None:
        return _("Only people of %(site)s are listed.") % {"site": board.site.name}
    return _("Everyone stands in one list.")


def _least(board: Leaderboard) -> str:
    least = amount(Decimal(board.least))
    if board.kpi is None and not board.of_agents:
        return _("Teams of fewer than %(least)s people are listed without a place.") % {
            "least": least
        }
    return _("With fewer than %(least)s behind the figure one is listed without a place.") % {
        "least": least
    }
