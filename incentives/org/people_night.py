"""The night's step for people: whose last day is over can no longer sign in."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.capabilities import StepResult
from incentives.org.models import Company
from incentives.org.people import deactivate_leavers


def end_access_of_leavers(_changes: Any) -> StepResult:
    """End the access of everyone whose last day is over today, whatever day the night closes."""
    left = deactivate_leavers(on=Company.current().today())
    line = ngettext("%(n)s person has left", "%(n)s people have left", left) % {"n": left}
    return StepResult(line if left else _("nobody has left"), {"leavers": left})
