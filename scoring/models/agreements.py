"""Goals: what an agent (or a team) and the supervisor agree on for some days, and what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models import Person, Team
from incentives.org.models.history import tracked

from .kpis import Kpi

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _figure(label: StrOrPromise) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A figure of a KPI, in the KPI's unit, or a sum behind one; empty when not measured."""
    return models.DecimalField(label, max_digits=24, decimal_places=6, null=True, blank=True)


class GoalQuerySet(models.QuerySet["Goal"]):
    """Reads over goals."""

    def visible_to(self, user: Person) -> GoalQuerySet:
        """One's own goals, those of one's team, and those of the people and teams one leads."""
        if user.sees_everyone:
            return self.all()
        led = Person.objects.led_by(user).order_by().values("pk")
        teams = Team.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(agent=user.pk) | Q(agent__in=led) | Q(team__in=teams))

    def led_by(self, user: Person) -> GoalQuerySet:
        """Goals of other people and of teams whom the user leads."""
        led = Person.objects.led_by(user).order_by().values("pk")
        teams = Team.objects.led_by(user).order_by().values("pk")
        return self.filter(Q(agent__in=led) | Q(team__in=teams)).exclude(agent=user.pk)

    def of(self, user: Person) -> GoalQuerySet:
        """Goals of the person, and those of the team they are in today."""
        today = user.company_today
        teams = user.memberships.active(on=today).values("team")
        return self.filter(Q(agent=user.pk) | Q(team__in=teams))


@tracked(exclude=["value", "numerator", "denominator", "progress", "measured_on"])
class Goal(models.Model):
    """A goal of one agent, or a key result that a team shares, for some days.

    With a KPI it is reached when the KPI's figure over these days is `op` `target` and rests on at
    least `least` (its denominator); the night measures it and closes it after `ends_on`. Without
    one it is words, which the supervisor assesses. `points` are collaboration points for everyone
    who worked in the team during these days, given once when a team's goal is reached.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        AGREED = "agreed", _("Agreed")
        CLOSED = "closed", pgettext_lazy("goal", "Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        MISSED = "missed", _("Not reached")
        UNMEASURED = "unmeasured", _("Too little data")
        LAPSED = "lapsed", _("Never agreed")

    class Op(models.TextChoices):
        AT_LEAST = ">=", _("at least")
        ABOVE = ">", _("more than")
        AT_MOST = "<=", _("at most")
        BELOW = "<", _("less than")

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="goals",
        null=True,
        blank=True,
        verbose_name=_("agent"),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        related_name="goals",
        null=True,
        blank=True,
        verbose_name=_("team"),
    )
    title = models.CharField(_("goal"), max_length=200)
    details = models.TextField(_("how"), blank=True, max_length=2000)
    kpi = models.ForeignKey(
        Kpi,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("KPI"),
    )
    op = models.CharField(_("reached at"), max_length=2, choices=Op.choices, default=Op.AT_LEAST)
    target = models.DecimalField(
        _("target"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    least = models.PositiveIntegerField(_("least volume"), default=0)
    points = models.PositiveIntegerField(_("collaboration points"), default=0)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    baseline = _figure(_("before"))
    value = _figure(_("value"))
    numerator = _figure(_("counted"))
    denominator = _figure(_("out of"))
    progress = models.DecimalField(
        _("progress"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    measured_on = models.DateField(_("measured on"), null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-id"]
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        indexes = [
            models.Index(fields=["status", "ends_on"], name="goal_status"),
        ]
        constraints = [
            models.CheckConstraint(
                name="goal_of_someone",
                condition=Q(agent__isnull=False, team__isnull=True)
                | Q(agent__isnull=True, team__isnull=False),
            ),
            models.CheckConstraint(
                name="goal_days_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first day: swap them."),
            ),
            models.CheckConstraint(
                name="goal_kpi_has_target",
                condition=Q(kpi__isnull=True, target__isnull=True)
                | Q(kpi__isnull=False, target__isnull=False),
                violation_error_message=_("A KPI and its target belong together: fill in both."),
            ),
            models.CheckConstraint(
                name="goal_points_of_a_team", condition=Q(points=0) | Q(team__isnull=False)
            ),
            models.CheckConstraint(
                name="goal_progress_is_a_share",
                condition=Q(progress=None) | Q(progress__gte=0, progress__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_measured(self) -> bool:
        """Whether figures decide it, rather than words."""
        return self.kpi_id is not None

    @property
    def percent(self) -> int:
        """The progress in whole percent, rounded down: 100 only when the target is met."""
        return int((self.progress or 0) * 100)

    @property
    def is_open(self) -> bool:
        """Whether it is proposed or agreed, and not over."""
        return self.status in (self.Status.PROPOSED, self.Status.AGREED)

    @property
    def waits_for_assessment(self) -> bool:
        """Whether it ended and the supervisor has still to say what came of it."""
        return self.status == self.Status.CLOSED and not self.is_measured and not self.outcome

    def days_left(self, today: date) -> int:
        """Days from today to the last day, both included; 0 when it is over."""
        return max(0, (self.ends_on - max(today, self.starts_on)).days + 1)

    def is_met_by(self, value: Decimal) -> bool:
        """Whether a figure reaches the target; only for goals with a KPI."""
        if self.target is None:
            raise ValueError("A goal without a KPI is not measured.")
        return {
            self.Op.AT_LEAST: value >= self.target,
            self.Op.ABOVE: value > self.target,
            self.Op.AT_MOST: value <= self.target,
            self.Op.BELOW: value < self.target,
        }[self.Op(self.op)]


class GoalAcknowledgement(models.Model):
    """Someone says yes to a goal as it stands: the agent (or a member of the team), the supervisor."""

    class Side(models.TextChoices):
        AGENT = "agent", _("Agent")
        SUPERVISOR = "supervisor", _("Supervisor")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="acknowledgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    acknowledged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["acknowledged_at"]
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(fields=["goal", "person"], name="goal_acknowledged_once")
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.person_id} {self.side}"
