"""Forms of the calendar: how each day is judged, days of the company's own, where the company is."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from incentives.org.calendar import known_countries
from incentives.org.forms import DAYS
from incentives.org.models import CalendarDay, Company

USUAL_FACTOR = Decimal("0.8")


def _checked(factor: Decimal) -> Decimal:
    if not 0 < factor <= 1:
        raise forms.ValidationError(_("The factor is above 0 and at most 1, such as 0.8."))
    return factor


class DayForm(forms.ModelForm[CalendarDay]):
    """How one day of the list is judged."""

    class Meta:
        model = CalendarDay
        fields = ("treatment", "factor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = {"day": self.instance.day.isoformat(), "name": self.instance.name}
        self.fields["treatment"].widget.attrs["aria-label"] = _("Treatment of %(name)s") % name
        factor = self.fields["factor"]
        factor.required = False
        factor.widget.attrs |= {
            "aria-label": _("Factor of %(name)s") % name,
            "min": "0.01",
            "max": "1",
            "step": "0.05",
        }
        if self.instance.treatment != CalendarDay.Treatment.RELAXED:
            self.initial["factor"] = None

    def clean_factor(self) -> Decimal:
        """A relaxed day without a factor asks for 80 %."""
        factor: Decimal | None = self.cleaned_data.get("factor")
        if self.cleaned_data.get("treatment") != CalendarDay.Treatment.RELAXED:
            return Decimal(1)
        return _checked(USUAL_FACTOR if factor is None else factor)


def day_forms(data: QueryDict | None, days: Sequence[CalendarDay]) -> list[DayForm]:
    """A form for each day of the list."""
    return [DayForm(data, instance=day, prefix=day.day.isoformat()) for day in days]


class OwnDayForm(forms.ModelForm[CalendarDay]):
    """A day of the company's own."""

    class Meta:
        model = CalendarDay
        fields = ("day", "name_en", "name_zh", "kind", "treatment", "factor")
        field_classes = DAYS
        error_messages = {
            "day": {"unique": _("This day is on the calendar already: change it in the list.")}
        }
        help_texts = {"factor": _("For relaxed targets, such as 0.8.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["factor"].required = False
        self.initial["treatment"] = CalendarDay.Treatment.RELAXED
        self.initial["factor"] = USUAL_FACTOR

    def clean_factor(self) -> Decimal:
        """Without a factor, relaxed means 80 %."""
        return _checked(self.cleaned_data.get("factor") or USUAL_FACTOR)


class CompanyPlaceForm(forms.ModelForm[Company]):
    """The company's time zone and country."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Decides on which day something happened, from now on.")
    )
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("Whose public holidays are offered.")
    )

    class Meta:
        model = Company
        fields = ("time_zone", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zoneinfo.available_timezones())
        zone: Any = self.fields["time_zone"]
        zone.choices = [(name, name.replace("_", " ")) for name in zones]
        country: Any = self.fields["country"]
        country.choices = [("", _("none")), *known_countries()]
