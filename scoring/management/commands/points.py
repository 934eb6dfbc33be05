"""`manage.py points`: points by agent or rule. Figures go to stdout, errors to stderr."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from incentives.spreadsheets import Rows
from scoring.figures.windows import Period, Span
from scoring.management.arguments import agent_key, day_of, refuse
from scoring.points.listing import PointSum, point_sums

HEADER = ("period", "key", "name", "points", "entries")


class Command(BaseCommand):
    """Print points. Exit codes: 0 printed, 2 nothing printed (one line says why)."""

    help = "Print points by agent or rule, by the day they were earned."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The options; days are YYYY-MM-DD and both ends are included."""
        parser.add_argument("--by", required=True, choices=["agent", "rule"])
        parser.add_argument("--period", required=True, choices=[each.value for each in Period])
        parser.add_argument("--from", dest="start", metavar="DAY")
        parser.add_argument("--to", dest="end", metavar="DAY")
        parser.add_argument("--agent", action="append", metavar="KEY", help="may be repeated")
        parser.add_argument("--format", choices=sorted(_WRITERS), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sum the ledger and print it."""
        start, end = day_of(options["start"]), day_of(options["end"])
        if start and end and end < start:
            refuse(_("--to lies before --from: swap the two days."))
        keys = options["agent"]
        found = point_sums(
            by=options["by"],
            period=Period(options["period"]),
            span=Span(start, end),
            agents=[agent_key(key) for key in keys] if keys else None,
        )
        printed = StringIO()
        _WRITERS[options["format"]](found, printed)
        self.stdout.write(printed.getvalue(), ending="")
        if not found:
            self.stderr.write(_("No points: none were posted for this choice."))


def _cells(found: PointSum) -> list[str]:
    return [str(getattr(found, name)) for name in HEADER]


def _write_csv(found: Sequence[PointSum], out: TextIO) -> None:
    rows = Rows(out, line_end="\n")
    rows.add(HEADER)
    for each in found:
        rows.add(_cells(each))


def _write_json(found: Sequence[PointSum], out: TextIO) -> None:
    json.dump([asdict(each) for each in found], out, ensure_ascii=False, indent=1)
    out.write("\n")


def _write_table(found: Sequence[PointSum], out: TextIO) -> None:
    rows = [list(HEADER), *(_cells(each) for each in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADER))]
    for row in rows:
        cells = [
            cell.rjust(width) if at >= 3 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        out.write("  ".join(cells).rstrip() + "\n")


_WRITERS = {"csv": _write_csv, "json": _write_json, "table": _write_table}
