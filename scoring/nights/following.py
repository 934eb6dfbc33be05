"""Steps that follow up a night's changes: those that do not rest on each other at the same time.

Each runs in a session and a transaction of its own, while the night's own session holds the lock
and keeps the record. Where someone has opened a transaction around the whole night, everything
has to happen in that one session, and the steps run one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection

from incentives.capabilities import NightStep, Phase, StepResult

#: The database works while Python waits, so few sessions keep a machine's cores at work.
AT_ONCE = 2

#: What a step's work gives: its result, and the seconds that it took.
Work = Future[tuple[StepResult, float]]


def follow(
    steps: Sequence[NightStep],
    *,
    work: Callable[[NightStep], tuple[StepResult, float]],
    begins: Callable[[NightStep], None],
    ends: Callable[[NightStep, Work, NightStep | None], None],
) -> None:
    """Do the work of all steps, each after those that it comes after.

    `begins` and `ends` are called in the caller's thread, `ends` with the finished work and with a
    step that is still under way. When either raises no other step begins, and those under way are
    waited for.
    """
    waiting = list(steps)
    running: dict[Work, NightStep] = {}
    inside = connection.in_atomic_block
    with _Here() if inside else ThreadPoolExecutor(AT_ONCE) as workers:
        while waiting or running:
            ready = _ready(steps, {*_names(waiting), *_names(running.values())}, waiting)
            for step in ready[: 1 if inside else AT_ONCE - len(running)]:
                waiting.remove(step)
                begins(step)
                running[workers.submit(work, step)] = step
            if not running:
                raise ValueError(f"Steps wait for each other: {', '.join(_names(waiting))}.")
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in [each for each in running if each in done]:
                step = running.pop(future)
                ends(step, future, next(iter(running.values()), None))


def _ready(
    steps: Sequence[NightStep], open_: set[str], waiting: Sequence[NightStep]
) -> list[NightStep]:
    """The waiting steps whose predecessors are none of the open ones, in their order."""
    return [
        step
        for at, step in enumerate(steps)
        if step in waiting
        and open_.isdisjoint(_names(steps[:at]) if step.phase is Phase.TIDIES else step.after)
    ]


def _names(steps: Iterable[NightStep]) -> list[str]:
    return [step.name for step in steps]


class _Here(Executor):
    """Does the work at once, in the caller's thread and session."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The work, done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future
