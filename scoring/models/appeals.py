"""Appeals against a ticket's attribution, a rating or a score, and the corrections they lead to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Person
from incentives.org.models.history import append_only, tracked

from .kpis import Kpi
from .sources import Source


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Reads over appeals."""

    def visible_to(self, user: Person) -> AppealQuerySet:
        """One's own appeals and those of the people one leads."""
        if user.sees_everyone:
            return self.all()
        led = Person.objects.led_by(user).order_by().values("pk")
        return self.filter(Q(agent=user.pk) | Q(agent__in=led))

    def waiting(self) -> AppealQuerySet:
        """Appeals that nobody has decided yet."""
        return self.filter(status="open")

    def escalated(self, *, today: date) -> AppealQuerySet:
        """Those that a manager decides: past their deadline, or handed on before."""
        return self.filter(Q(due_on__lt=today) | Q(escalated_at__isnull=False))


@tracked()
class Appeal(models.Model):
    """What an agent contests, why, and what was decided about it by whom.

    About a fact (`kind`, `source`, `external_id`, which counts on `day`) for an attribution or a
    rating (`part` says which, see `scoring.ingest.corrections`); about a score: one item (`kpi`) of that
    of the period that begins on `day`, or all of it.
    `claimed_for` is the agent whose fact it should be; None with about=attribution means "not
    mine, I do not know whose". `settled_at` is when a granted one had changed facts, scores and
    points; `effect` lists what it did: {agent, points, score_before, score_after} for each agent
    concerned (scores of the month, as text).
    """

    class About(models.TextChoices):
        ATTRIBUTION = "attribution", _("Whose it is")
        RATING = "rating", _("A rating")
        SCORE = "score", _("A score")

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        GRANTED = "granted", _("Granted")
        REJECTED = "rejected", _("Not granted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="appeals",
        verbose_name=_("agent"),
    )
    about = models.CharField(_("about"), max_length=12, choices=About.choices)
    kind = models.CharField(max_length=10, blank=True)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    external_id = models.TextField(_("id"), blank=True, db_collation="C")
    day = models.DateField(_("day"))
    period = models.CharField(max_length=5, blank=True)
    part = models.CharField(max_length=20, blank=True)
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    claimed_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    text = models.TextField(_("why"), max_length=2000)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    raised_at = models.DateTimeField(_("raised"), db_default=Now())
    due_on = models.DateField(_("to be decided by"))
    escalated_at = models.DateTimeField(_("handed on to a manager"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    settled_at = models.DateTimeField(_("took effect"), null=True, blank=True)
    effect: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [
            models.Index(fields=["agent", "-id"], name="appeal_agent"),
            models.Index(fields=["due_on"], condition=Q(status="open"), name="appeal_waiting"),
            models.Index(
                fields=["id"],
                condition=Q(status="granted", settled_at=None),
                name="appeal_to_settle",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("agent", "about", "kind", "source", "external_id"),
                    *("part", "period", "day", "kpi"),
                ],
                condition=Q(status="open"),
                nulls_distinct=False,
                name="appeal_once_at_a_time",
            ),
            models.CheckConstraint(
                name="appeal_about_something",
                condition=(Q(about="score") & ~Q(period="") & Q(source=None))
                | (~Q(about="score") & Q(source__isnull=False) & ~Q(external_id="")),
            ),
            models.CheckConstraint(
                name="appeal_decided_with_reason",
                condition=~Q(status__in=["granted", "rejected"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="appeal_not_by_oneself",
                condition=Q(decided_by=None) | ~Q(decided_by=F("agent")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.status == self.Status.OPEN

    def is_overdue(self, today: date) -> bool:
        """Whether its deadline passed without a decision."""
        return self.is_open and self.due_on < today


class Correction(models.Model):
    """What a granted appeal says about a fact, kept beside it; never edited.

    With `reassigns` the fact is `agent`'s (nobody's when None); `voided` names its columns that
    count as not known. Every later import of the fact takes over what its corrections say (the
    newest one about whose it is, all of what is voided). `before` holds the fact's values when
    the appeal was decided.
    """

    id = models.BigAutoField(primary_key=True)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.TextField(_("id"), db_collation="C")
    reassigns = models.BooleanField(default=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    agent_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    day = models.DateField(_("day"))
    voided: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=40), default=list
    )
    before: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [
            models.Index(fields=["source", "external_id"], name="correction_fact"),
            models.Index(fields=["day"], name="correction_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "kind", "source", "external_id"], name="correction_once"
            ),
            models.CheckConstraint(
                name="correction_says_something", condition=Q(reassigns=True) | ~Q(voided=[])
            ),
        ]
        triggers = [append_only("A correction is never edited")]

    def __str__(self) -> str:
        return f"{self.external_id} #{self.appeal_id}"
