"""Sets of badges: who has collected all of one is paid once in a lifetime."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.awards.models.badges import Badge, Tier
from incentives.org.models.history import append_only, tracked
from incentives.org.wording import in_readers_language


@tracked(exclude=["judged_on"])
class BadgeSet(models.Model):
    """Badges that belong together; each has to be won in `least_tier` or a better one."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    about_en = models.TextField(_("English description"), blank=True)
    about_zh = models.TextField(_("Chinese description"), blank=True)
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
