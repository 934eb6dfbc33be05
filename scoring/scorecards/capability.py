"""Scorecards and the scores that they give."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    Entry,
    Group,
    NightStep,
    ShippedRows,
)
from scoring.scorecards import news
from scoring.scorecards.audit import lost_points, scores
from scoring.scorecards.compute import compute_scores
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
        AuditCheck("scores", _("Scores"), scores),
        AuditCheck("lost points", _("Lost points of scores"), lost_points),
        USES,
        *news.KINDS,
    ),
)
