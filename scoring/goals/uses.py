"""What of goals names a KPI.

`scoring.explorer.retiring` asks before a KPI or a measure may go. Everything that may be computed
again counts: published versions that have ended explain the past, and a late correction judges them
anew. Only versions that never held are left out.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from scoring.figures.uses import Uses
from scoring.models import Goal


def kpi_in_goals(key: str) -> list[str]:
    """How many goals are about the KPI: whose they are is for their two sides to know."""
    many = Goal.objects.filter(kpi__key=key).count()
    text = ngettext("%(count)d goal", "%(count)d goals", many)
    return [text % {"count": many}] if many else []


USES = Uses(of_kpi=kpi_in_goals)
