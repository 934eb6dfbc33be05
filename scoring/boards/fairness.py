"""What a board must not be, and what its maker should think about first.

There is no list of the weakest and no forced distribution: both make people work against each
other and hide the causes. Whoever reaches for one is told why, and what helps instead.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models import Company, Membership
from scoring.models import Kpi, Leaderboard

BEST, LOWEST, SHARES = "best", "lowest", "shares"
LISTINGS = [
    (BEST, gettext_lazy("the best first")),
    (LOWEST, gettext_lazy("the weakest first (not possible: see why)")),
    (SHARES, gettext_lazy("in fixed shares, such as 20 / 70 / 10 (not possible: see why)")),
]
_BOTTOM = re.compile(
    r"\b(worst|bottom|weakest|lowest|slowest|losers?|laggards?|last place|shame|underperformers?)\b"
    r"|垫底|末位|倒数|最差|最慢|落后|黑榜|差生",
    re.IGNORECASE,
)
_SMALL_GROUP = 5
_LIKELY_LEAST = 10


def refusal(listing: str) -> str:
    """Why a kind of listing is not possible; empty for the one that is."""
    if listing == LOWEST:
        return _(
            "A list of the weakest shames people in front of each other and tells nobody what to"
            " do. Supervisors see who needs attention, and why, on their team board: choose “the"
            " best first”."
        )
    if listing == SHARES:
        return _(
            "Fixed shares need losers even when everyone is good, and set colleagues against each"
            " other. Scores have targets that all can reach: choose “the best first”."
        )
    return ""


def name_refusal(name: str) -> str:
    """Why a board cannot have this name; empty when it can."""
    found = _BOTTOM.search(name)
    if found is None:
        return ""
    return _(
        "“%(word)s” points at people at the end of a list, which no board shows: name it for what"
        " people can win."
    ) % {"word": found.group()}


def warnings(board: Leaderboard) -> list[str]:
    """What the maker of a board should know before others see it; nothing of it forbids it."""
    told = []
    if board.kpi is not None and not board.kpi.denominator and board.sign > 0:
        told.append(
            _(
                "Ranking by volume alone rewards rushing and handing on hard cases. Rank by a"
                " quality figure or by score, or give points with a quality guard."
            )
        )
    if board.kpi is not None and board.kpi.denominator and board.least < _LIKELY_LEAST:
        told.append(
            _(
                "With so small a least volume a single contact can lead the board: ask for at"
                " least %(least)d."
            )
            % {"least": _LIKELY_LEAST}
        )
    if board.kpi is not None and _counts_faults(board.kpi):
        told.append(
            _(
                "A board about faults becomes a list of the guilty, and faults go unreported."
                " Follow this figure on the team board or with an alert."
            )
        )
    return told + _warnings_of_size(board)


def _counts_faults(kpi: Kpi) -> bool:
    return kpi.direction == Kpi.Direction.LOWER and kpi.unit in ("count", "%")


def _warnings_of_size(board: Leaderboard) -> list[str]:
    told = []
    people = people_in(board)
    if board.of_agents and board.within == Leaderboard.Within.COMPANY:
        if 0 < people < _SMALL_GROUP:
            told.append(
                _(
                    "Only %(people)d people would be listed: in so small a group everyone sees who"
                    " is last."
                )
                % {"people": people}
            )
        elif people and board.shown * 2 > people:
            told.append(
                _(
                    "%(shown)d of %(people)d people would be shown to everyone: more than half"
                    " comes close to a list of the weakest. Show fewer places."
                )
                % {"shown": board.shown, "people": people}
            )
    if board.of_agents and board.by == Leaderboard.By.POINTS and board.period == "all":
        told.append(
            _(
                "Over all time newcomers can never catch up: a season or month lets everyone begin"
                " again."
            )
        )
    if not board.of_agents and not board.normalised and board.by == Leaderboard.By.POINTS:
        told.append(_("Without counting per full-time person the largest team always leads."))
    return told


def people_in(board: Leaderboard) -> int:
    """How many people belong to the scope of an agents' board today."""
    members = Membership.objects.taking_part(Company.current().today())
    if board.team_id is not None:
        members = members.filter(team=board.team_id)
    if board.site_id is not None:
        members = members.filter(team__site=board.site_id)
    return members.count()
