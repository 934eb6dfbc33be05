"""Sets of badges: who has collected all of one is paid once in a lifetime."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.awards.models.badges import Badge, Tier
from incentives.org.models.history import append_only, tracked
from incentives.org.models.named import Described


@tracked(exclude=["judged_on"])
class BadgeSet(Described):
    """Badges that belong together; each has to be won in `least_tier` or a better one."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    badges = models.ManyToManyField(Badge, related_name="sets", verbose_name=_("badges"))
    least_tier = models.CharField(
        _("at least"), max_length=6, choices=Tier.choices, default=Tier.BRONZE
    )
    points = models.PositiveIntegerField(_("points"), default=0)
    starts_on = models.DateField(
        _("from"), help_text=_("Who has all the badges already completes the set on this day.")
    )
    archived_on = models.DateField(_("archived on"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    shipped = models.BooleanField(_("shipped with the product"), default=False)
    # The last night that looked at everyone; a changed set is looked at again.
    judged_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["order", "key"]
        verbose_name = _("set of badges")
        verbose_name_plural = _("sets of badges")


class SetCompletion(models.Model):
    """Someone completed a set: written once, whatever becomes of the badges later."""

    set = models.ForeignKey(
        BadgeSet, on_delete=models.PROTECT, related_name="completions", verbose_name=_("set")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="set_completions"
    )
    completed_on = models.DateField(_("completed on"))
    points = models.PositiveIntegerField(_("points"), default=0)

    class Meta:
        ordering = ["-completed_on", "-id"]
        verbose_name = _("completed set")
        verbose_name_plural = _("completed sets")
        constraints = [
            models.UniqueConstraint(fields=["set", "person"], name="setcompletion_once"),
        ]
        triggers = [append_only("A completed set stays completed")]

    def __str__(self) -> str:
        return f"{self.set_id} {self.person_id} {self.completed_on}"
