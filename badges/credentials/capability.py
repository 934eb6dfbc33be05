"""Badges that leave the house, signed."""

from django.utils.translation import gettext_lazy as _

from badges.credentials.night import renew_signatures
from incentives.capabilities import Audience, Capability, Entry, NightStep
from incentives.org.models import Role

CAPABILITY = Capability(
    "credentials",
    urls="badges.credentials.urls",
    parts=(
        NightStep("keys", 130, _("Keys of badges"), renew_signatures, commits=True),
        Entry(
            "badges:signing_keys",
            _("Keys of badges"),
            "lock",
            Audience.ACCOUNT,
            40,
            roles=(Role.ADMINISTRATOR,),
        ),
    ),
)
