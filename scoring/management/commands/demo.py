"""manage.py demo: a company with months of believable data, made up and imported like real files."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from incentives.capabilities import DemoStep, declared
from incentives.org.models import Company
from scoring.demo import fill, sign_ins
from scoring.demo.company import NAME, make_company
from scoring.demo.exports import write_files
from scoring.demo.plan import FEWEST_AGENTS, FEWEST_DAYS, Plan
from scoring.models import Import

MOST_AGENTS, MOST_DAYS = 20_000, 800
NOTHING_DONE = 2


class Command(BaseCommand):
    """Make the demo company in an empty database and say who can sign in."""

    help = "Make the demo company: [--agents N] [--days N] [--seed S] [--again]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size of the company; the same numbers on the same day make the same files."""
        parser.add_argument("--agents", type=int, default=120, metavar="N")
        parser.add_argument("--days", type=int, default=120, metavar="N", help="ending yesterday")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--again", action="store_true", help="write and import the files once more"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit 0 when the company is there; 2 when nothing was done, 1 when something failed.

        Both of these come with one line that says why.
        """
        self._check(options)
        folder = Path(settings.VAR_DIR) / "demo"
        if fill.is_filled() and not options["again"]:
            self.stdout.write(
                _("%(company)s is here already; nothing was changed.")
                % {"company": Company.current().name}
            )
        else:
            try:
                self._make(folder, options)
            except KeyboardInterrupt:
                raise CommandError(
                    _("Interrupted; run it again to finish."), returncode=130
                ) from None
        self._tell_sign_ins(folder)

    def _check(self, options: dict[str, Any]) -> None:
        if not settings.DEVELOPMENT:
            _refuse(_("The demo is for development only: it gives everyone a known password."))
        for name, least, most in (
            ("agents", FEWEST_AGENTS, MOST_AGENTS),
            ("days", FEWEST_DAYS, MOST_DAYS),
        ):
            if not least <= options[name] <= most:
                _refuse(
                    _("--%(name)s must be from %(least)s to %(most)s.")
                    % {"name": name, "least": least, "most": most}
                )
        if fill.is_of_others():
            _refuse(_("This database holds other people's data; the demo fills only an empty one."))

    def _make(self, folder: Path, options: dict[str, Any]) -> None:
        began = monotonic()
        fill.set_up_company()
        yesterday = Company.current().today() - timedelta(days=1)
        plan = Plan(options["agents"], options["days"], options["seed"], yesterday)
        self.stdout.write(
            _("%(company)s: %(agents)s agents, %(first)s to %(last)s")
            % {
                "company": NAME,
                "agents": plan.agents,
                "first": plan.first_day,
                "last": plan.last_day,
            }
        )
        with self._step(_("write the exports")) as told:
            written = write_files(plan, make_company(plan), folder, listener=self._days)
            told.append(_("%(rows)s rows") % {"rows": f"{sum(written.rows.values()):,}"})
        self._import(folder)
        with self._step(_("passwords and roles")):
            sign_ins.set_up(folder)
        for part in declared(DemoStep):
            with self._step(str(part.label)) as told:
                told.append(part.make(Company.current().today()))
        self.stdout.write(_("Done in %(seconds).1f s.") % {"seconds": monotonic() - began})

    def _import(self, folder: Path) -> None:
        try:
            for run in fill.import_files(folder, progress=self._progress):
                self._clear()
                self._line(f"import {run.file_name}", run.seconds or 0, _summary(run))
        except fill.NotImported as error:
            self._clear()
            raise CommandError(str(error)) from None

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        began = monotonic()
        said: list[str] = []
        if self.stderr.isatty():
            self.stderr.write(f"\r  {name} …", ending="")
        yield said
        self._clear()
        self._line(name, monotonic() - began, ", ".join(said))

    def _line(self, name: str, seconds: float, text: str) -> None:
        self.stdout.write(f"  {name:<34}{seconds:7.1f} s  {text}".rstrip())
        self.stdout.flush()

    def _days(self, done: int, total: int) -> None:
        self._progress(_("writing"), done, total)

    def _progress(self, step: str, done: int, total: int) -> None:
        """One line that is written over, on a terminal only."""
        if self.stderr.isatty() and total > 1:
            text = f"\r  {step} {100 * done // total} %"
            self.stderr.write(f"{text:<50}", ending="")

    def _clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r" + " " * 50 + "\r", ending="")

    def _tell_sign_ins(self, folder: Path) -> None:
        self.stdout.write("\n" + _("Who can sign in:"))
        for each in sign_ins.sign_ins():
            self.stdout.write(f"  {each.login:<22}{each.role} ({each.name})")
        password = sign_ins.known_password(folder)
        if password:
            text = _("Password of everyone in the demo: %(password)s")
            self.stdout.write(text % {"password": password})
        else:
            self.stdout.write(_("The password was shown when the company was made."))


def _summary(run: Import) -> str:
    if run.status == Import.Status.UNCHANGED:
        return _("known already, nothing new")
    counts = {
        _("new"): run.rows_new,
        _("changed"): run.rows_changed,
        _("same"): run.rows_same,
        _("held"): run.rows_held,
        _("rows rejected"): run.rows_rejected,
        _("fields rejected"): run.fields_rejected,
    }
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)


def _refuse(message: str) -> NoReturn:
    raise CommandError(message, returncode=NOTHING_DONE)
