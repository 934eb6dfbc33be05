"""Scorecards (versioned, immutable once published) and the scores that follow from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models import Team
from incentives.org.models.named import TwoNames
from incentives.org.models.versions import (
    Version,
    of_row,
    of_text,
    version_constraints,
    version_triggers,
)

from .kpis import Kpi
from .sources import Channel

_ITEMS_OF_DRAFTS_ONLY = """
IF EXISTS (
    SELECT FROM scoring_scorecard
    WHERE status = 'published'
    AND (id = CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.scorecard_id END
         OR id = CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.scorecard_id END)
) THEN
    RAISE EXCEPTION 'The items of a published scorecard do not change: make a new version.' USING ERRCODE = '23514';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class Scorecard(TwoNames, Version):
    """One version of what an agent's score is made of, for whom and from which day.

    Of the cards that fit an agent, one that names the team goes first, then one that names the
    job (`role`), then the level, then the channel of most contacts; the card without any of these
    is everybody's.
    """

    CONTENT = ("name_en", "name_zh", "role", "level", "channel", "team", "guards")

    key = models.SlugField(_("key"), max_length=60)
    role = models.CharField(_("role"), max_length=60, blank=True)
    level = models.CharField(_("level"), max_length=60, blank=True)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("channel"),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    starts_on = models.DateField(_("in force from"), null=True, blank=True)
    guards: models.JSONField[list[dict[str, Any]]] = models.JSONField(
        _("guards"), default=list, blank=True
    )
    reason = models.CharField(_("reason for the change"), max_length=500, blank=True)
    shipped = models.BooleanField(_("shipped with the product"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "-version"]
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [
            # Of the cards for the same agents one is in force.
            *version_constraints(
                "scorecard",
                apart=[
                    of_row("team", or_none=True),
                    of_row("channel", or_none=True),
                    of_text("role"),
                    of_text("level"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(starts_on__isnull=False, published_at__isnull=False),
                name="scorecard_published_from",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="scorecard_dates_in_order",
            ),
        ]
        triggers = version_triggers("scorecard")

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def rivals(self) -> models.QuerySet[Scorecard]:
        """See Version: also the published cards, which may be for the same agents."""
        published = Q(status=self.Status.PUBLISHED)
        return Scorecard.objects.filter(published | Q(key=self.key)).order_by("version", "pk")

    def copy_parts(self, draft: Scorecard) -> None:
        """Give a new card the items of this one."""
        ScorecardItem.objects.bulk_create(
            ScorecardItem(scorecard=draft, **{n: getattr(item, n) for n in ScorecardItem.CONTENT})
            for item in self.items.all()
        )


def _limit(label: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(label, max_digits=14, decimal_places=4, null=True, blank=True)


class ScorecardItem(models.Model):
    """One KPI of a scorecard: its weight in percent, and which values give 0, 100 and 120 points.

    `floor`, `target` and `stretch` for KPIs that are better higher or lower; `outer_low`, `low`,
    `high` and `outer_high` for bands: 100 points from low to high, 0 at the outer limits. `least`
    is the smallest denominator that is judged alone; below it `small_sample` says what happens.
    """

    class SmallSample(models.TextChoices):
        SHRINK = "shrink", _("move the value towards the team's")
        SHARE = "share", _("share the weight out among the other items")

    CONTENT = (
        "position", "kpi", "weight", "floor", "target", "stretch", "outer_low", "low", "high",
        "outer_high", "least", "small_sample",
    )  # fmt: skip

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+", verbose_name=_("KPI"))
    weight = models.DecimalField(
        _("weight (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    floor = _limit(_("0 points at"))
    target = _limit(_("100 points at"))
    stretch = _limit(_("120 points at"))
    outer_low = _limit(_("0 points below"))
    low = _limit(_("100 points from"))
    high = _limit(_("100 points to"))
    outer_high = _limit(_("0 points above"))
    least = models.PositiveIntegerField(_("least volume"), default=0)
    small_sample = models.CharField(
        _("below it"), max_length=8, choices=SmallSample.choices, default=SmallSample.SHRINK
    )

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "kpi"], name="scorecard_kpi_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="scorecard_weight_positive"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_items_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_ITEMS_OF_DRAFTS_ONLY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.weight}"


class ScorecardAcknowledgement(models.Model):
    """An agent has read what a version of their scorecard changes."""

    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    acknowledged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "agent"], name="scorecard_acknowledged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.agent_id}"


class Score(models.Model):
    """An agent's score of a day, ISO week or month, and the figures that it follows from.

    `starts_on` is the period's first day; `days` counts the days worked in it that count, `asked`
    is the sum of their factors in hundredths (100 × days unless the calendar relaxes some).
    `sums` holds n and d in millionths of each metric of the card, guards' included (the order of
    `Card.metrics`; null as there), then the team's of each item that is judged by the team's figure.
    `team_values`, `points` and `lost` have one entry for each item of the card: the team's value
    where it played a part, else null; the item's points (0 to 120) in ten-thousandths, null for an
    item left out; its lost points in ten-thousandths, negative above the target. All `lost` add up
    to exactly 100 − score. What else there is to say about an item follows from these:
    `scoring.scorecards.stored`. `rests_on_team` says whether an item used the team's figures, so
    that the score changes with them.
    """

    class Period(models.TextChoices):
        DAY = "day", pgettext_lazy("period", "Day")
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    period = models.CharField(_("period"), max_length=5, choices=Period.choices)
    starts_on = models.DateField(_("from"))
    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=4)
    days = models.PositiveSmallIntegerField(default=1)
    asked = models.PositiveIntegerField(default=100)
    sums: ArrayField[list[int | None], list[int | None]] = ArrayField(
        models.BigIntegerField(null=True), default=list
    )
    team_values: ArrayField[list[float | None], list[float | None]] = ArrayField(
        models.FloatField(null=True), default=list
    )
    points: ArrayField[list[int | None], list[int | None]] = ArrayField(
        models.IntegerField(null=True), default=list
    )
    lost: ArrayField[list[int], list[int]] = ArrayField(models.IntegerField(), default=list)
    rests_on_team = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["agent", "period", "starts_on"], name="score_unique")
        ]
        indexes = [models.Index(fields=["period", "starts_on", "team"], name="score_period_team")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.period} {self.starts_on} {self.score}"
