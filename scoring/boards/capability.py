"""Leaderboards."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    Entry,
    Group,
    HomeCard,
    NightStep,
    ShippedRows,
    Slot,
    WallScene,
    everyone,
)
from scoring.boards import audit, wall
from scoring.boards.home import own_board
from scoring.boards.refresh import refresh_kpi_boards, refresh_point_boards, refresh_score_boards
from scoring.boards.shipped import add_boards
from scoring.boards.uses import USES

CAPABILITY = Capability(
    "boards",
    urls="scoring.boards.urls",
    parts=(
        ShippedRows(add_boards),
        NightStep(
            "boards",
            80,
            _("Leaderboards by points"),
            refresh_point_boards,
            after=("seasons",),
            commits=True,
        ),
        NightStep(
            "score_boards",
            90,
            _("Leaderboards by score"),
            refresh_score_boards,
            after=("scores",),
            commits=True,
        ),
        NightStep("kpi_boards", 100, _("Leaderboards by KPI"), refresh_kpi_boards, commits=True),
        Entry("scoring:boards", _("Boards"), "podium", Audience.OWN, 40, tab=True),
        Entry(
            "scoring:boards", _("Boards"), "podium", Audience.STEERING, 10, Group.RESULTS, tab=True
        ),
        HomeCard(
            "board",
            Slot.FIRST,
            20,
            "scoring/home_board.html",
            own_board,
            stays=True,
            follows={
                "scoring.Leaderboard": everyone,
                "scoring.BoardAlias": everyone,
                "scoring.PointRule": everyone,
                "org.Person": everyone,
            },
        ),
        WallScene(
            "board", 10, "dashboards/wallboard_board.html", offers=wall.offered, draw=wall.draw
        ),
        AuditCheck("boards", _("Leaderboards"), audit.boards),
        USES,
    ),
)
