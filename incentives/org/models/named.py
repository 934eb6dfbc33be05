"""What has a name, and perhaps a description, in both languages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.org.wording import in_readers_language


class TwoNames(models.Model):
    """A name in English and, perhaps empty, in Chinese."""

    name_en = models.CharField(_("English name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return in_readers_language(self.name_en, self.name_zh)


class Described(TwoNames):
    """With a description, too."""

    about_en = models.TextField(_("English description"), blank=True)
    about_zh = models.TextField(_("Chinese description"), blank=True)

    class Meta:
        abstract = True

    @property
    def about(self) -> str:
        """The description in the language of the reader."""
        return in_readers_language(self.about_en, self.about_zh)
