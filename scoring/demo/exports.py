"""Writes the files of the demo: what the systems of such a company export."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

import polars as pl

from .activities import DayBook, calls_by_hour, hotline
from .company import MAIL, DemoCompany, DemoPerson
from .helpdesk import as_known, corrected, in_words, mistakes
from .plan import Plan
from .shifts import Rota
from .tickets import Desk, end_of

PEOPLE, TICKETS, CORRECTIONS = "people.csv", "tickets.csv.gz", "tickets-corrections.csv.gz"
ACTIVITIES, SHIFTS, HOTLINE = "activities.ndjson", "shifts.parquet", "hotline.parquet"
_TWICE = 3  # rows that the corrections repeat word for word
Listener = Callable[[int, int], None]


@dataclass(slots=True)
class WrittenFiles:
    """What was written: rows by file, and mistakes by kind."""

    rows: dict[str, int] = field(default_factory=dict)
    mistakes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, rows: int) -> None:
        """Count rows of a file."""
        self.rows[name] = self.rows.get(name, 0) + rows


def write_files(
    plan: Plan, company: DemoCompany, folder: Path, *, listener: Listener | None = None
) -> WrittenFiles:
    """Write all files into the folder; `listener` is told the days done and the days in all."""
    folder.mkdir(parents=True, exist_ok=True)
    written = WrittenFiles()
    _write_people(company, folder / PEOPLE)
    written.add(PEOPLE, sum(max(1, len(person.spells)) for person in company.everyone()))
    calls, times = [], []
    with (
        _gzipped(folder / TICKETS) as first_file,
        _gzipped(folder / CORRECTIONS) as last_file,
        (folder / ACTIVITIES).open("wb") as activity_file,
    ):
        desk, book = Desk(plan.seed), DayBook(plan)
        tickets_out = _TicketFiles(plan, first_file, last_file, written)
        for shifts in Rota(plan, company).chunks():
            tickets = desk.tickets(shifts)
            tickets_out.add(tickets)
            activities = book.activities(shifts)
            activities.write_ndjson(activity_file)
            written.add(ACTIVITIES, activities.height)
            times.append(book.times(shifts, tickets))
            calls.append(calls_by_hour(tickets))
            if listener and shifts.height:
                last = shifts["ordinal"].max()
                listener(int(str(last)) - plan.first_day.toordinal() + 1, plan.days)
    for name, frame in ((SHIFTS, pl.concat(times)), (HOTLINE, hotline(plan, calls))):
        frame.write_parquet(folder / name)
        written.add(name, frame.height)
    return written


class _TicketFiles:
    """The helpdesk's nightly exports, one after the other in one file, and what changed since."""

    def __init__(self, plan: Plan, first: BinaryIO, last: BinaryIO, written: WrittenFiles) -> None:
        self.plan = plan
        self.files = {TICKETS: first, CORRECTIONS: last}
        self.written = written
        self.begun: set[str] = set()

    def add(self, tickets: pl.DataFrame) -> None:
        """Append a chunk to both files."""
        if tickets.is_empty():
            return
        plan = self.plan
        end = end_of(pl.lit(plan.last_day))
        is_recent = pl.col("day") >= plan.recent_from
        first = as_known(tickets, pl.when(is_recent).then(end_of(pl.col("day"))).otherwise(end))
        spoilt = mistakes(plan, first, first=TICKETS not in self.begun)
        for name, count in spoilt.drop_nulls().value_counts().iter_rows():
            self.written.mistakes[name] = self.written.mistakes.get(name, 0) + count
        self._write(TICKETS, first.with_columns(spoilt))
        recent = tickets.filter(is_recent)
        if recent.height:
            last = corrected(plan, first.filter(is_recent), as_known(recent, end))
            if CORRECTIONS not in self.begun:
                last = pl.concat([last, last.head(_TWICE)])
            none = pl.lit(None, dtype=pl.String).alias("mistake")
            self._write(CORRECTIONS, last.with_columns(none))

    def _write(self, name: str, rows: pl.DataFrame) -> None:
        in_words(rows).write_csv(
            self.files[name],
            separator=";",
            line_terminator="\r\n",
            include_header=name not in self.begun,
        )
        self.begun.add(name)
        self.written.add(name, rows.height)


@contextmanager
def _gzipped(path: Path) -> Iterator[BinaryIO]:
    # Without a name and a time of writing in its header, the same rows are the same bytes.
    with (
        path.open("wb") as plain,
        gzip.GzipFile(fileobj=plain, filename="", mode="wb", compresslevel=1, mtime=0) as packed,
    ):
        yield packed  # type: ignore[misc]


_COLUMNS = (
    *("Staff No", "Full Name", "Login", "E-mail", "Language", "Role", "Hired", "Left", "FTE"),
    *("Group", "Group Name", "Location", "Reports To", "In Group From", "In Group Until"),
)


def _write_people(company: DemoCompany, path: Path) -> None:
    """With a byte-order mark, as spreadsheets save it; one row for each person and group."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for person in company.everyone():
            writer.writerows(_people_rows(person))


def _people_rows(person: DemoPerson) -> Iterator[list[str]]:
    mail = f"{person.login}@{MAIL}"
    start = [person.key, person.name, person.login, mail, person.locale, person.role]
    start += [_day(person.hired_on), _day(person.left_on), person.share]
    if not person.spells:
        yield [*start, "", "", "", "", "", ""]
    for spell in person.spells:
        team = spell.team
        days = [_day(spell.starts_on), _day(spell.ends_on)]
        yield [*start, team.key, team.name, team.site, team.supervisor, *days]


def _day(day: date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""
