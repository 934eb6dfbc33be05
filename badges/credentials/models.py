"""Badges that leave the house: the keys they are signed with, and the signed credentials."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badges.awards.models.awards import Award

_KEPT = "RAISE EXCEPTION '{}' USING ERRCODE = '23514';"


class SigningKey(models.Model):
    """An Ed25519 key; one at a time signs, earlier ones go on proving what they signed.

    `kid` is the key's RFC 7638 thumbprint, `public` its JWK, `private` the key encrypted with the
    installation's secret. A key that became known to others is `compromised_at`: nothing that it
    signed is believed any more.
    """

    kid = models.CharField(max_length=60, unique=True)
    public: models.JSONField[dict[str, Any]] = models.JSONField()
    private = models.TextField()
    created_at = models.DateTimeField(_("in use since"), auto_now_add=True)
    retired_at = models.DateTimeField(_("in use until"), null=True, blank=True)
    compromised_at = models.DateTimeField(_("compromised"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = [
            models.UniqueConstraint(
                fields=["retired_at"], nulls_distinct=False, name="signingkey_one_signs"
            ),
            models.CheckConstraint(
                name="signingkey_compromised_is_retired",
                condition=Q(compromised_at=None) | Q(retired_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_KEPT.format("Signing keys stay: what they signed is checked with them."),
            )
        ]

    def __str__(self) -> str:
        return self.kid


class Credential(models.Model):
    """An award as a signed Open Badges 3.0 credential; its `id` is its place in the status lists.

    `base` is the address of the installation that it names, without a slash at the end. It can be
    signed anew (after a key became known, or with other words), and keeps its identity then.
    `shared_at` is empty while the agent has not opened its public page.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="credential")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="credentials")
    base = models.CharField(max_length=200)
    with_evidence = models.BooleanField(_("with the figures it was won with"), default=False)
    token = models.TextField()
    issued_at = models.DateTimeField(_("signed"))
    shared_at = models.DateTimeField(_("shared"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        triggers = [
            pgtrigger.Trigger(
                name="stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_KEPT.format("Credentials stay: their status is asked for by others."),
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)
