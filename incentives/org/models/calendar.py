"""Days that do not count like others: public holidays, promotion days, days of the company's own."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked
from incentives.org.models.named import TwoNames


@tracked()
class CalendarDay(TwoNames):
    """One day and how it is judged; days that are not listed count as usual.

    `factor` belongs to relaxed days: the distance from floor to target is multiplied by it, so
    that 0.8 asks for 80 % of the way.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Public holiday")
        PROMOTION = "promotion", _("Promotion")
        OTHER = "other", _("Other")

    class Treatment(models.TextChoices):
        COUNTS = "counts", _("counts as usual")
        RELAXED = "relaxed", _("relaxed targets")
        EXCLUDED = "excluded", _("left out")

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    treatment = models.CharField(
        _("treatment"), max_length=10, choices=Treatment.choices, default=Treatment.COUNTS
    )
    factor = models.DecimalField(_("factor"), max_digits=3, decimal_places=2, default=Decimal(1))

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            models.CheckConstraint(
                name="org_calendar_factor",
                condition=Q(factor__gt=0, factor__lte=1),
                violation_error_message=_("The factor is above 0 and at most 1, such as 0.8."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
