"""Scorecards and the scores that they give."""

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
    everyone,
)
from scoring.scorecards import news
from scoring.scorecards.audit import lost_points, scores
from scoring.scorecards.compute import compute_scores
from scoring.scorecards.home import largest_loss, own_score
from scoring.scorecards.shipped import add_scorecards
from scoring.scorecards.uses import USES

CAPABILITY = Capability(
    "scorecards",
    urls="scoring.scorecards.urls",
    parts=(
        ShippedRows(add_scorecards),
        NightStep("scores", 10, _("Scores"), compute_scores),
        Entry("scoring:scorecards", _("Scorecards"), "card", Audience.STEERING, 10, Group.RULES),
        Entry("scoring:calendar", _("Calendar"), "calendar", Audience.STEERING, 50, Group.RULES),
        HomeCard(
            "score",
            Slot.FIRST,
            10,
            "scoring/home_score.html",
            own_score,
            stays=True,
            follows={"scoring.Scorecard": everyone, "scoring.Kpi": everyone},
        ),
        HomeCard("loss", Slot.NEXT, 20, "scoring/home_loss.html", largest_loss),
        AuditCheck("scores", _("Scores"), scores),
        AuditCheck("lost points", _("Lost points of scores"), lost_points),
        USES,
        *news.KINDS,
    ),
)
