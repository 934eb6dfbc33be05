"""Why: the way back from every point and score."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry
from incentives.org.models import Role

CAPABILITY = Capability(
    "explanations",
    urls="scoring.explain.urls",
    parts=(Entry("scoring:explain_own", _("Why"), "info", Audience.OWN, 80, roles=(Role.AGENT,)),),
)
