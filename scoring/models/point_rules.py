"""Point rules: what earns points, as data; versions are frozen once published."""

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

from incentives.org.models.history import tracked
from incentives.org.wording import in_readers_language

# Everything about a published version stays as it is, except the day it ends on.
_FROZEN = (
    "OLD.status = 'published'"
    " AND (to_jsonb(OLD) - 'ends_on') IS DISTINCT FROM (to_jsonb(NEW) - 'ends_on')"
)
_REFUSE = (
    "RAISE EXCEPTION 'A published point rule is not changed: publish a new version.'"
    " USING ERRCODE = '23514';"
)


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange")


def _key() -> Func:
    # GiST compares ranges of one number without the extension btree_gist; a key is turned into
    # a number by PostgreSQL's own 64-bit hash.
    number = Func(F("key"), Value(0), function="hashtextextended")
    return Func(number, number, Value("[]"), function="int8range")


@tracked()
class PointRule(models.Model):
    """One version of a point rule.

    Per unit, a day is worth `expression` × `amount` ÷ `units`, rounded down; per threshold,
    a period whose `threshold` is met is worth `amount`, counted on its last day. The `guard`
    decides whether the day's points count; `cap_day` and `cap_week` bound what is left.
    `applies_to` is read by `scoring.points.scope`.
    """

    class Per(models.TextChoices):
        UNIT = "unit", _("for each unit")
        THRESHOLD = "threshold", _("for reaching a threshold")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    key = models.CharField(_("key"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    name_en = models.CharField(_("English name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    per = models.CharField(_("points are given"), max_length=10, choices=Per.choices)
    expression = models.CharField(_("what is counted"), max_length=300, blank=True)
    units = models.PositiveIntegerField(_("for every"), default=1)
    threshold: models.JSONField[dict[str, Any] | None] = models.JSONField(
        _("threshold"), null=True, blank=True
    )
    amount = models.PositiveIntegerField(_("points"))
    cap_day = models.PositiveIntegerField(_("at most a day"), null=True, blank=True)
    cap_week = models.PositiveIntegerField(_("at most a week"), null=True, blank=True)
    guard: models.JSONField[dict[str, Any] | None] = models.JSONField(
        _("only while"), null=True, blank=True
    )
    applies_to: models.JSONField[dict[str, Any]] = models.JSONField(
        _("who it is for"), default=dict, blank=True
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    shipped = models.BooleanField(_("shipped with the product"), default=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["key", "-version"]
        verbose_name = _("point rule")
        verbose_name_plural = _("point rules")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="pointrule_version"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(status="draft"), name="pointrule_one_draft"
            ),
            models.CheckConstraint(
                name="pointrule_amounts",
                condition=Q(amount__gt=0, units__gt=0)
                & (Q(cap_day=None) | Q(cap_day__gt=0))
                & (Q(cap_week=None) | Q(cap_week__gt=0)),
            ),
            models.CheckConstraint(
                name="pointrule_per",
                condition=(Q(per="unit", threshold=None) & ~Q(expression=""))
                | (Q(per="threshold", expression="") & ~Q(threshold=None)),
            ),
            ExclusionConstraint(
                name="pointrule_one_version_a_day",
                expressions=[
                    (_key(), RangeOperators.EQUAL),
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
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return in_readers_language(self.name_en, self.name_zh)

    @property
    def is_published(self) -> bool:
        """Whether this version is frozen and gives points in its days."""
        return self.status == self.Status.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back before its first day."""
        return self.ends_on is not None and self.ends_on < self.starts_on

    def holds_on(self, day: date) -> bool:
        """Whether it is published and its days include `day`."""
        ended = self.ends_on is not None and self.ends_on < day
        return self.is_published and self.starts_on <= day and not ended


class PointRuleChange(models.Model):
    """Days for which a published rule has begun or ceased to hold; the night takes it off."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(PointRule, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        verbose_name = _("change of a point rule")
        verbose_name_plural = _("changes of point rules")

    def __str__(self) -> str:
        return f"{self.rule_id} {self.first_day}"
