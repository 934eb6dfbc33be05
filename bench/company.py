"""What the benchmarks of nights and pages share: a company with rules, scorecards and boards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
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


def fill_up() -> dict[str, int]:
    """Bring rules, scorecards and boards to the numbers of the task by copies of the shipped ones.

    A copy of a rule pays another amount, so no two of them are answered from the same sums.
    """
    from scoring.models import Leaderboard, PointRule, Scorecard

    _copy(list(PointRule.objects.filter(status="published")), RULES, _other_rule)
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


def _other_rule(rule: Any, number: int) -> None:
    rule.key, rule.amount = f"{rule.key}_{number}", rule.amount + 1 + number


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


def last_night() -> tuple[float, Mapping[str, float]]:
    """Seconds of the newest night and of each of its steps, without the start of the process."""
    from scoring.models import NightRun

    run = NightRun.objects.latest("id")
    return run.seconds or 0.0, {step["name"]: step["seconds"] for step in run.steps}


def told(steps: Mapping[str, float]) -> str:
    """The steps of a night in one line."""
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items())


def write_json(path: Path, data: Any) -> None:
    """Keep the figures for whoever compares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1))
