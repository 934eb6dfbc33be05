"""What people do and at which level, over time."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked
from incentives.org.models.people import Person
from incentives.org.models.teams import dates_in_order, only, period


@tracked()
class Position(models.Model):
    """The days someone has a job and a level, both ends included; one position on any day.

    Both are the company's own words ("technical support", "senior"), compared without case; one
    of them may be empty.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="positions", verbose_name=_("person")
    )
    job = models.CharField(_("job"), max_length=60, blank=True, default="")
    level = models.CharField(_("level"), max_length=60, blank=True, default="")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["person", "starts_on"]
        constraints = [
            dates_in_order("org_position_dates"),
            models.CheckConstraint(
                name="org_position_says_something", condition=~Q(job="") | ~Q(level="")
            ),
            ExclusionConstraint(
                name="org_one_position_on_a_day",
                expressions=[
                    (only("person"), RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(word for word in (self.job, self.level) if word)
