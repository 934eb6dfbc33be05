"""What the night keeps of its verdicts where finding out again would read everyone's figures."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.awards.models.badges import BadgeVersion, Tier


class KeptVerdict(models.Model):
    """Who (ids) meets a tier that compares people at one of its moments, as it was judged last.

    Someone who loses a badge may have been among the best of another month too. Whenever facts
    reach a moment it is judged anew, and what is kept of it replaced.
    """

    version = models.ForeignKey(BadgeVersion, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(_("tier"), max_length=6, choices=Tier.choices)
    day = models.DateField()
    people: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("kept verdict on a badge")
        verbose_name_plural = _("kept verdicts on badges")
        constraints = [
            models.UniqueConstraint(fields=["version", "tier", "day"], name="keptverdict_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.tier} {self.day}"
