"""The night's steps around files: what is known by now, and what was sent long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from scoring.figures import totals
from scoring.ingest import progress, runs, uploads


def bring_totals_up_to_date(_changes: Any) -> StepResult:
    """Count new measures, give held facts to agents who became known, follow changes of team."""
    days = totals.count_new_measures() + runs.catch_up()
    line = ngettext("%(n)s agent day recomputed", "%(n)s agent days recomputed", days) % {"n": days}
    return StepResult(line if days else _("nothing to catch up"), {"agent_days": days})


def remove_old_files(_changes: Any) -> StepResult:
    """Remove files that were sent long ago, and end imports that died and were forgotten."""
    progress.end_forgotten(started_before=timezone.now() - timedelta(days=1))
    gone = uploads.discard_old_files()
    line = ngettext("%(n)s file removed", "%(n)s files removed", gone) % {"n": gone}
    return StepResult(line if gone else _("no old file"), {"files": gone})
