"""Thanks: points with a sentence from one's supervisor."""

from incentives.capabilities import (
    Audience,
    AuditCheck,
    Capability,
    DemoStep,
    Entry,
    HomeCard,
    NightStep,
    Slot,
    single_scene,
)
from scoring.models.kinds import DecisionKind, LedgerKind
from tests.throwaway import news, thanks

CAPABILITY = Capability(
    "thanks",
    urls="tests.throwaway.urls",
    parts=(
        NightStep("thanks", 65, "Thanks", thanks.tell_how_many, after=("points",)),
        Entry("throwaway:thanks", "Thanks", "heart", Audience.EVERYONE, 15),
        HomeCard("thanks", Slot.LAST, 90, "throwaway/home.html", thanks.latest),
        single_scene("thanks", 50, "Thanks", "throwaway/wall.html", thanks.of_today),
        LedgerKind(
            "thanks",
            "Thanks",
            behind=thanks.BEHIND,
            why=thanks.why,
            giver=lambda entry: entry.actor,
        ),
        DecisionKind(
            "thanks",
            "Thanks",
            carry_out=thanks.nothing,
            call_off=thanks.nothing,
            settle=lambda _decision: None,
            address=lambda _decision: "",
        ),
        AuditCheck("thanks", "Thanks", thanks.without_a_reason),
        DemoStep("thanks", lambda _today: "none"),
        *news.KINDS,
    ),
)
