"""Totals by the hour of the week in which customers wrote or called, and what they follow."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Team

from .sources import Channel


class TeamHours(models.Model):
    """What a team's agents answered of one day's tickets, by the hour in which they were opened.

    `day` is the day on which the tickets count, as everywhere, so that a window holds the same
    tickets as its KPIs; `hours` are the company-local hours of the week in which they were opened
    (0 is Monday's first, 167 Sunday's last), and the other arrays hold the sums of each: a row per
    hour would be as much to write as the tickets. An hour may stand there twice, when clocks go
    back or a ticket waited for a week. Tickets of no agent, or without an opening time, are in
    no row. The foreign keys have no constraint in the database for the reason given at `Fact`.
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
    hours: ArrayField[list[int], list[int]] = ArrayField(models.SmallIntegerField())
    handled: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField())
    first_response_seconds: ArrayField[list[Decimal | None], list[Decimal | None]] = ArrayField(
        models.DecimalField(max_digits=24, decimal_places=6, null=True)
    )
    first_response_count: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("hours of a team")
        verbose_name_plural = _("hours of teams")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "channel"], nulls_distinct=False, name="teamhours_unique"
            )
        ]
        indexes = [models.Index(fields=["day"], name="teamhours_day")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}"


class ChangedTeamDay(models.Model):
    """A team's day that gained or lost facts since the last night; the night takes it off.

    As of `ChangedDay`, the same one may stand here several times.
    """

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("changed day of a team")
        verbose_name_plural = _("changed days of teams")

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}"
