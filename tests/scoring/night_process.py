"""A night in a process of its own that stops at a chosen moment and waits there to be disturbed.

NIGHT_PAUSE names the moment: "<step>:before" or "<step>:inside" (its work is done but not
committed), "files:between" (a file is taken in but not yet put away), or "end:inside" (the list is
cleared but not committed). The process then makes the file `reached` in NIGHT_FLAGS and waits for
the file `go`; it stops there only once.

    python -m tests.scoring.night_process prepare FOLDER     make the company and its first night
    python -m tests.scoring.night_process send               hand a night to the workers
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from incentives.capabilities import NightStep, StepResult
from scoring.figures.changes import Changes

DAY = "2026-03-20"


def steps() -> list[NightStep]:
    """The real steps; the chosen one stops."""
    from incentives import nightly
    from scoring.figures import change_queue as taking
    from scoring.nights import drop_folder

    drop_folder.QUIET_SECONDS = -1
    _stop_in(drop_folder, "_move", "files:between", before=True)
    _stop_in(taking, "finish", "end:inside", before=False)
    return [_stopping(step) for step in nightly.steps()]


def _stopping(step: NightStep) -> NightStep:
    def run(changes: Changes) -> StepResult:
        _stop_at(f"{step.name}:before")
        if os.environ.get("NIGHT_PAUSE") != f"{step.name}:inside":
            return step.run(changes)
        with transaction.atomic():
            result = step.run(changes)
            _stop_at(f"{step.name}:inside")
        return result

    return replace(step, run=run)


def _stop_in(module: Any, name: str, moment: str, *, before: bool) -> None:
    original: Callable[..., Any] = getattr(module, name)
    if getattr(original, "stops", False):
        return

    def stopping(*args: Any, **kwargs: Any) -> Any:
        if before:
            _stop_at(moment)
        result = original(*args, **kwargs)
        if not before:
            _stop_at(moment)
        return result

    stopping.stops = True  # type: ignore[attr-defined]
    setattr(module, name, stopping)


def _stop_at(moment: str) -> None:
    if os.environ.get("NIGHT_PAUSE") != moment:
        return
    flags = Path(os.environ["NIGHT_FLAGS"])
    if (flags / "reached").exists():
        return
    (flags / "reached").touch()
    while not (flags / "go").exists():
        time.sleep(0.02)


def prepare(folder: Path) -> None:
    """A company of twelve agents in three teams with ten weeks of tickets, after its first night."""
    from django.core.management import call_command

    from incentives.org.models import Company
    from tests.scoring import night_data

    Company.objects.update_or_create(pk=1, defaults={"name": "Lakeside", "time_zone": "UTC"})
    night_data.write_people(folder / "people.csv")
    night_data.write_tickets(folder / "tickets.csv")
    night_data.write_activities(folder / "activities.csv")
    for name, kind in (("people", "agents"), ("tickets", "tickets"), ("activities", "activities")):
        try:
            call_command("ingest", str(folder / f"{name}.csv"), source="desk", kind=kind)
        except SystemExit as ended:
            if ended.code:
                raise
    call_command("nightly", date=None)
    _announce_a_battle()
    _announce_quests()


def _announce_a_battle() -> None:
    """A week that is over and whose corrections are in, so that one night fights, settles and pays."""
    from datetime import date

    from incentives.org.models import Person, RoleGrant, Team
    from tests.badges.battle_data import amount, announce, level

    manager = Person.objects.create(key="manager", login="manager", display_name="Manager")
    RoleGrant.objects.create(person=manager, role="manager")
    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 8)}
    teams = Team.objects.filter(key__in=["team-0", "team-1"])
    announce(manager, amount(20), level(10, least=1), teams=teams, **days)


def _announce_quests() -> None:
    """One that many reach and one that nobody reaches; both are over and close in one night."""
    from datetime import date

    from tests.badges.quest_data import quest

    for name, least in (("Within reach", 2), ("Out of reach", 100_000)):
        handled = {"measure": "handled", "window": "week", "op": ">=", "value": least}
        quest(start=date(2026, 3, 2), days=7, name_en=name, criteria={"all": [handled]})


def send() -> None:
    """Ask for a night as the page does."""
    from datetime import date

    from incentives.celery import app
    from scoring.nights import runner
    from scoring.tasks import run_night

    run = runner.start(as_of=date.fromisoformat(DAY), origin="page")
    assert app.conf.broker_url
    run_night.delay(run.pk)


def main() -> None:
    """Command line."""
    import django

    django.setup()
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        send()


if __name__ == "__main__":
    main()
