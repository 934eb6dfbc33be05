"""Screens on the wall: what each one shows, in which language and colours, and for whom."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models import LOCALES, Person, Team
from incentives.org.models.history import tracked


class WallboardQuerySet(models.QuerySet["Wallboard"]):
    """Reads over wallboards."""

    def managed_by(self, user: Person) -> WallboardQuerySet:
        """Those of the teams that someone leads; those of the company for whoever runs it."""
        led = Q(team__in=Team.objects.decided_by(user).order_by().values("pk"))
        return self.filter(led | Q(team=None) if user.runs_the_company else led)


@tracked()
class Wallboard(models.Model):
    """One screen. It shows a team, or the company; `scenes` are keys that
    `dashboards.wallboard.scenes` knows, in the order in which they are shown.

    Its link carries `version`: raising it ends every link that was given out before.
    """

    class Theme(models.TextChoices):
        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    title = models.CharField(_("title"), max_length=60)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wallboards",
        verbose_name=_("team"),
    )
    scenes: models.JSONField[list[str]] = models.JSONField(_("what it shows"), default=list)
    seconds = models.PositiveSmallIntegerField(
        _("seconds for each picture"),
        default=20,
        validators=[MinValueValidator(8), MaxValueValidator(300)],
    )
    locale = models.CharField(_("language"), max_length=10, choices=LOCALES, default="en")
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.DARK)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    is_on = models.BooleanField(_("switched on"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by: models.ForeignKey[Any, Any] = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(auto_now_add=True)

    objects = WallboardQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("wallboard")
        verbose_name_plural = _("wallboards")
        constraints = [
            models.CheckConstraint(
                name="wallboard_seconds", condition=Q(seconds__gte=8, seconds__lte=300)
            )
        ]

    def __str__(self) -> str:
        return self.title
