"""The form of the company's settings."""

from __future__ import annotations

from typing import Any, ClassVar

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incentives.org.calendar import known_countries
from incentives.org.forms import time_zones
from incentives.org.models import Company


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Choose a country")), *known_countries()]


class CompanyForm(forms.ModelForm[Company]):
    """Who the company is, and how it counts days and money."""

    name = forms.CharField(label=_("Name"), max_length=200)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=_countries,
        required=False,
        help_text=_("Its public holidays are offered in the calendar."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_(
            "The company's day begins and ends by it. Days of files that are in already stay as"
            " they are."
        ),
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        min_length=3,
        help_text=_("Three letters, such as CNY, EUR or USD."),
    )

    class Meta:
        model = Company
        fields = ("name", "country", "time_zone", "locale", "currency")
        help_texts: ClassVar[dict[str, Any]] = {
            "locale": _("For screens and for what the nights write down. People choose their own."),
        }

    def clean_currency(self) -> str:
        """A code that exists, in capitals."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in Locale("en").currencies:
            raise ValidationError(_("“%(code)s” is no currency."), params={"code": code})
        return code
