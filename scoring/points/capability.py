"""Points: rules, the ledger, what people decide to give, seasons."""

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
from incentives.org.models import Role
from scoring.models.kinds import DecisionKind, LedgerKind
from scoring.points import audit, awards, home, news
from scoring.points.catalogue import add_point_rules
from scoring.points.ledger import reconcile
from scoring.points.seasons import settle_seasons
from scoring.points.uses import USES

CAPABILITY = Capability(
    "points",
    urls="scoring.points.urls",
    parts=(
        ShippedRows(add_point_rules),
        NightStep("points", 20, _("Points"), reconcile),
        NightStep("seasons", 70, _("Seasons"), settle_seasons, after=("goals",)),
        Entry(
            "scoring:points", _("Points"), "star", Audience.OWN, 20, roles=(Role.AGENT,), tab=True
        ),
        Entry(
            "scoring:points",
            _("My points"),
            "star",
            Audience.STEERING,
            40,
            Group.RESULTS,
            (Role.AGENT,),
        ),
        Entry(
            "scoring:award_points", _("Give points"), "gift", Audience.STEERING, 30, Group.PEOPLE
        ),
        Entry("scoring:award_budgets", _("Budgets"), "purse", Audience.STEERING, 40, Group.RULES),
        Entry("scoring:point_rules", _("Point rules"), "rules", Audience.OWN, 120),
        Entry("scoring:point_rules", _("Point rules"), "rules", Audience.STEERING, 20, Group.RULES),
        Entry("scoring:seasons", _("Seasons"), "flag", Audience.OWN, 110),
        Entry("scoring:seasons", _("Seasons"), "flag", Audience.STEERING, 50, Group.RESULTS),
        HomeCard(
            "points",
            Slot.DAY,
            10,
            "scoring/home_points.html",
            home.todays_points,
            stays=True,
            follows={"scoring.PointRule": everyone},
        ),
        HomeCard("level", Slot.NEXT, 10, "scoring/home_level.html", home.own_level),
        HomeCard(
            "recognition",
            Slot.LAST,
            10,
            "scoring/home_recognition.html",
            home.recognition,
            stays=True,
            follows={"scoring.Season": everyone, "org.Person": everyone},
        ),
        LedgerKind(
            "manual",
            _("Award"),
            behind=awards.BEHIND,
            giver=awards.giver,
            called=awards.called,
            is_public=True,
        ),
        DecisionKind(
            "award",
            _("Award"),
            carry_out=awards.already_given,
            call_off=awards.already_given,
            settle=lambda decision: None,
            address=lambda decision: "",
        ),
        AuditCheck("points", _("Points and their rules"), audit.points),
        AuditCheck("point totals", _("Lifetime points"), audit.point_totals),
        AuditCheck("season results", _("Archived seasons"), audit.season_results),
        AuditCheck("decisions", _("Decisions behind points"), audit.decisions),
        USES,
        *news.KINDS,
    ),
)
