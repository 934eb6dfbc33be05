"""The record of each import: what was read, what changed, and what was not taken and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .sources import FactKind, Source


class Import(models.Model):
    """One run over one file of a source; nothing of it applies unless it is done."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Nothing new")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(_("kind"), max_length=12, choices=FactKind.choices)
    mapping_name = models.CharField(_("mapping"), max_length=200)
    mapping_text = models.TextField(editable=False)
    file_name = models.CharField(_("file"), max_length=255)
    file_path = models.TextField(editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    dry_run = models.BooleanField(default=False)
    # What a people file changed, or would change, for people who can sign in; and, of an import for
    # good, that this was confirmed: by the shell, or by an administrator who saw the dry run `trial`.
    sign_ins: models.JSONField[list[dict[str, Any]]] = models.JSONField(
        default=list, editable=False
    )
    changes_sign_ins = models.BooleanField(default=False, editable=False)
    trial = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    message = models.TextField(_("message"), blank=True)
    # How many processes ended in the middle of it.
    deaths = models.PositiveSmallIntegerField(default=0, db_default=0)
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_new = models.PositiveBigIntegerField(_("new"), default=0)
    rows_changed = models.PositiveBigIntegerField(_("changed"), default=0)
    rows_same = models.PositiveBigIntegerField(_("already known"), default=0)
    rows_held = models.PositiveBigIntegerField(_("held"), default=0)
    rows_rejected = models.PositiveBigIntegerField(_("rows rejected"), default=0)
    fields_rejected = models.PositiveBigIntegerField(_("fields rejected"), default=0)
    days_touched = models.PositiveBigIntegerField(_("agent days recomputed"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["source", "kind", "-id"], name="import_source_kind")]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether this run has not come to an end yet."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def seconds(self) -> float | None:
        """Wall-clock seconds from start to end; None while it is not finished."""
        if self.started_at is None or self.finished_at is None:
            return None
        started: datetime = self.started_at
        return (self.finished_at - started).total_seconds()


class ImportIssue(models.Model):
    """A value or a row that was not taken, where it stands in the file, and why."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="issues")
    line = models.PositiveBigIntegerField(_("line"))
    external_id = models.TextField(_("id"), blank=True)
    column = models.CharField(_("column"), max_length=255, blank=True)
    field = models.CharField(_("field"), max_length=60, blank=True)
    value = models.TextField(_("value"), blank=True)
    code = models.CharField(_("reason"), max_length=40)
    detail = models.TextField(blank=True)
    whole_row = models.BooleanField(_("whole row rejected"), default=False)
    row: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        verbose_name = _("import issue")
        verbose_name_plural = _("import issues")
        indexes = [models.Index(fields=["run", "line"], name="issue_run_line")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line} {self.code}"

    @property
    def reason(self) -> str:
        """The reason as a sentence in the reader's language."""
        from scoring.models.reasons import sentence

        return sentence(self.code, column=self.column, value=self.value, detail=self.detail)
