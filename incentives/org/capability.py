"""People and teams, as the rest of the product meets them."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry, Group, NightStep, Phase
from incentives.org.access import leads_a_team_only
from incentives.org.models import Role
from incentives.org.people_night import end_access_of_leavers
from incentives.org.safety_news import KINDS

_PEOPLE_ROLES = (Role.MANAGER, Role.HR, Role.ADMINISTRATOR)

CAPABILITY = Capability(
    "people",
    urls="incentives.org.urls",
    parts=(
        NightStep("leavers", 20, _("People who left"), end_access_of_leavers, phase=Phase.PREPARES),
        Entry(
            "org:teams",
            _("Team"),
            "people",
            Audience.STEERING,
            10,
            Group.PEOPLE,
            may=leads_a_team_only,
            also=("org:people",),
        ),
        Entry(
            "org:people",
            _("People"),
            "people",
            Audience.STEERING,
            20,
            Group.PEOPLE,
            _PEOPLE_ROLES,
            also=("org:teams",),
        ),
        Entry("org:me", _("Profile"), "person", Audience.ACCOUNT, 10),
        Entry("mfa_index", _("Sign-in and security"), "lock", Audience.ACCOUNT, 20),
        Entry(
            "org:company",
            _("Company"),
            "settings",
            Audience.ACCOUNT,
            30,
            roles=(Role.ADMINISTRATOR,),
        ),
        Entry(
            "admin:index",
            _("Administration"),
            "settings",
            Audience.ACCOUNT,
            50,
            roles=(Role.ADMINISTRATOR,),
        ),
        *KINDS,
    ),
)
