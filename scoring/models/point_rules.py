"""Point rules: what earns points, as data; versions are frozen once published."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked
from incentives.org.models.named import TwoNames
from incentives.org.models.scoped import Scoped
from incentives.org.models.versions import Version, version_constraints, version_triggers


@tracked()
class PointRule(TwoNames, Scoped, Version):
    """One version of a point rule.

    Per unit, a day is worth `expression` × `amount` ÷ `units`, rounded down; per threshold,
    a period whose `threshold` is met is worth `amount`, counted on its last day. The `guard`
    decides whether the day's points count; `cap_day` and `cap_week` bound what is left.
    """

    class Per(models.TextChoices):
        UNIT = "unit", _("for each unit")
        THRESHOLD = "threshold", _("for reaching a threshold")

    CONTENT = (
        "name_en", "name_zh", "per", "expression", "units", "threshold", "amount", "cap_day",
        "cap_week", "guard", "applies_to",
    )  # fmt: skip

    key = models.CharField(_("key"), max_length=60)
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
    shipped = models.BooleanField(_("shipped with the product"), default=False)

    class Meta:
        ordering = ["key", "-version"]
        verbose_name = _("point rule")
        verbose_name_plural = _("point rules")
        constraints = [
            *version_constraints("pointrule"),
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
        ]
        triggers = version_triggers("point rule")


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
