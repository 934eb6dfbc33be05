"""Where facts come from: sources, channels, and the mappings that read a source's files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.models.named import TwoNames


class FactKind(models.TextChoices):
    """What the rows of a file are."""

    TICKETS = "tickets", _("Tickets and calls")
    ACTIVITIES = "activities", _("Activities")
    QUEUES = "queues", _("Queue intervals")
    AGENTS = "agents", _("People and teams")


class Source(models.Model):
    """A system that facts come from; external ids are unique inside one source."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Channel(TwoNames):
    """A way customers reach the company, with its own response targets.

    The targets decide `first_response_within` and `answered_within_sl` for facts that do
    not say so themselves; a changed target takes effect at the next full recomputation.
    """

    key = models.CharField(_("key"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
    first_response_target = models.PositiveIntegerField(
        _("first response target (seconds)"), null=True, blank=True
    )
    service_level_seconds = models.PositiveIntegerField(
        _("service level threshold (seconds)"), default=20
    )

    class Meta:
        ordering = ["key"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")


class Mapping(models.Model):
    """A company's own description of how a file's columns become facts (TOML text)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=FactKind.choices)
    text = models.TextField(_("mapping (TOML)"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")

    def __str__(self) -> str:
        return self.name
