"""What people are told by the bell, and which kinds of it they do not want."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads over notices."""

    def unread(self) -> NoticeQuerySet:
        """Those that nobody has opened."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing that one person is told; `kind` says in which words (`incentives.org.notices`).

    `data` holds what the words need, never the words: they are put together in the reader's
    language. A second notice with the same `source_key` for the same person is none.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notices",
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    data: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True, default="")
    source_key = models.CharField(max_length=200, db_collation="C")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    celebrates = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "source_key"], name="notice_told_once")
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notice_person"),
            # The bell counts on every page: only what is unread is in here.
            models.Index(
                fields=["person"],
                include=["celebrates"],
                condition=Q(read_at=None),
                name="notice_unread",
            ),
            models.Index(fields=["read_at"], condition=~Q(read_at=None), name="notice_read"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class MutedNotices(models.Model):
    """A group of notices that a person does not want."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_notices"
    )
    group = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("muted notices")
        verbose_name_plural = _("muted notices")
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="notices_muted")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.group}"
