"""The KPI catalogue and the measures that managers define themselves."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models.named import TwoNames


class Unit(models.TextChoices):
    """What a KPI's value is measured in."""

    COUNT = "count", _("count")
    PERCENT = "%", _("percent")
    SECONDS = "seconds", _("seconds")
    SCORE = "score", _("score")
    POINTS = "points", pgettext_lazy("unit", "points")
    MONEY = "money", _("money")
    HOURS = "hours", _("hours")


class Kpi(TwoNames):
    """One row of the catalogue: numerator ÷ denominator over any window of daily totals."""

    class Group(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        EFFICIENCY = "efficiency", _("Efficiency")
        QUALITY = "quality", _("Quality")
        COMMERCIAL = "commercial", _("Commercial")
        GROWTH = "growth", _("Growth")

    class Level(models.TextChoices):
        AGENT = "agent", _("Agent")
        TEAM = "team", _("Team")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("Higher is better")
        LOWER = "lower", _("Lower is better")
        BAND = "band", _("Best inside a band")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    group = models.CharField(_("group"), max_length=12, choices=Group.choices)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices, default=Level.AGENT)
    numerator = models.CharField(_("numerator"), max_length=300)
    denominator = models.CharField(_("denominator"), max_length=300, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction.choices, default=Direction.HIGHER
    )
    target = models.DecimalField(
        _("target"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    low = models.DecimalField(
        _("lower limit"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    high = models.DecimalField(
        _("upper limit"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    # [{"until": "2026-11-20", "numerator": …, "denominator": …}]: what held on days up to then.
    earlier: models.JSONField[list[dict[str, str]]] = models.JSONField(
        _("earlier formulas"), default=list, blank=True, editable=False
    )
    source = models.CharField(_("note or source"), max_length=300, blank=True)
    shipped = models.BooleanField(_("shipped with the product"), default=False)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        ordering = ["group", "key"]
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        constraints = [
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="kpi_limits_in_order",
            )
        ]

    @property
    def formulas(self) -> list[str]:
        """Every expression that it is computed by, those of earlier days too."""
        texts = [self.numerator, self.denominator]
        for each in self.earlier:
            texts += [each["numerator"], each["denominator"]]
        return [text for text in texts if text]

    def on(self, day: date) -> Kpi:
        """The KPI with the formula that holds on a day; unsaved where that is an earlier one."""
        for each in self.earlier:
            if day <= date.fromisoformat(each["until"]):
                then = copy(self)
                then.numerator, then.denominator = each["numerator"], each["denominator"]
                return then
        return self


class CustomMeasure(TwoNames):
    """A measure of the company's own: a filter over ticket fields plus a count or a sum."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    definition: models.JSONField[dict[str, Any]] = models.JSONField(_("definition"))
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices, default=Unit.COUNT)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        ordering = ["key"]
        verbose_name = _("own measure")
        verbose_name_plural = _("own measures")
