"""The company; language and time zone choices."""

from __future__ import annotations

import zoneinfo
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked

LOCALES = [("en", "English"), ("zh-hans", "简体中文")]


def validate_time_zone(name: str) -> None:
    """Refuse a name that is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Use a name such as Asia/Shanghai."),
            params={"name": name},
        )


@tracked()
class Company(models.Model):
    """The one company that uses this installation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    locale = models.CharField(_("language"), max_length=10, choices=LOCALES, default="en")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    country = models.CharField(_("country"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(name="org_one_company", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Company:
        """The company's row, made with defaults when there is none yet."""
        return cls._default_manager.get_or_create(pk=1)[0]

    def today(self) -> date:
        """The company-local date of this moment."""
        return timezone.now().astimezone(ZoneInfo(self.time_zone)).date()
