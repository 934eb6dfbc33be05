"""Whether anyone is there to carry out imports."""

from __future__ import annotations

from celery import current_app
from django.core.cache import cache

# How long an import may wait before its page asks whether there is a worker at all.
PATIENCE_SECONDS = 8
_REMEMBERED_SECONDS = 10
_KEY = "import-workers-answer"


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
