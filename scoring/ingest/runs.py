"""One import from file to totals: the same function behind the command line and the upload page.

Everything that a file changes happens in one transaction: a file is applied whole or not at all,
whatever fails and whenever the process dies. Only the run's own record is kept outside of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.models import Company, Person
from incentives.org.refusals import Refused
from scoring.figures import totals
from scoring.ingest import unmatched as held
from scoring.ingest.corrections import upheld
from scoring.models import Import, ImportIssue, Source
from scoring.models.reasons import sentence
from scoring.models.sources import FactKind

from .convert import Converter
from .directory import Directory
from .errors import BadMapping, UnreadableFile
from .guarded_reading import ReaderDied, opened
from .load import Stage, merge
from .mapping import FileMapping, parse
from .people_files import apply_people
from .pipeline import Prepared, prepared
from .table import Table
from .work import Issue

Progress = Callable[[str, int, int], None]

# Totals of a large first import group some hundred thousand agent days at once.
_WORK_MEM = "256MB"
_ISSUES_KEPT = 1_000
MOST_ISSUES = 100_000
MOST_DEATHS = 2
# A mapping that fits no row is told after so many, not after noting each row of a long file.
_ENOUGH_TO_TELL = 10_000


class _DryRun(Exception):
    """Ends the transaction of a dry run."""


def silent(step: str, done: int, total: int) -> None:
    """A progress listener that does not listen."""


@dataclass(slots=True)
class _Job:
    """What the steps of one import share; `first_issues` outlive a transaction that is undone."""

    run: Import
    mapping: FileMapping
    table: Table
    progress: Progress
    first_issues: list[ImportIssue] = field(default_factory=list)
    rows_taken: int = 0
    issues_stored: int = 0

    def batches(self) -> Any:
        zone = Company.current().time_zone
        return prepared(Converter(self.mapping, company_zone=zone), self.table)

    def take(self, batch: Prepared) -> None:
        """Count a batch, keep its issues, tell how far we are."""
        self.run.rows_read += batch.rows_read
        self.note(batch.issues)
        self.run.rows_rejected += batch.unlisted[True]
        self.run.fields_rejected += batch.unlisted[False]
        self.rows_taken += batch.frame.height
        if self.run.rows_read >= _ENOUGH_TO_TELL:
            self.refuse_if_nothing()
        self.progress("read", batch.bytes_read, self.table.total_bytes)

    def note(self, issues: list[Issue]) -> None:
        # Issues of one row share what the file says there.
        texts = {id(issue.row): issue.row for issue in issues}
        clean = {key: {_text(n): _text(v) for n, v in row.items()} for key, row in texts.items()}
        rows = [_issue(self.run, issue, clean[id(issue.row)]) for issue in issues]
        self.run.rows_rejected += sum(row.whole_row for row in rows)
        self.run.fields_rejected += sum(not row.whole_row for row in rows)
        self.first_issues += rows[: _ISSUES_KEPT - len(self.first_issues)]
        listed = rows[: MOST_ISSUES - self.issues_stored]
        self.issues_stored += len(listed)
        ImportIssue.objects.bulk_create(listed, batch_size=2_000)

    @property
    def remark(self) -> str:
        """That the list of rejections is not complete, if it is not."""
        rejected = self.run.rows_rejected + self.run.fields_rejected
        if rejected == self.issues_stored:
            return ""
        return _("Only %(listed)s of %(rejected)s rejections are listed.") % {
            "listed": self.issues_stored,
            "rejected": rejected,
        }

    def refuse_if_nothing(self) -> None:
        if self.rows_taken or not self.run.rows_rejected:
            return
        first = self.run.issues.filter(whole_row=True).earliest("line", "pk")
        raise Refused(
            _(
                "None of %(rows)s rows could be taken. Line %(line)s: %(reason)s"
                " Check the mapping %(mapping)s."
            )
            % {
                "rows": self.run.rows_read,
                "line": first.line,
                "reason": first.reason,
                "mapping": self.mapping.name,
            }
        )


def start(
    *,
    path: Path,
    source: str,
    mapping: FileMapping,
    mapping_text: str,
    name: str = "",
    dry_run: bool = False,
    by: Person | None = None,
    changes_sign_ins: bool = False,
    trial: Import | None = None,
) -> Import:
    """Record that `path` waits to be imported from `source`; people call the file `name`.

    `changes_sign_ins`: the shell, or an administrator who saw the dry run `trial`, wants what
    the file changes for people who can sign in.

    Raises Refused for a source or a path whose name cannot be stored.
    """
    _refuse_unstorable(source, path)
    found, _created = Source.objects.get_or_create(name=source)
    return Import.objects.create(
        source=found,
        kind=mapping.kind,
        mapping_name=mapping.name[:200],
        mapping_text=mapping_text,
        file_name=(name or path.name)[:255],
        file_path=str(path.absolute()),
        dry_run=dry_run,
        created_by=by,
        changes_sign_ins=changes_sign_ins,
        trial=trial,
    )


def _refuse_unstorable(source: str, path: Path) -> None:
    longest = Source._meta.get_field("name").max_length or 0
    if not source.strip() or len(source) > longest or "\x00" in source:
        message = _("The source needs a name of at most %(longest)s characters.")
        raise Refused(message % {"longest": longest})
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise Refused(
            _("The file's name %(name)s is not UTF-8 text: rename the file.")
            % {"name": ascii(str(path))}
        ) from None


def perform(run: Import, *, progress: Progress = silent) -> Import:
    """Carry out a recorded import and return its record, ended: done, unchanged or refused.

    A refusal (unreadable file, bad mapping, contradicting rows) is told in `message`; anything
    unforeseen is recorded as failed and raised. A file over which processes die, the one that
    reads it or this one, is tried once more and then given up, failed.
    """
    # Whoever begins what is under way already takes it over from a process that is dead.
    deaths = run.deaths + (run.status == Import.Status.RUNNING)
    _begin(run, deaths=deaths)
    kept: list[ImportIssue] = []
    try:
        if deaths < MOST_DEATHS:
            _perform(run, progress, kept)
        else:
            _end(run, Import.Status.FAILED, _given_up(run))
    except ReaderDied:
        kept.clear()
        run.refresh_from_db()
        return perform(run, progress=progress)
    except (UnreadableFile, BadMapping, Refused) as error:
        _undone(run, Import.Status.REFUSED, str(error), kept)
    except Exception as error:
        _undone(run, Import.Status.FAILED, f"{type(error).__name__}: {error}", kept)
        raise
    return run


def end_forgotten(run: Import) -> bool:
    """End an import whose process is dead, as failed; False when it has ended meanwhile."""
    if run.status != Import.Status.RUNNING:
        return False
    message = _("It stopped before its end and nothing of it was stored; import the file again.")
    _end(run, Import.Status.FAILED, message)
    return True


def _begin(run: Import, *, deaths: int) -> None:
    run.status, run.started_at, run.deaths = Import.Status.RUNNING, timezone.now(), deaths
    run.save(update_fields=["status", "started_at", "deaths"])


def _given_up(run: Import) -> str:
    return _(
        "%(file)s was given up: %(times)s times the process that read it ended in the middle of it."
        " The file may be damaged or far too large; save it as CSV, or split it."
    ) % {"file": run.file_name, "times": run.deaths}


def _perform(run: Import, progress: Progress, kept: list[ImportIssue]) -> None:
    mapping = parse(run.mapping_text, name=run.mapping_name)
    with opened(Path(run.file_path), mapping.file, name=run.file_name) as table:
        _take_in(run, mapping.fitted(table.columns, file_name=run.file_name), table, progress, kept)


def _take_in(
    run: Import, mapping: FileMapping, table: Table, progress: Progress, kept: list[ImportIssue]
) -> None:
    run.digest = _digest(run)
    earlier = _applied_before(run)
    if earlier is not None:
        _unchanged(run, earlier)
        catch_up()
        return
    job = _Job(run, mapping, table, progress, kept)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL work_mem = '{_WORK_MEM}'; SET LOCAL TIME ZONE 'UTC'")
            _apply(job, cursor)
            _end(run, Import.Status.DONE, job.remark)
            if run.dry_run:
                raise _DryRun
    except _DryRun:
        _end(run, Import.Status.DONE, _("Dry run: nothing was stored."))
        ImportIssue.objects.bulk_create(_fresh(kept))
    progress("done", 1, 1)


def _apply(job: _Job, cursor: Any) -> None:
    if job.mapping.kind == FactKind.AGENTS:
        _apply_people(job, cursor)
    else:
        _apply_facts(job, cursor)
    job.progress("totals", 0, 1)
    held.touch_moved_people(cursor)
    job.run.days_touched = totals.recompute(cursor)


def _apply_facts(job: _Job, cursor: Any) -> None:
    run = job.run
    stage = Stage(cursor, job.mapping)
    directory = Directory(job.mapping, source_name=run.source.name)
    for batch in job.batches():
        job.take(batch)
        directory.note(batch.frame)
        if batch.frame.height:
            stage.add(batch.payload, batch.columns, batch.frame.height)
    job.refuse_if_nothing()
    _open_merge(job, cursor)
    if not stage.rows:
        return
    directory.resolve(cursor)
    with upheld(stage, run):
        merged = merge(stage, run, directory)
    run.rows_new, run.rows_changed, run.rows_same = merged.new, merged.changed, merged.same
    job.note(held.give_teams(cursor, stage, run, directory))
    held.match(cursor)
    run.rows_held = held.count(cursor, run)


def _apply_people(job: _Job, cursor: Any) -> None:
    frames = []
    for batch in job.batches():
        job.take(batch)
        frames.append(batch.frame)
    job.refuse_if_nothing()
    _open_merge(job, cursor)
    if job.rows_taken:
        job.note(apply_people(job.run, frames))
        held.match(cursor)


def _open_merge(job: _Job, cursor: Any) -> None:
    job.progress("merge", 0, 1)
    totals.lock_facts()
    totals.open_touched(cursor)


def _issue(run: Import, issue: Issue, row: dict[str, Any]) -> ImportIssue:
    return ImportIssue(
        run=run,
        line=issue.line,
        external_id=_text(issue.external_id),
        column=_text(issue.column)[:255],
        field=issue.field,
        value=_text(issue.value),
        code=issue.code,
        detail=_text(issue.detail),
        whole_row=issue.whole_row,
        row=row,
    )


def _text(value: Any) -> Any:
    # The header and rows that do not fit it may hold what PostgreSQL's text cannot.
    return value.replace("\x00", "") if isinstance(value, str) else value


def _fresh(issues: list[ImportIssue]) -> list[ImportIssue]:
    for issue in issues:
        issue.pk = None
    return issues


def _unchanged(run: Import, earlier: Import) -> None:
    run.rows_read = run.rows_same = earlier.rows_read
    message = _("The same file was imported before (#%(id)s) and nothing is newer since.")
    _end(run, Import.Status.UNCHANGED, message % {"id": earlier.pk})


def _undone(
    run: Import, status: Import.Status, message: str, first_issues: list[ImportIssue]
) -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # a lost connection may be what went wrong
    # Nothing of it was stored, so it keeps no counts of what it would have changed.
    for name in ("rows_new", "rows_changed", "rows_same", "rows_held", "days_touched"):
        setattr(run, name, 0)
    run.sign_ins = []
    _end(run, status, message)
    ImportIssue.objects.bulk_create(_fresh(first_issues))


def _end(run: Import, status: Import.Status, message: str = "") -> None:
    run.status, run.message, run.finished_at = status, _text(message), timezone.now()
    run.save()


def _digest(run: Import) -> str:
    """SHA-256 of the file and of how it is read."""
    how = f"{run.mapping_text}\n{Company.current().time_zone}\n{run.kind}".encode()
    digest = hashlib.sha256(how)
    with open(run.file_path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _applied_before(run: Import) -> Import | None:
    """The import of the same bytes in the same way that nothing of this source has followed.

    Never one of people: those are edited by hand as well.
    """
    if run.dry_run or run.kind == FactKind.AGENTS:
        return None
    done = Import.objects.filter(
        source=run.source, kind=run.kind, status=Import.Status.DONE, dry_run=False
    )
    same = done.filter(digest=run.digest).order_by("-id").first()
    if same is None:
        return None
    # An import that waited long may have a smaller number and yet be the later one.
    later = Q(pk__gt=same.pk) | Q(finished_at__gte=same.finished_at)
    return None if done.filter(later).exclude(pk=same.pk).exists() else same


def describe_issue(issue: ImportIssue) -> str:
    """The issue in one line for the command line: where, what, why."""
    where = _("line %(line)s") % {"line": issue.line}
    column = f", {issue.column}" if issue.column else ""
    reason = sentence(issue.code, column=issue.column, value=issue.value, detail=issue.detail)
    return f"{where}{column}: {reason}"


def catch_up() -> int:
    """Match held facts and follow changes of team; returns the agent days recomputed."""
    with transaction.atomic(), connection.cursor() as cursor:
        totals.lock_facts()
        totals.open_touched(cursor)
        held.match(cursor)
        held.touch_moved_people(cursor)
        return totals.recompute(cursor)
