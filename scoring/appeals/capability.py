"""Appeals against facts and scores."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry, Group, NightStep, Phase
from scoring.appeals import news
from scoring.appeals.operations import waiting_for
from scoring.appeals.settling import settle_appeals
from scoring.appeals.uses import USES

CAPABILITY = Capability(
    "appeals",
    urls="scoring.appeals.urls",
    parts=(
        NightStep("appeals", 40, _("Appeals"), settle_appeals, phase=Phase.PREPARES, commits=True),
        Entry("scoring:appeals", _("Appeals"), "warning", Audience.OWN, 100),
        Entry(
            "scoring:appeals",
            _("Appeals"),
            "warning",
            Audience.STEERING,
            50,
            Group.PEOPLE,
            count=waiting_for,
            tab=True,
        ),
        USES,
        *news.KINDS,
    ),
)
