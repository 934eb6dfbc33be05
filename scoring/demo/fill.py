"""Imports the demo's files, in order, through the same functions as any other file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from incentives.org.models import Company, Membership
from scoring.ingest.library import find_mapping
from scoring.ingest.progress import carry_out
from scoring.ingest.runs import Progress, silent, start
from scoring.models import Import

from . import exports
from .company import NAME
from .plan import ZONE


@dataclass(frozen=True, slots=True)
class ImportStep:
    """A file, the source it comes from and the mapping that reads it."""

    file: str
    source: str
    mapping: str


STEPS = (
    ImportStep(exports.PEOPLE, "demo-staff-list", "demo-people"),
    # Tickets last: each file recomputes the days it touches, with the facts there are by then.
    ImportStep(exports.SHIFTS, "demo-time-recording", "demo-shifts"),
    ImportStep(exports.HOTLINE, "demo-hotline", "demo-hotline"),
    ImportStep(exports.ACTIVITIES, "demo-activities", "demo-activities"),
    ImportStep(exports.TICKETS, "demo-helpdesk", "demo-helpdesk"),
    ImportStep(exports.CORRECTIONS, "demo-helpdesk", "demo-helpdesk"),
)
_APPLIED = (Import.Status.DONE, Import.Status.UNCHANGED)


class NotImported(Exception):
    """A file of the demo was refused; the message says why."""


def is_filled() -> bool:
    """Whether every file of a demo has been imported here before."""
    done = Import.objects.filter(status__in=_APPLIED, dry_run=False)
    pairs = set(done.values_list("source__name", "file_name"))
    return {(step.source, step.file) for step in STEPS} <= pairs


def is_of_others() -> bool:
    """Whether the database holds people or imports that no demo has made."""
    ours = [step.source for step in STEPS]
    if Import.objects.exclude(source__name__in=ours).exists():
        return True
    return Membership.objects.exists() and not Import.objects.exists()


def set_up_company() -> None:
    """The company's name, time zone, currency and country."""
    company = Company.current()
    company.name, company.time_zone = NAME, ZONE
    company.currency, company.country = "CNY", "CN"
    company.save()


def import_files(folder: Path, *, progress: Progress = silent) -> Iterator[Import]:
    """Import each file and yield its record. Raises NotImported when one is refused."""
    for step in STEPS:
        found = find_mapping(step.mapping)
        path = folder / step.file
        run = start(path=path, source=step.source, mapping=found.mapping, mapping_text=found.text)
        carry_out(run, progress=progress)
        if run.status not in _APPLIED:
            message = _("%(file)s was not imported: %(reason)s")
            raise NotImported(message % {"file": step.file, "reason": run.message})
        yield run
