"""Awards: who won which badge, when and why; how far everyone is; what the night has judged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.awards.models.badges import Badge, BadgeVersion, Tier

# How long late facts can still take an award back, in days after it was given.
SETTLING_DAYS = 30

_REVOCATION = (
    "(to_jsonb({row}) - 'rests_on' - 'revoked_at' - 'revoked_on' - 'revoked_by_id' - 'revoked_reason'"
    " - 'revoked_cause')"
)
_CHANGED = " IS DISTINCT FROM ".join(_REVOCATION.format(row=row) for row in ("OLD", "NEW"))
_REFUSE = (
    "RAISE EXCEPTION 'An award is never edited: revoke it, with a reason.' USING ERRCODE = '23514';"
)


class AwardQuerySet(models.QuerySet["Award"]):
    """Reads over awards."""

    def standing(self) -> AwardQuerySet:
        """Awards that nobody and nothing has revoked; some of them may have expired."""
        return self.filter(revoked_at=None)

    def held(self, *, on: date) -> AwardQuerySet:
        """Awards that someone holds on a day: won, not revoked, not expired."""
        lasts = Q(expires_on=None) | Q(expires_on__gte=on)
        return self.standing().filter(lasts, awarded_on__lte=on)


class Award(models.Model):
    """A tier of a badge that someone won: never edited, never deleted, revoked at most once.

    `occasion` is the first day of the period it was won for, as 2026-11-01, and empty for badges
    won once. `awarded_on` is the day on which the criteria were met (the grant was made),
    `given_on` the day that the night closed when it gave it; `expires_on` the last day on which
    it holds. `evidence` is what `scoring.criteria` gives: a list with an entry for each criterion.
    """

    class Cause(models.TextChoices):
        FACTS = "facts", _("corrected facts")
        PERSON = "person", _("someone's decision")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    badge = models.ForeignKey(
        Badge, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    version = models.ForeignKey(
        BadgeVersion, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="awards"
    )
    tier = models.CharField(_("tier"), max_length=6, choices=Tier.choices)
    occasion = models.CharField(max_length=10, blank=True, default="", db_default="")
    awarded_on = models.DateField(_("won on"))
    given_on = models.DateField(_("given on"))
    # Late facts may let an award stand for another day than the one it was won on.
    rests_on = models.DateField(null=True, blank=True, editable=False)
    points = models.PositiveIntegerField(_("points"), default=0)
    expires_on = models.DateField(_("holds until"), null=True, blank=True)
    evidence: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("granted by"),
    )
    reason = models.TextField(_("reason"), blank=True, default="", db_default="")
    token = models.UUIDField(null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoked_reason = models.TextField(_("why"), blank=True, default="", db_default="")
    revoked_cause = models.CharField(
        max_length=6, choices=Cause.choices, blank=True, default="", db_default=""
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-awarded_on", "-id"]
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        indexes = [
            models.Index(fields=["version"], name="award_version"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "person", "tier", "occasion"],
                condition=Q(revoked_at=None),
                name="award_once",
            ),
            models.UniqueConstraint(
                fields=["token"], condition=~Q(token=None), name="award_one_form"
            ),
            models.CheckConstraint(
                name="award_granted_with_reason",
                condition=Q(granted_by=None) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="award_revoked_with_cause",
                condition=Q(
                    revoked_at=None,
                    revoked_on=None,
                    revoked_by=None,
                    revoked_reason="",
                    revoked_cause="",
                )
                | Q(
                    revoked_at__isnull=False,
                    revoked_on__isnull=False,
                    revoked_by=None,
                    revoked_cause="facts",
                )
                | (
                    Q(
                        revoked_at__isnull=False,
                        revoked_on__isnull=False,
                        revoked_by__isnull=False,
                        revoked_cause="person",
                    )
                    & ~Q(revoked_reason="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_revoked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.revoked_at IS NOT NULL OR {_CHANGED}"),
                func=_REFUSE,
            ),
            pgtrigger.Trigger(
                name="stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_REFUSE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.badge_id} {self.person_id} {self.tier} {self.occasion}"

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back."""
        return self.revoked_at is not None

    def is_held(self, *, on: date) -> bool:
        """Whether it is neither revoked nor expired on a day."""
        return not self.is_revoked and (self.expires_on is None or on <= self.expires_on)

    @property
    def settles_on(self) -> date:
        """The last day on which late facts can take it back; afterwards only a person can."""
        return self.given_on + timedelta(days=SETTLING_DAYS)


class BadgeProgress(models.Model):
    """How far a person is towards the next tier of each badge, as seen on `as_of`.

    `shares` is {"badge id": ["tier", share from 0 to 1]}, without tiers that are won already.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="badge_progress",
    )
    as_of = models.DateField()
    measured_at = models.DateTimeField(db_default=Now(), editable=False)
    shares: models.JSONField[dict[str, list[Any]]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("progress towards badges")
        verbose_name_plural = _("progress towards badges")

    def __str__(self) -> str:
        return f"{self.person_id} {self.as_of}"


class BadgeJudgement(models.Model):
    """The last day up to which a published version has been judged; no row before its first night."""

    version = models.OneToOneField(
        BadgeVersion, on_delete=models.CASCADE, primary_key=True, related_name="judgement"
    )
    judged_on = models.DateField()

    class Meta:
        verbose_name = _("judgement of a badge")
        verbose_name_plural = _("judgements of badges")

    def __str__(self) -> str:
        return f"{self.version_id} {self.judged_on}"


class BadgeSettlement(models.Model):
    """One row: the newest entry of the ledger that badges have taken into account."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    last_entry = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("settlement of badges")
        verbose_name_plural = _("settlements of badges")
        constraints = [models.CheckConstraint(name="badgesettlement_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.last_entry)
