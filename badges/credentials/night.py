"""The night's step for credentials: what a key that became known has signed is signed anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.credentials.issuing import renew
from badges.credentials.keys import KeyUnreadable
from incentives.capabilities import StepResult


def renew_signatures(_changes: Any) -> StepResult:
    """Sign anew what a key that became known has signed, where that was cut off by day."""
    try:
        done = renew()
    except KeyUnreadable as error:
        return StepResult(str(error))
    line = ngettext("%(n)s badge signed anew", "%(n)s badges signed anew", done) % {"n": done}
    return StepResult(line if done else _("nothing changed"), {"signed": done})
