"""Seasons: stretches of days in which points are counted from zero, and their archive."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import append_only, tracked


@tracked()
class Season(models.Model):
    """Days that belong together; once closed, nothing is booked into them any more."""

    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        constraints = [
            models.CheckConstraint(
                name="season_days_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first day: swap them."),
            ),
            ExclusionConstraint(
                name="season_one_a_day",
                expressions=[
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    )
                ],
                violation_error_message=_("Another season has some of these days: move one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Whether its standings are in the archive."""
        return self.closed_at is not None


class SeasonResult(models.Model):
    """An agent's points and place when a season was closed; never edited."""

    id = models.BigAutoField(primary_key=True)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="results")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="season_results"
    )
    points = models.BigIntegerField(_("points"))
    rank = models.PositiveIntegerField(_("rank"))

    class Meta:
        ordering = ["season", "rank", "agent__display_name"]
        verbose_name = _("season result")
        verbose_name_plural = _("season results")
        constraints = [
            models.UniqueConstraint(fields=["season", "agent"], name="seasonresult_once")
        ]
        triggers = [append_only("The archive of seasons is never edited")]

    def __str__(self) -> str:
        return f"{self.season_id} {self.agent_id} {self.points}"
