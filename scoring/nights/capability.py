"""The night itself, as people watch and start it."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import Audience, Capability, Entry, Group, NightStep, Phase
from scoring.ingest.views.importers import may_import
from scoring.nights import news
from scoring.nights.drop_folder import take_dropped_files

CAPABILITY = Capability(
    "nights",
    urls="scoring.nights.urls",
    parts=(
        NightStep(
            "files",
            10,
            _("Files of the drop folder"),
            take_dropped_files,
            phase=Phase.PREPARES,
            commits=True,
        ),
        NightStep(
            "news",
            110,
            _("News"),
            news.tell_the_news,
            after=("boards", "score_boards", "kpi_boards"),
        ),
        Entry(
            "scoring:nights", _("Nights"), "moon", Audience.STEERING, 20, Group.DATA, may=may_import
        ),
        *news.KINDS,
    ),
)
