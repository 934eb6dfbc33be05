"""Badges: what they are called and look like, and the versions of what they are given for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models.history import tracked
from incentives.org.wording import in_readers_language
from scoring.models import Kpi

# Everything about a published version stays as it is, except the day it ends on.
_FROZEN = (
    "OLD.status = 'published'"
    " AND (to_jsonb(OLD) - 'ends_on') IS DISTINCT FROM (to_jsonb(NEW) - 'ends_on')"
)
_REFUSE = (
    "RAISE EXCEPTION 'A published badge is not changed: publish a new version.'"
    " USING ERRCODE = '23514';"
)


class Tier(models.TextChoices):
    """The metals, from the first to the best."""

    BRONZE = "bronze", pgettext_lazy("medal", "bronze")
    SILVER = "silver", pgettext_lazy("medal", "silver")
    GOLD = "gold", pgettext_lazy("medal", "gold")


@tracked()
class Badge(models.Model):
    """A badge's identity and look; what it is given for stands in its versions.

    `glyph` is a symbol of svg/medals.svg. A `title` is carried by whoever holds the badge.
    """

    class Way(models.TextChoices):
        CRITERIA = "criteria", _("by itself, when its criteria are met")
        GRANTED = "granted", _("by a supervisor or manager, with a reason")

    class Repeats(models.TextChoices):
        ONCE = "once", _("once")
        PERIOD = "period", _("again in each period")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    about_en = models.TextField(_("English description"), blank=True)
    about_zh = models.TextField(_("Chinese description"), blank=True)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    title_zh = models.CharField(_("Chinese title"), max_length=120, blank=True)
    glyph = models.CharField(_("picture"), max_length=40, default="star")
    group = models.CharField(_("group"), max_length=12, choices=Kpi.Group.choices)
    way = models.CharField(
        _("it is given"), max_length=10, choices=Way.choices, default=Way.CRITERIA
    )
    repeats = models.CharField(
        _("it can be won"), max_length=10, choices=Repeats.choices, default=Repeats.ONCE
    )
    secret = models.BooleanField(
        _("secret"), default=False, help_text=_("Shown as a question mark until it is won.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    archived_on = models.DateField(_("archived on"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped with the product"), default=False)

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("badge")
        verbose_name_plural = _("badges")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return in_readers_language(self.name_en, self.name_zh)

    @property
    def about(self) -> str:
        """The description in the language of the reader."""
        return in_readers_language(self.about_en, self.about_zh)

    @property
    def title(self) -> str:
        """The title in the language of the reader; empty for most badges."""
        return in_readers_language(self.title_en, self.title_zh)

    @property
    def is_granted(self) -> bool:
        """Whether people give it, not criteria."""
        return self.way == self.Way.GRANTED


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange")


def _badge() -> Func:
    # GiST compares ranges of one number without the extension btree_gist.
    return Func(F("badge_id"), F("badge_id"), Value("[]"), function="int8range")


@tracked()
class BadgeVersion(models.Model):
    """What a badge is given for, from one day to another; frozen once published.

    `tiers` is a list of one to three, from the least to the best:
    {"tier": "bronze", "criteria": {…} or null for granted badges, "points": 50}.
    `applies_to` is read by `scoring.points.scope` (teams, newcomers). An award ends
    `expires_after_days` days after it was won, or with the period after its own
    (`expires_with_next`, badges won again in each period), or never.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    badge = models.ForeignKey(Badge, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"), default=1)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    tiers: models.JSONField[list[dict[str, Any]]] = models.JSONField(_("tiers"), default=list)
    applies_to: models.JSONField[dict[str, Any]] = models.JSONField(
        _("who it is for"), default=dict, blank=True
    )
    expires_after_days = models.PositiveIntegerField(_("ends after days"), null=True, blank=True)
    expires_with_next = models.BooleanField(_("ends with the period after its own"), default=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["badge", "-version"]
        verbose_name = _("version of a badge")
        verbose_name_plural = _("versions of badges")
        constraints = [
            models.UniqueConstraint(fields=["badge", "version"], name="badgeversion_number"),
            models.UniqueConstraint(
                fields=["badge"], condition=Q(status="draft"), name="badgeversion_one_draft"
            ),
            models.CheckConstraint(
                name="badgeversion_expiry",
                condition=(Q(expires_after_days=None) | Q(expires_after_days__gt=0))
                & (Q(expires_after_days=None) | Q(expires_with_next=False)),
            ),
            ExclusionConstraint(
                name="badgeversion_one_a_day",
                expressions=[
                    (_badge(), RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                # A version that ends before it begins never applied: it was withdrawn.
                condition=Q(status="published")
                & (Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_FROZEN),
                func=_REFUSE,
            ),
            pgtrigger.Trigger(
                name="published_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status = 'published'"),
                func=_REFUSE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.badge} {self.version}"

    @property
    def is_published(self) -> bool:
        """Whether it is frozen and gives awards in its days."""
        return self.status == self.Status.PUBLISHED

    def holds_on(self, day: date) -> bool:
        """Whether it is published and its days include `day`."""
        ended = self.ends_on is not None and self.ends_on < day
        return self.is_published and self.starts_on <= day and not ended

    def tier(self, tier: str) -> dict[str, Any]:
        """One of its tiers as data. Raises KeyError for a tier that it has not."""
        for each in self.tiers:
            if each["tier"] == tier:
                return dict(each)
        raise KeyError(tier)
