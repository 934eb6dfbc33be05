"""manage.py nightly: every step of the night, with a line and a time for each."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.capabilities import NightStep, StepResult
from incentives.org.models import Company
from scoring.figures.night_lock import NightBusy, NightLost, is_under_way
from scoring.figures.windows import EVERYTHING, Span
from scoring.models import NightRun
from scoring.nights import runner, schedule

DONE, WITH_REJECTIONS, NOTHING_DONE = 0, 1, 2


class Command(BaseCommand):
    """Run the night now; running it twice changes nothing."""

    help = "Run the night: [--date D | --from D --to D | --everything] [--wait SECONDS]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments that scripts rely on; days are company-local."""
        parser.add_argument(
            "--date", type=_day, metavar="D", help=_("close this day, and do it again")
        )
        parser.add_argument("--from", dest="first", type=_day, metavar="D")
        parser.add_argument("--to", dest="last", type=_day, metavar="D")
        parser.add_argument("--everything", action="store_true", help=_("do all days again"))
        parser.add_argument(
            "--wait",
            type=int,
            default=runner.WAIT_SECONDS,
            metavar="SECONDS",
            help=_("how long to wait for another night"),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit 0 when done, 1 when files or rows of the drop folder were refused, 2 when not done."""
        as_of, redo = _asked(options)
        if is_under_way():
            self.stderr.write(
                _("Another night is under way; waiting up to %(seconds)s s for its end.")
                % {"seconds": options["wait"]}
            )
        run = runner.start(as_of=as_of, redo=redo, origin=NightRun.Origin.COMMAND)
        self.stdout.write(_("Night of %(day)s") % {"day": as_of})
        printer = _Printer(self.stdout, self.stderr)
        try:
            runner.perform(run, wait_seconds=options["wait"], watcher=printer.watcher())
        except (NightBusy, NightLost) as error:
            raise CommandError(str(error), returncode=NOTHING_DONE) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted; run it again to finish."), returncode=130) from None
        except Exception as error:
            text = _(
                "The night failed in “%(step)s” (%(error)s); run it again when that is mended."
            )
            first_line = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            told = {"step": run.step, "error": first_line}
            raise CommandError(text % told, returncode=NOTHING_DONE) from None
        self.stdout.write(
            _("Done in %(seconds).1f s; %(days)s agent days followed up.")
            % {"seconds": run.seconds or 0, "days": f"{run.days:,}"}
        )
        if printer.refusals:
            sys.exit(WITH_REJECTIONS)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("“%(text)s” is no day: write it as 2026-11-03.") % {"text": text}
        raise ArgumentTypeError(message) from None


def _asked(options: dict[str, Any]) -> tuple[date, Span | None]:
    """The day to close and the days to do again."""
    day, first, last = options["date"], options["first"], options["last"]
    if (first is None) != (last is None) or sum(map(bool, (day, first, options["everything"]))) > 1:
        raise CommandError(
            _("Give --date alone, --from together with --to, or --everything alone."),
            returncode=NOTHING_DONE,
        )
    if first and first > last:
        message = _("--from lies after --to: swap the two days.")
        raise CommandError(message, returncode=NOTHING_DONE)
    closes = schedule.closing_day(timezone.now(), zone=Company.current().time_zone)
    if options["everything"]:
        return closes, EVERYTHING
    if day:
        return day, Span(day, day)
    return (last, Span(first, last)) if first else (closes, None)


class _Printer:
    """A line for each step when it ends; on a terminal also the step that is under way."""

    def __init__(self, out: Any, terminal: Any) -> None:
        self.out, self.terminal = out, terminal
        self.refusals = 0
        self.present = ""

    def watcher(self) -> runner.Watcher:
        """What the runner tells."""
        return runner.Watcher(begins=self._begins, is_at=self._is_at, ended=self._ended)

    def _begins(self, number: int, steps: int, step: NightStep) -> None:
        self.present = f"{number}/{steps} {step.label}"
        self._write_over(f"  {self.present} …")

    def _is_at(self, done: int, total: int) -> None:
        if total:
            self._write_over(f"  {self.present} {100 * done // total} %")

    def _ended(self, step: NightStep, result: StepResult, seconds: float) -> None:
        self._write_over("")
        self.refusals += result.counts.get("refused", 0) + result.counts.get("rejected", 0)
        self.out.write(f"  {step.name:<16}{seconds:8.2f} s  {result.line}".rstrip())
        self.out.flush()

    def _write_over(self, text: str) -> None:
        if self.terminal.isatty():
            self.terminal.write("\r" + " " * 70 + "\r" + text, ending="")
            self.terminal.flush()
