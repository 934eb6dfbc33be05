"""`manage.py audit`: works out everything derived once more and lists every difference."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.audit.running import Finding, audit, checks, waiting
from scoring.figures.night_lock import NightBusy
from scoring.management.arguments import refuse

_DIFFERENCES = 1


class Command(BaseCommand):
    """Audit. Exit codes: 0 no difference, 1 differences (listed), 2 nothing done (one line)."""

    help = "Recompute every derived figure and list differences; changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which checks; all of them by default."""
        parser.add_argument(
            "--check", action="append", default=[], metavar="NAME", help="repeatable"
        )
        parser.add_argument("--list", action="store_true", help="name the checks and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Differences to stdout, one a line with tabs; progress and notes to stderr."""
        try:
            chosen = checks(options["check"])
        except LookupError as error:
            refuse(str(error.args[0]))
        if options["list"]:
            for check in chosen:
                self.stdout.write(f"{check.name}\t{check.label}")
            return
        self._note_waiting()
        found = 0
        try:
            begun = perf_counter()
            for finding in audit(chosen):
                found += self._tell(finding, perf_counter() - begun)
                begun = perf_counter()
        except NightBusy as error:
            refuse(str(error))
        if found:
            text = ngettext("%(n)d difference.", "%(n)d differences.", found)
            raise CommandError(text % {"n": found}, returncode=_DIFFERENCES)

    def _note_waiting(self) -> None:
        many = waiting()
        if many:
            text = _(
                "%(n)d changes wait for the next night: scores and points differ until it has run."
            )
            self.stderr.write(text % {"n": many})

    def _tell(self, finding: Finding, seconds: float) -> int:
        many = len(finding.differences)
        text = ngettext("%(n)d difference", "%(n)d differences", many) % {"n": many}
        if finding.is_cut:
            text = _("more than %(n)d differences") % {"n": many}
        name = str(finding.check.label)
        said = text if many else _("no difference")
        self.stderr.write(f"  {name:<34}{seconds:7.1f} s  {said}")
        for each in finding.differences:
            self.stdout.write(f"{finding.check.name}\t{each.what}\t{each.stored}\t{each.right}")
        return many
