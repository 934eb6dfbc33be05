"""Whatever comes late, and whichever nights are left out: nothing derived is wrong afterwards."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from scoring.audit import running as audit
from scoring.nights import runner
from tests.late import company
from tests.late.corrections import Late

MANY = int(os.environ.get("LATE_CORRECTIONS", "25"))
SEEDS = [int(seed) for seed in os.environ.get("LATE_SEEDS", "1").split(",")]
AGENTS = int(os.environ.get("LATE_AGENTS", "8"))
DAYS = int(os.environ.get("LATE_DAYS", "60"))
# The nights go on from the one day to the other, which have to be past by the clock.
BEGIN, END = date(2026, 10, 16), date(2026, 11, 28)
EVERY = int(os.environ.get("LATE_AUDIT_EVERY", "0"))


def a_night(as_of: date) -> float:
    """A whole night; its seconds."""
    run = runner.start(as_of=as_of, origin="command")
    return runner.perform(run, wait_seconds=5).seconds or 0.0


def differences() -> list[str]:
    """What the audit finds, all checks together."""
    found = audit.audit(audit.checks(), wait_seconds=0)
    return [
        f"{each.check.name}: {one.what}: {one.stored} instead of {one.right}"
        for each in found
        for one in each.differences
    ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_is_clean_after_late_corrections(seed: int, tmp_path: Path) -> None:
    company.make(tmp_path, agents=AGENTS, days=DAYS, seed=seed, last_day=BEGIN)
    first = a_night(BEGIN)
    late = Late(tmp_path, seed, BEGIN)
    nights: list[float] = []
    made = 0
    while made < MANY or not nights:
        batch = min(late.random.choice((1, 1, 2, 4, 9, 15)), MANY - made)
        for _each in range(batch):
            said = late.one()
            if EVERY:
                print("  ", said)
        made += batch
        # The day is closed, or some days are: nights were left out.
        late.work_until(min(late.today + timedelta(late.random.choice((0, 1, 1, 3, 6))), END))
        nights.append(a_night(late.today))
        if EVERY and len(nights) % EVERY == 0:
            found = differences()
            print(f"night of {late.today}: {made} corrections, {len(found)} differences")
            assert found == [], "\n".join(found[:40])
    began = perf_counter()
    found = differences()
    print(
        f"seed {seed}: {made} corrections in {len(nights)} batches, first night {first:.1f} s, the"
        f" others {sum(nights):.1f} s (longest {max(nights):.1f} s), audit"
        f" {perf_counter() - began:.1f} s, {len(found)} differences"
    )
    assert found == [], "\n".join(late.done + found)
