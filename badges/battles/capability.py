"""Boss battles of teams."""

from django.utils.translation import gettext_lazy as _

from badges.battles import audit, demo, news, publishing
from badges.battles.fighting import fight
from badges.battles.home import own_boss
from badges.battles.uses import USES
from badges.battles.wall import battle_scene
from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    DemoStep,
    Entry,
    Group,
    HomeCard,
    NightStep,
    Slot,
    everyone,
    its_person,
    single_scene,
)
from scoring.models.kinds import DecisionKind, LedgerKind

CAPABILITY = Capability(
    "battles",
    urls="badges.battles.urls",
    parts=(
        NightStep("battles", 50, _("Boss battles"), fight, after=("quests",)),
        Entry("badges:battles", _("Battles"), "sword", Audience.OWN, 70),
        Entry("badges:battles", _("Battles"), "sword", Audience.STEERING, 60, Group.RESULTS),
        single_scene(
            "battle",
            40,
            _("The boss battle, while one is fought and when it is over"),
            "dashboards/wallboard_battle.html",
            lambda team, on: battle_scene(team, on=on),
        ),
        HomeCard(
            "battle",
            Slot.BANNER,
            10,
            "badges/home_battle.html",
            own_boss,
            follows={
                "badges.Battle": everyone,
                "badges.BattleMember": its_person,
                "badges.BattleState": everyone,
                "scoring.Kpi": everyone,
            },
        ),
        LedgerKind("battle", _("Battle"), behind=audit.BEHIND),
        DecisionKind(
            "battle",
            _("Battle"),
            carry_out=publishing.carry_out,
            call_off=publishing.stays_a_draft,
            settle=publishing.settle_again,
            address=publishing.address,
        ),
        AuditCheck("battles", _("Damage of battles"), audit.damage),
        AuditCheck("battle points", _("Points of battles"), audit.points),
        DemoStep(_("boss battles"), demo.make_battles),
        USES,
        *news.KINDS,
    ),
)
