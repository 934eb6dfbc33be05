"""`manage.py kpis`: figures for people and scripts. Figures go to stdout, errors to stderr."""

import json
from collections.abc import Sequence
from io import StringIO
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from incentives.spreadsheets import Rows
from scoring.figures.kpis import Figure, UnknownMetric, figures, plain
from scoring.figures.query import Grouping
from scoring.figures.windows import Period
from scoring.management.arguments import agent_key, day_of, refuse

HEADER = ("period", "key", "name", "metric", "value", "numerator", "denominator")
_DECIMALS_IN_TABLE = 2


class Command(BaseCommand):
    """Print KPI figures. Exit codes: 0 printed, 2 nothing printed (one line says why)."""

    help = "Print KPI figures by agent, team, site, channel or company."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The options; days are YYYY-MM-DD and both ends are included."""
        parser.add_argument("--by", required=True, choices=[level.value for level in Grouping])
        parser.add_argument("--period", required=True, choices=[each.value for each in Period])
        parser.add_argument("--from", dest="start", metavar="DAY")
        parser.add_argument("--to", dest="end", metavar="DAY")
        parser.add_argument("--metric", metavar="KEY[,KEY…]", help="default: every KPI in use")
        parser.add_argument("--agent", action="append", metavar="KEY", help="may be repeated")
        parser.add_argument("--format", choices=sorted(_WRITERS), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute the figures and print them."""
        start, end = day_of(options["start"]), day_of(options["end"])
        if start and end and end < start:
            refuse(_("--to lies before --from: swap the two days."))
        metrics = options["metric"]
        try:
            found = figures(
                by=Grouping(options["by"]),
                period=Period(options["period"]),
                start=start,
                end=end,
                metrics=[key.strip() for key in metrics.split(",")] if metrics else None,
                agents=[agent_key(key) for key in options["agent"]] if options["agent"] else None,
            )
        except UnknownMetric as error:
            refuse(str(error))
        printed = StringIO()
        _WRITERS[options["format"]](found, printed)
        self.stdout.write(printed.getvalue(), ending="")
        if not found:
            self.stderr.write(_("No figures: nothing was imported for this choice."))


def _cells(figure: Figure) -> list[str]:
    return [
        figure.period,
        figure.key,
        figure.name,
        figure.metric,
        plain(figure.value),
        plain(figure.numerator),
        plain(figure.denominator),
    ]


def _write_csv(found: Sequence[Figure], out: TextIO) -> None:
    rows = Rows(out, line_end="\n")
    rows.add(HEADER)
    for figure in found:
        rows.add(_cells(figure))


def _write_json(found: Sequence[Figure], out: TextIO) -> None:
    """A list of objects; numbers are text, so that no digit is lost; no data is null."""
    rows = [
        dict(zip(HEADER, (cell or None for cell in _cells(figure)), strict=True))
        | {"key": figure.key, "name": figure.name}
        for figure in found
    ]
    json.dump(rows, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _write_table(found: Sequence[Figure], out: TextIO) -> None:
    rows = [list(HEADER)]
    for figure in found:
        cells = _cells(figure)
        if figure.value is not None:
            cells[4] = plain(round(figure.value, _DECIMALS_IN_TABLE))
        rows.append(cells)
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADER))]
    for row in rows:
        line = [
            cell.rjust(width) if at >= 4 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        out.write("  ".join(line).rstrip() + "\n")


_WRITERS = {"csv": _write_csv, "json": _write_json, "table": _write_table}
