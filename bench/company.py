"""What the benchmarks of nights and pages share: a company with rules, scorecards and boards."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RULES, CARDS, BOARDS = 20, 4, 8


def start(var: Path) -> None:
    """Name the benchmark's own folder and servers to this process and those it starts."""
    sys.path.insert(0, str(ROOT))
    os.environ.update(
        ENVIRONMENT="development",
        DEBUG="0",
        LOG_LEVEL="ERROR",
        VAR_DIR=str(var),
        DJANGO_SETTINGS_MODULE="incentives.settings",
    )


# Ten rules of the kinds that managers write beside the ten that ship: weeks and months that reach a
# value, and sums that come together over some days' work. (metric, window, op, value, points)
_THRESHOLDS = (
    ("frt_within", "week", ">=", 90, 20),
    ("fcr", "week", ">=", 80, 20),
    ("aht", "week", "<=", 400, 15),
    ("reopen_rate", "week", "<=", 4, 15),
    ("csat", "month", ">=", 92, 60),
    ("complaint_rate", "month", "=", 0, 30),
    ("conversion", "month", ">=", 30, 40),
)
# (measure, how many of it, points)
_UNITS = (("order_value", 2_000, 2), ("orders", 5, 3), ("reopened", 3, 1))


def _add_rules() -> None:
    from scoring.models import PointRule

    for metric, window, op, value, amount in _THRESHOLDS:
        leaf = {"metric": metric, "window": window, "op": op, "value": value, "least": 5}
        _rule(f"{metric}_{window}", amount, per="threshold", threshold={"all": [leaf]})
    for measure, units, amount in _UNITS:
        _rule(f"every_{measure}", amount, per="unit", expression=measure, units=units)
    assert PointRule.objects.filter(status="published").count() == RULES


def _rule(key: str, amount: int, **more: Any) -> None:
    from scoring.models import PointRule

    since = date(2000, 1, 1)
    PointRule.objects.create(
        key=key, name_en=key, amount=amount, status="published", starts_on=since, **more
    )


def fill_up() -> dict[str, int]:
    """Bring rules and boards to the numbers of the task; returns how many there are of each."""
    from scoring.models import Leaderboard, PointRule, Scorecard

    _add_rules()
    _copy(list(Leaderboard.objects.all()), BOARDS, _other_board)
    return {
        "rules": PointRule.objects.filter(status="published").count(),
        "cards": Scorecard.objects.filter(status="published").count(),
        "boards": Leaderboard.objects.count(),
    }


def _copy(originals: list[Any], wanted: int, change: Any) -> None:
    for number in range(max(0, wanted - len(originals))):
        copy = originals[number % len(originals)]
        change(copy, number)
        copy.pk, copy._state.adding = None, True
        copy.save()


def _other_board(board: Any, number: int) -> None:
    board.key, board.period = f"{board.key}-{number}", "day"


def manage(*arguments: str, quiet: bool = True) -> float:
    """Run a management command; the seconds of the whole process. Ends the benchmark if it fails."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"manage.py {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}")
    return time.perf_counter() - begin


def cpu_seconds() -> float:
    """Processor time so far of the database's ended sessions and of the processes started from here.

    Unlike seconds on the clock it does not grow when the machine has other things to do.
    """
    from incentives.embedded.postgres import postgres_pid

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    stat = Path(f"/proc/{postgres_pid()}/stat").read_text().rpartition(")")[2].split()
    ticks = int(stat[13]) + int(stat[14])  # of its children that have ended: cutime, cstime
    return usage.ru_utime + usage.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def last_night() -> tuple[float, Mapping[str, float]]:
    """Seconds of the newest night and of each of its steps, without the start of the process."""
    from django.db import connection

    from scoring.models import NightRun

    run = NightRun.objects.latest("id")
    connection.close()
    return run.seconds or 0.0, {step["name"]: step["seconds"] for step in run.steps}


def told(steps: Mapping[str, float]) -> str:
    """The steps of a night in one line."""
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items())


def write_json(path: Path, data: Any) -> None:
    """Keep the figures for whoever compares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1))
