"""The first days of an installation."""

from django.utils.translation import gettext_lazy as _

from dashboards.first_use.first_steps import may_read
from incentives.capabilities import Audience, Capability, Entry

CAPABILITY = Capability(
    "first steps",
    urls="dashboards.first_use.urls",
    parts=(
        Entry(
            "dashboards:first_steps", _("First steps"), "steps", Audience.STEERING, 30, may=may_read
        ),
    ),
)
