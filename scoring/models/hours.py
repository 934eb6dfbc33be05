"""Totals by the hour of the week in which customers wrote or called."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Team

from .sources import Channel
from .totals import total


class TeamHour(models.Model):
    """What a team's agents answered of what was opened in one hour of the week.

    `day` is the day on which the tickets count, as everywhere, so that a window holds the same
    tickets as its KPIs; `weekday` (0 is Monday) and `hour` (0–23) are the company-local time at
    which they were opened. Tickets of no agent, or without an opening time, are in no row.
    The foreign keys have no constraint in the database for the reason given at `Fact`.
    """

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField(_("day"))
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    weekday = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    handled = models.BigIntegerField()
    first_response_seconds = total()
    first_response_count = models.BigIntegerField()

    class Meta:
        verbose_name = _("hour of a team")
        verbose_name_plural = _("hours of teams")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "channel", "weekday", "hour"],
                nulls_distinct=False,
                name="teamhour_unique",
            )
        ]
        indexes = [models.Index(fields=["day"], name="teamhour_day")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day} {self.weekday}/{self.hour}"
