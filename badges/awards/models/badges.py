"""Badges: what they are called and look like, and the versions of what they are given for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models.history import tracked
from incentives.org.models.named import Described
from incentives.org.models.scoped import Scoped
from incentives.org.models.versions import (
    Version,
    of_row,
    version_constraints,
    version_triggers,
)
from incentives.org.wording import in_readers_language
from scoring.models import Kpi


class Tier(models.TextChoices):
    """The metals, from the first to the best."""

    BRONZE = "bronze", pgettext_lazy("medal", "bronze")
    SILVER = "silver", pgettext_lazy("medal", "silver")
    GOLD = "gold", pgettext_lazy("medal", "gold")


@tracked()
class Badge(Described):
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

    @property
    def title(self) -> str:
        """The title in the language of the reader; empty for most badges."""
        return in_readers_language(self.title_en, self.title_zh)

    @property
    def is_granted(self) -> bool:
        """Whether people give it, not criteria."""
        return self.way == self.Way.GRANTED


@tracked()
class BadgeVersion(Scoped, Version):
    """What a badge is given for, from one day to another; frozen once published.

    `tiers` is a list of one to three, from the least to the best:
    {"tier": "bronze", "criteria": {…} or null for granted badges, "points": 50}.
    An award ends `expires_after_days` days after it was won, or with the period after its own
    (`expires_with_next`, badges won again in each period), or never. It is for all channels.
    """

    OF = "badge"
    CONTENT = ("tiers", "applies_to", "expires_after_days", "expires_with_next")

    badge = models.ForeignKey(Badge, on_delete=models.CASCADE, related_name="versions")
    tiers: models.JSONField[list[dict[str, Any]]] = models.JSONField(_("tiers"), default=list)
    expires_after_days = models.PositiveIntegerField(_("ends after days"), null=True, blank=True)
    expires_with_next = models.BooleanField(_("ends with the period after its own"), default=False)

    class Meta:
        ordering = ["badge", "-version"]
        verbose_name = _("version of a badge")
        verbose_name_plural = _("versions of badges")
        constraints = [
            *version_constraints("badgeversion", of="badge", apart=[of_row("badge_id")]),
            models.CheckConstraint(
                name="badgeversion_expiry",
                condition=(Q(expires_after_days=None) | Q(expires_after_days__gt=0))
                & (Q(expires_after_days=None) | Q(expires_with_next=False)),
            ),
        ]
        triggers = version_triggers("badge")

    def __str__(self) -> str:
        return f"{self.badge} {self.version}"

    def tier(self, tier: str) -> dict[str, Any]:
        """One of its tiers as data. Raises KeyError for a tier that it has not."""
        for each in self.tiers:
            if each["tier"] == tier:
                return dict(each)
        raise KeyError(tier)
