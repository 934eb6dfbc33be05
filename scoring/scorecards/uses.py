"""What of scorecards names a KPI.

`scoring.explorer.retiring` asks before a KPI or a measure may go. Everything that may be computed
again counts: published versions that have ended explain the past, and a late correction judges them
anew. Only versions that never held are left out.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from scoring.figures.uses import Uses
from scoring.models import Scorecard


def kpi_on_scorecards(key: str) -> list[str]:
    """Scorecards, drafts included, that score the KPI or guard with it."""
    cards = Scorecard.objects.filter(items__kpi__key=key) | Scorecard.objects.filter(
        guards__contains=[{"metric": key}]
    )
    names = sorted({str(card) for card in cards.distinct()})
    return [_("the scorecard “%(name)s”") % {"name": name} for name in names]


USES = Uses(of_kpi=kpi_on_scorecards)
