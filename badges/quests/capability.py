"""Quests of a day, a week or days of their own."""

from django.utils.translation import gettext_lazy as _

from badges.quests import audit, demo, making, news
from badges.quests.claims import waiting_for
from badges.quests.home import quest_glance, whose_claim, whose_result
from badges.quests.night import run_quests
from badges.quests.shipped import add_quest_templates
from badges.quests.uses import USES
from badges.quests.views.quests import makes_no_quests
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
)
from incentives.org.models import Role
from scoring.models.kinds import DecisionKind, LedgerKind

CAPABILITY = Capability(
    "quests",
    urls="badges.quests.urls",
    parts=(
        ShippedRows(add_quest_templates),
        NightStep("quests", 40, _("Quests"), run_quests, after=("badges",)),
        Entry("badges:quests", _("Quests"), "compass", Audience.OWN, 30, roles=(Role.AGENT,)),
        Entry(
            "badges:quest_board",
            _("Quests"),
            "compass",
            Audience.STEERING,
            60,
            Group.PEOPLE,
            count=waiting_for,
            also=("badges:quests",),
        ),
        Entry(
            "badges:quests_past",
            _("Quests"),
            "compass",
            Audience.STEERING,
            70,
            Group.PEOPLE,
            may=makes_no_quests,
        ),
        HomeCard(
            "quests",
            Slot.DAY,
            20,
            "badges/home_quests.html",
            quest_glance,
            follows={
                "badges.Quest": everyone,
                "badges.QuestClaim": whose_claim,
                "badges.QuestResult": whose_result,
            },
        ),
        LedgerKind("quest", _("Quest"), behind=audit.BEHIND),
        DecisionKind(
            "quest",
            _("Quest"),
            carry_out=making.carry_out,
            call_off=making.call_off,
            settle=making.settle,
            address=making.address,
        ),
        AuditCheck("quests", _("Quests"), audit.quests),
        AuditCheck("quest points", _("Points of quests"), audit.quest_points),
        DemoStep(_("quests"), demo.make_quests),
        USES,
        *news.KINDS,
    ),
)
