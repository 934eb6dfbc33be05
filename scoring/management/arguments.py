"""What commands are asked for: days and agents as people type them, refused in one line."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from incentives.org.models import Alias, Person
from scoring.figures.expressions import near

NOTHING_DONE = 2


def refuse(message: str) -> NoReturn:
    """End the command with its exit code for "nothing done", and one line that says why."""
    raise CommandError(message, returncode=NOTHING_DONE)


def day_of(text: str | None) -> date | None:
    """The day that someone typed; None for none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        refuse(_("“%(text)s” is not a day: write it like 2026-11-03.") % {"text": text})


def agent_key(given: str) -> str:
    """The person's key for a key or another key (alias) of theirs."""
    if Person.objects.filter(key=given).exists():
        return given
    keys = list(Alias.objects.filter(key=given).values_list("person__key", flat=True).distinct())
    if len(keys) > 1:
        refuse(
            _("“%(key)s” stands for several agents: name one of %(keys)s.")
            % {"key": given, "keys": ", ".join(sorted(keys))}
        )
    if not keys:
        known = list(Person.objects.values_list("key", flat=True))
        refuse(_("There is no agent “%(key)s”.") % {"key": given} + near(given, known))
    return str(keys[0])
