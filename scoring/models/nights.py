"""What the night has still to follow up."""

from __future__ import annotations

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
