"""KPIs as people see and edit them."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry, Group

CAPABILITY = Capability(
    "kpis",
    urls="scoring.explorer.urls",
    parts=(
        Entry("scoring:kpis", _("KPIs"), "chart", Audience.OWN, 90),
        Entry("scoring:kpis", _("KPIs"), "chart", Audience.STEERING, 20, Group.RESULTS),
    ),
)
