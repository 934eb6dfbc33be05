"""manage.py ingest: files of tickets, activities, queue intervals or people into the facts."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from incentives.org.refusals import Refused
from scoring.ingest.errors import BadMapping
from scoring.ingest.guarded_reading import prepare
from scoring.ingest.library import NamedMapping, find_mapping
from scoring.ingest.progress import carry_out
from scoring.ingest.runs import describe_issue, start
from scoring.ingest.sign_ins import sign_ins_of
from scoring.models import Import
from scoring.models.sources import FactKind

DONE, WITH_REJECTIONS, NOTHING_DONE = 0, 1, 2
ISSUES_SHOWN = 20


class Command(BaseCommand):
    """Import files one after the other, each whole or not at all."""

    # They import every page there is, which takes longer than a small file; `check` runs them.
    requires_system_checks = ()
    help = "Import exports: PATH... --source NAME [--mapping NAME|FILE.toml] [--kind KIND]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments that scripts rely on."""
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument("--source", required=True, help=_("the system the files come from"))
        parser.add_argument("--mapping", help=_("a mapping's name, or a TOML file"))
        parser.add_argument("--kind", choices=FactKind.values)
        parser.add_argument("--dry-run", action="store_true", help=_("store nothing"))
        parser.add_argument(
            "--sign-ins",
            action="store_true",
            help=_("let people files change addresses, logins and roles of people who can sign in;"
                   " --dry-run lists them"),
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit 0 when all is in, 1 with rejected rows or fields, 2 when a file was refused."""
        prepare()  # while the mapping is looked for
        try:
            found = find_mapping(options["mapping"], kind=options["kind"])
        except BadMapping as error:
            self.stderr.write(str(error))
            sys.exit(NOTHING_DONE)
        codes = [self._import(path, found, options) for path in options["paths"]]
        sys.exit(max(codes))

    def _import(self, path: Path, found: NamedMapping, options: dict[str, Any]) -> int:
        try:
            run = start(
                path=path,
                source=options["source"],
                mapping=found.mapping,
                mapping_text=found.text,
                dry_run=options["dry_run"],
                changes_sign_ins=options["dry_run"] or options["sign_ins"],
            )
        except Refused as error:
            self.stderr.write(str(error))
            return NOTHING_DONE
        try:
            carry_out(run, progress=_Line(self.stderr, path.name))
        except Exception as error:
            if options["traceback"]:
                raise
            self.stderr.write(_failed(run, error))
            return NOTHING_DONE
        if run.status in (Import.Status.REFUSED, Import.Status.FAILED):
            self.stderr.write(run.message)
            return NOTHING_DONE
        self.stdout.write(_summary(run))
        if run.message:
            self.stderr.write(run.message)
        self._list_sign_ins(run)
        self._list_issues(run)
        return WITH_REJECTIONS if run.rows_rejected or run.fields_rejected else DONE

    def _list_sign_ins(self, run: Import) -> None:
        if not run.sign_ins:
            return
        wanted = _("Sign-ins that --sign-ins would change:")
        self.stdout.write(wanted if run.dry_run else _("Sign-ins that were changed:"))
        for change in sign_ins_of(run):
            text = "  {name} ({key}), {what}: {before} → {after}"
            self.stdout.write(text.format(**change))

    def _list_issues(self, run: Import) -> None:
        issues = run.issues.all()
        for issue in issues[:ISSUES_SHOWN]:
            self.stderr.write("  " + describe_issue(issue))
        more = issues.count() - ISSUES_SHOWN
        if more > 0:
            self.stderr.write("  " + _("… and %(more)s more (import page)") % {"more": more})


def _failed(run: Import, error: Exception) -> str:
    reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return _(
        "The import of %(file)s failed and nothing of it was stored (%(reason)s): run it again;"
        " --traceback shows where it failed."
    ) % {"file": run.file_name, "reason": reason}


def _summary(run: Import) -> str:
    return _(
        "%(file)s: %(read)s rows read, %(new)s new, %(changed)s changed, %(same)s known,"
        " %(held)s held, %(rows)s rows and %(fields)s fields rejected,"
        " %(days)s agent days recomputed, %(seconds).1f s"
    ) % {
        "file": run.file_name,
        "read": run.rows_read,
        "new": run.rows_new,
        "changed": run.rows_changed,
        "same": run.rows_same,
        "held": run.rows_held,
        "rows": run.rows_rejected,
        "fields": run.fields_rejected,
        "days": run.days_touched,
        "seconds": run.seconds or 0,
    }


class _Line:
    """Progress on a terminal: one line that is written over."""

    def __init__(self, stream: Any, name: str) -> None:
        self.stream = stream
        self.name = name

    def __call__(self, step: str, done: int, total: int) -> None:
        if not self.stream.isatty():
            return
        share = f" {100 * done // total} %" if total > 1 else ""
        self.stream.write(f"\r{self.name}: {step}{share}        ", ending="")
        if step == "done":
            self.stream.write("\r" + " " * 79 + "\r", ending="")
