"""Daily totals: additive measures per agent (team), day and channel, derived from the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Team

from .sources import Channel


def count() -> models.BigIntegerField[int | None, int | None]:
    """How many; NULL when there was nothing to count."""
    return models.BigIntegerField(null=True)


def total() -> models.DecimalField[Decimal | None, Decimal | None]:
    """An exact sum (seconds, marks, money, quantities); NULL when nothing was measured."""
    return models.DecimalField(max_digits=24, decimal_places=6, null=True)


class DayTotals(models.Model):
    """The measures of `scoring.figures.measures`, one column each, in the registry's order.

    Durations are in seconds, ratings on the 1–5 scale, money in the company's currency.
    `custom` holds the company's own measures by key. NULL stands for "nothing measured". The
    foreign keys have no constraint in the database for the reason given at `Fact`.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField(_("day"))
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    handled = count()
    resolved = count()
    first_contact_resolved = count()
    first_contact_known = count()
    reopened = count()
    csat_satisfied = count()
    csat_count = count()
    csat_sum = total()
    nps_promoters = count()
    nps_detractors = count()
    nps_count = count()
    complaints = total()
    praises = total()
    first_response_seconds = total()
    first_response_count = count()
    first_response_within = count()
    resolution_seconds = total()
    resolution_count = count()
    answer_seconds = total()
    answered = count()
    offered = count()
    abandoned = count()
    answered_within_sl = count()
    handle_seconds = total()
    handle_count = count()
    hold_seconds = total()
    acw_seconds = total()
    acw_count = count()
    busy_seconds = total()
    available_seconds = total()
    break_seconds = total()
    scheduled_seconds = total()
    adherent_seconds = total()
    concurrent_sum = total()
    concurrent_count = count()
    qa_sum = total()
    qa_count = count()
    compliant = count()
    compliance_checked = count()
    infosec_breaches = total()
    empathy_sum = total()
    empathy_count = count()
    converted = count()
    enquiries = count()
    order_value = total()
    orders = count()
    saves = count()
    save_attempts = count()
    saved_value = total()
    upsell_value = total()
    hard_solved = count()
    learning_units = total()
    kb_accepted = total()
    suggestions_adopted = total()
    collaboration_points = total()
    mentoring_hours = total()
    custom: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)

    class Meta:
        abstract = True


class AgentDay(DayTotals):
    """What one agent did on one day in one channel, for the team credited with it."""

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = _("agent day")
        verbose_name_plural = _("agent days")
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "day", "channel", "team"],
                nulls_distinct=False,
                name="agentday_unique",
            )
        ]
        indexes = [
            BrinIndex(fields=["day"], name="agentday_day", autosummarize=True),
            models.Index(fields=["team", "day"], name="agentday_team_day"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.day}"


class TeamDay(DayTotals):
    """What one team did on one day in one channel, facts without an agent included.

    Rows without a team hold what nobody's team can be credited with; the company's figures
    are the sum of all rows. `people` is how many agents have totals there: where it is few, the
    row tells of single people (`incentives.org.disclosure`).
    """

    people = models.PositiveIntegerField(_("people"), db_default=0)

    class Meta:
        verbose_name = _("team day")
        verbose_name_plural = _("team days")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "channel"], nulls_distinct=False, name="teamday_unique"
            )
        ]
        indexes = [models.Index(fields=["day"], name="teamday_day")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}"
