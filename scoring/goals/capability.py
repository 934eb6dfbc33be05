"""Goals that agents and supervisors agree on."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    Entry,
    Group,
    HomeCard,
    NightStep,
    Slot,
)
from scoring.goals import audit, news, operations
from scoring.goals.home import running_goals, whose
from scoring.goals.review import review_goals
from scoring.goals.uses import USES
from scoring.models.kinds import DecisionKind, LedgerKind

CAPABILITY = Capability(
    "goals",
    urls="scoring.goals.urls",
    parts=(
        NightStep("goals", 60, _("Goals"), review_goals, after=("battles",)),
        Entry("scoring:goals", _("Goals"), "check", Audience.OWN, 60, tab=True),
        Entry("scoring:goals", _("Goals"), "check", Audience.STEERING, 40, Group.PEOPLE),
        HomeCard(
            "goals",
            Slot.NEXT,
            30,
            "scoring/home_goals.html",
            running_goals,
            stays=True,
            follows={"scoring.Goal": whose},
        ),
        LedgerKind("goal", _("Goal"), behind=operations.BEHIND, why=operations.why),
        DecisionKind(
            "goal",
            _("Goal"),
            carry_out=operations.carry_out,
            call_off=operations.call_off,
            settle=operations.settle,
            address=operations.address,
        ),
        AuditCheck("goals", _("Goals"), audit.goals),
        AuditCheck("goal points", _("Points of goals"), audit.goal_points),
        USES,
        *news.KINDS,
    ),
)
