"""Facts: tickets and calls, activities, queue intervals, each keyed by (source, external id)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models import Team

from .imports import Import
from .sources import Channel, Source

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Seconds = models.DecimalField[Decimal | None, Decimal | None]


def seconds(label: StrOrPromise) -> Seconds:
    """A duration in seconds, exact to the microsecond; empty when it is not known."""
    return models.DecimalField(label, max_digits=16, decimal_places=6, null=True, blank=True)


def money(label: StrOrPromise) -> models.DecimalField[Decimal | None, Decimal | None]:
    """An amount in the company's currency, exact to four decimals."""
    return models.DecimalField(label, max_digits=18, decimal_places=4, null=True, blank=True)


def rating(label: StrOrPromise) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A mark or score, exact to six decimals."""
    return models.DecimalField(label, max_digits=12, decimal_places=6, null=True, blank=True)


def flag(label: StrOrPromise) -> models.BooleanField[bool | None, bool | None]:
    """Yes, no, or not known."""
    return models.BooleanField(label, null=True, blank=True)


class Fact(models.Model):
    """What every fact has: its key, its version, whose it is, and the day it counts on.

    `team` is set only when the file names the fact's own team; otherwise the totals take the
    team that the agent was in on `day`. `held_for` names an agent whom nobody has matched
    yet: such a fact is kept and counts nowhere until its agent is known.

    The foreign keys have no constraint in the database: the merge takes every id from the
    referenced table in the same statement, those rows are never deleted, and checking five
    keys a row would double the cost of an import.
    """

    pk = models.CompositePrimaryKey("source_id", "external_id")
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.TextField(_("id"), db_collation="C")
    version = models.BigIntegerField(null=True, blank=True)
    deleted = models.BooleanField(_("deleted"), default=False, db_default=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    held_for = models.TextField(_("held for"), null=True, blank=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(_("day"), null=True, blank=True)
    extra: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True, blank=True)
    run = models.ForeignKey(
        Import,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        null=True,
    )

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["agent", "day"], name="%(class)s_agent_day"),
            models.Index(fields=["day"], condition=Q(agent=None), name="%(class)s_without_agent"),
            models.Index(fields=["held_for"], condition=~Q(held_for=None), name="%(class)s_held"),
            BrinIndex(fields=["day"], name="%(class)s_day_brin"),
        ]


class Ticket(Fact):
    """A customer's request or call, as its newest version tells it."""

    topic = models.TextField(_("topic"), null=True, blank=True)
    priority = models.TextField(_("priority"), null=True, blank=True)
    status = models.TextField(_("status"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first response"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    answered = flag(_("answered"))
    handled = models.BooleanField(_("handled"), default=True, db_default=True)
    resolved = models.BooleanField(_("resolved"), default=False, db_default=False)
    first_contact = flag(_("resolved at first contact"))
    contacts = models.IntegerField(_("contacts"), null=True, blank=True)
    reopens = models.IntegerField(_("times reopened"), null=True, blank=True)
    csat = rating(_("satisfaction rating (1–5)"))
    satisfied = flag(_("satisfied"))
    nps = models.SmallIntegerField(_("would recommend (0–10)"), null=True, blank=True)
    complaint = flag(_("complaint"))
    praise = flag(_("good review"))
    first_response_seconds = seconds(_("first response time"))
    first_response_within = flag(_("first response within target"))
    answer_seconds = seconds(_("speed of answer"))
    answered_within = flag(_("answered within service level"))
    resolution_seconds = seconds(_("resolution time"))
    handle_seconds = seconds(_("handle time"))
    hold_seconds = seconds(_("hold time"))
    acw_seconds = seconds(_("after-contact work"))
    concurrent = rating(_("chats at the same time"))
    difficulty = models.SmallIntegerField(_("difficulty (1–5)"), null=True, blank=True)
    qa_score = rating(_("quality review score"))
    compliant = flag(_("script followed"))
    empathy = rating(_("empathy score"))
    enquiry = flag(_("enquiry"))
    converted = flag(_("converted"))
    orders = models.IntegerField(_("orders"), null=True, blank=True)
    order_value = money(_("order value"))
    save_attempt = flag(_("attempt to save the order"))
    saved = flag(_("order saved"))
    saved_value = money(_("value saved"))
    upsell_value = money(_("recommended sales"))

    class Meta(Fact.Meta):
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")

    def __str__(self) -> str:
        return self.external_id


class Activity(Fact):
    """Something an agent did or received outside tickets: a lesson, a review, a suggestion."""

    class Kind(models.TextChoices):
        LEARNING = "learning", _("Learning unit")
        QA_REVIEW = "qa_review", _("Quality review")
        SURVEY = "survey", _("Customer survey")
        SUGGESTION = "suggestion", _("Suggestion")
        KB_ARTICLE = "kb_article", _("Knowledge article")
        PRAISE = "praise", _("Praise letter")
        COMPLAINT = "complaint", _("Complaint")
        MENTORING = "mentoring", _("Mentoring")
        COLLABORATION = "collaboration", _("Collaboration")
        INFOSEC_BREACH = "infosec_breach", _("Information-security breach")
        COMPLIANCE_CHECK = "compliance_check", _("Compliance check")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    occurred_at = models.DateTimeField(_("occurred"), null=True, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, default=1, db_default=1
    )
    score = rating(_("score"))
    accepted = flag(_("accepted"))
    title = models.TextField(_("title"), null=True, blank=True)
    ticket = models.TextField(_("ticket"), null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


def count(label: StrOrPromise) -> models.BigIntegerField[int | None, int | None]:
    """A number of things; empty when it was not measured."""
    return models.BigIntegerField(label, null=True, blank=True)


class QueueInterval(Fact):
    """Counts that a telephone or chat system has already summed over an interval."""

    queue = models.TextField(_("queue"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    offered = count(_("offered"))
    answered = count(_("answered"))
    abandoned = count(_("abandoned"))
    answered_within_sl = count(_("answered within service level"))
    answer_seconds = seconds(_("time to answer"))
    handled = count(_("handled"))
    handle_seconds = seconds(_("handle time"))
    handle_count = count(_("contacts with handle time"))
    hold_seconds = seconds(_("hold time"))
    acw_seconds = seconds(_("after-contact work"))
    acw_count = count(_("contacts with after-contact work"))
    busy_seconds = seconds(_("busy time"))
    available_seconds = seconds(_("available time"))
    break_seconds = seconds(_("break time"))
    scheduled_seconds = seconds(_("scheduled time"))
    adherent_seconds = seconds(_("time on schedule"))
    concurrent_sum = rating(_("sum of chats at the same time"))
    concurrent_count = count(_("samples of chats at the same time"))

    class Meta(Fact.Meta):
        verbose_name = _("queue interval")
        verbose_name_plural = _("queue intervals")

    def __str__(self) -> str:
        return self.external_id
