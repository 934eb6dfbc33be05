"""Files from helpdesks, and what becomes of them."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, AuditCheck, Capability, Entry, Group, NightStep, Phase
from scoring.ingest import news
from scoring.ingest.audit import corrections
from scoring.ingest.night import bring_totals_up_to_date, remove_old_files
from scoring.ingest.views.importers import may_import

CAPABILITY = Capability(
    "imports",
    urls="scoring.ingest.urls",
    parts=(
        NightStep("totals", 30, _("Daily totals"), bring_totals_up_to_date, phase=Phase.PREPARES),
        NightStep("tidy", 10, _("Old files"), remove_old_files, phase=Phase.TIDIES),
        Entry(
            "scoring:imports",
            _("Imports"),
            "import",
            Audience.STEERING,
            10,
            Group.DATA,
            may=may_import,
        ),
        AuditCheck("corrections", _("Facts and their corrections"), corrections),
        *news.KINDS,
    ),
)
