"""What of appeals names a KPI.

`scoring.explorer.retiring` asks before a KPI or a measure may go. Everything that may be computed
again counts: published versions that have ended explain the past, and a late correction judges them
anew. Only versions that never held are left out.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from scoring.figures.uses import Uses
from scoring.models import Appeal


def kpi_in_appeals(key: str) -> list[str]:
    """How many appeals are about a score's item with the KPI."""
    many = Appeal.objects.filter(kpi__key=key).count()
    text = ngettext("%(count)d appeal", "%(count)d appeals", many)
    return [text % {"count": many}] if many else []


USES = Uses(of_kpi=kpi_in_appeals)
