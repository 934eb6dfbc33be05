"""Badges and sets: how they are won, given and shown."""

from django.utils.translation import gettext_lazy as _

from badges.awards import audit, demo, granting, news
from badges.awards.catalogue import add_badges
from badges.awards.home import badge_glance
from badges.awards.progress import measure_progress
from badges.awards.reconcile import award_badges
from badges.awards.uses import USES
from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    DemoStep,
    Entry,
    Group,
    HomeCard,
    NightStep,
    ShippedRows,
    Slot,
    everyone,
    its_person,
)
from scoring.models.kinds import DecisionKind, LedgerKind

CAPABILITY = Capability(
    "badges",
    urls="badges.awards.urls",
    parts=(
        ShippedRows(add_badges),
        NightStep("badges", 30, _("Badges"), award_badges, after=("scores", "points")),
        NightStep(
            "progress", 115, _("Progress towards badges"), measure_progress, after=("badges",)
        ),
        Entry("badges:cabinet", _("Badges"), "medal", Audience.OWN, 50, tab=True),
        Entry(
            "badges:badges",
            _("Badges"),
            "medal",
            Audience.STEERING,
            30,
            Group.RULES,
            also=("badges:cabinet",),
        ),
        HomeCard(
            "badges",
            Slot.SECOND,
            10,
            "badges/home_badges.html",
            badge_glance,
            follows={
                "badges.Badge": everyone,
                "badges.BadgeVersion": everyone,
                "badges.Award": its_person,
            },
        ),
        LedgerKind("badge", _("Badge"), behind=audit.BEHIND, giver=granting.giver),
        DecisionKind(
            "badge",
            _("Badge"),
            carry_out=granting.nothing_waits,
            call_off=granting.nothing_waits,
            settle=granting.settle,
            address=granting.address,
            taken_back_with=_("Take the badge back on its page: its points go with it."),
        ),
        AuditCheck("badges", _("Badges"), audit.badges),
        AuditCheck("badge points", _("Points of badges"), audit.badge_points),
        AuditCheck("badge sets", _("Sets of badges"), audit.badge_sets),
        DemoStep(_("badges by hand"), demo.make_badges),
        USES,
        *news.KINDS,
    ),
)
