"""What of leaderboards names a KPI.

`scoring.explorer.retiring` asks before a KPI or a measure may go. Everything that may be computed
again counts: published versions that have ended explain the past, and a late correction judges them
anew. Only versions that never held are left out.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from scoring.figures.uses import Uses
from scoring.models import Leaderboard


def kpi_in_boards(key: str) -> list[str]:
    """Leaderboards that rank by the KPI, archived ones too."""
    boards = Leaderboard.objects.filter(kpi__key=key).order_by("pk")
    return [_("the leaderboard “%(name)s”") % {"name": board.name} for board in boards]


USES = Uses(of_kpi=kpi_in_boards)
