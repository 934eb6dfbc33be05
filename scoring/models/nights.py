"""What the night has still to follow up, and the record of each night."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangedDay(models.Model):
    """An agent's day whose totals were replaced since the last night; the night takes it off.

    The same day may stand here several times: writers only append, so that they never wait for
    each other or for the night.
    """

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("changed day")
        verbose_name_plural = _("changed days")

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day}"


class NightRun(models.Model):
    """One night: what was asked for, how far it came, and what each step did.

    `steps` is a list of {"name", "line", "seconds", "counts"} in the order in which they ended,
    `step` the name of the one under way. `redo_from` and `redo_to` name days that are done again
    whether they changed or not; `days` counts the agent days that were followed up.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CUT_OFF = "cut_off", _("Cut off")
        NOT_BEGUN = "not_begun", _("Not begun")

    class Origin(models.TextChoices):
        SCHEDULE = "schedule", _("schedule")
        COMMAND = "command", _("command line")
        PAGE = "page", _("page")

    as_of = models.DateField(_("day"))
    redo_from = models.DateField(null=True, blank=True)
    redo_to = models.DateField(null=True, blank=True)
    everything = models.BooleanField(_("all days"), default=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    origin = models.CharField(_("started by"), max_length=10, choices=Origin.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    token = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    days = models.PositiveBigIntegerField(_("agent days"), default=0)
    step = models.CharField(max_length=40, blank=True)
    steps = models.JSONField(default=list, blank=True)
    message = models.TextField(_("message"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        indexes = [models.Index(fields=["-started_at"], name="night_started")]

    def __str__(self) -> str:
        return f"{self.as_of} #{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or claims to be under way."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def seconds(self) -> float | None:
        """How long it took; None before its end."""
        return _seconds(self.started_at, self.finished_at)


def _seconds(begun: datetime | None, ended: datetime | None) -> float | None:
    return (ended - begun).total_seconds() if begun and ended else None
