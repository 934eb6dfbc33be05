"""The way to the workers: handing over a task, and asking whether anyone is there."""

from __future__ import annotations

from typing import Any

from celery import Task, current_app
from django.core.cache import cache
from django.db import transaction

# How long an import may wait before its page asks whether there is a worker at all.
PATIENCE_SECONDS = 8
_REMEMBERED_SECONDS = 10
_KEY = "import-workers-answer"


def send(task: Task[Any, Any], *args: int) -> None:
    """Hand a task over when the transaction is committed; a silent broker only leaves it waiting."""
    transaction.on_commit(lambda: task.delay(*args), robust=True)


def answer() -> bool:
    """Whether a worker answers; asked every ten seconds at most."""
    known = cache.get(_KEY)
    if known is None:
        known = _ask()
        cache.set(_KEY, known, _REMEMBERED_SECONDS)
    return bool(known)


def _ask() -> bool:
    try:
        return bool(current_app.control.ping(timeout=0.7, limit=1))
    except Exception:  # a broker that is away is no worker either, whatever the driver calls it
        return False
