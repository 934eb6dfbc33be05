"""Homes of roles, analytics, search and the look of the product."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry, Group
from incentives.org.models import Role

CAPABILITY = Capability(
    "homes",
    urls="dashboards.urls",
    tables=("dashboards.models",),
    parts=(
        Entry("dashboards:home", _("Home"), "home", Audience.EVERYONE, 10, tab=True),
        Entry("dashboards:team", _("Team board"), "team", Audience.STEERING, 20, tab=True),
        Entry(
            "dashboards:analytics", _("Analytics"), "pulse", Audience.STEERING, 30, Group.RESULTS
        ),
        Entry(
            "dashboards:styleguide",
            _("Components"),
            "team",
            Audience.ACCOUNT,
            60,
            roles=(Role.ADMINISTRATOR,),
        ),
    ),
)
