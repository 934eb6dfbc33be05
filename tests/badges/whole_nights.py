"""Whole nights over files, for tests that follow play from the facts to the pages."""

from __future__ import annotations

import os
from datetime import date
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from scoring.models import NightRun


def night(as_of: date, **handled: int) -> None:
    """A whole night after a file of the day's tickets: so many of each agent, by key."""
    rows = "".join(
        f"{key}-{as_of}-{number},{key},chat,solved,{as_of}T10:00:00Z\n"
        for key, many in handled.items()
        for number in range(many)
    )
    folder = Path(settings.DROP_FOLDER) / "helpdesk" / "canonical"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{as_of}.csv"
    file.write_text("external_id,agent,channel,status,closed_at\n" + rows)
    os.utime(file, (1_700_000_000, 1_700_000_000))  # complete since a while
    call_command("nightly", "--date", str(as_of), stdout=StringIO())
    assert NightRun.objects.latest("pk").status == NightRun.Status.DONE
