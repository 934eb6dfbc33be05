"""Forms of what is done with a battle: calling it off, giving it days, inviting guests."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from badges.battles.cancelling import SHORTEST_REASON
from badges.battles.models.battles import Battle
from incentives.org.forms import DayField
from incentives.org.models import Person, Team


class BattleCancelForm(forms.Form):
    """Why a battle is called off."""

    reason = forms.CharField(
        label=pgettext_lazy("reason", "Why"),
        help_text=gettext_lazy("Everyone who fights reads it."),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )


class ExtendForm(forms.Form):
    """A later last day."""

    until = DayField(label=gettext_lazy("New last day"))


class GuestForm(forms.Form):
    """Someone of another team who fights for one of the teams."""

    person = forms.CharField(
        label=gettext_lazy("Who"),
        help_text=gettext_lazy("Their sign-in name, as in wei.li, or their full name."),
        max_length=150,
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Fights for"))
    on = DayField(label=gettext_lazy("From"))

    def __init__(self, data: Any = None, *, battle: Battle, by: Person, today: date) -> None:
        super().__init__(data, initial={"on": max(today, battle.starts_on)})
        self.today = today
        teams = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        led = Team.objects.decided_by(by).filter(pk__in=battle.teams.order_by().values("pk"))
        teams.queryset = led.order_by("name")
        if led.count() == 1:
            teams.initial = led.get()

    def clean_person(self) -> Person:
        """The one person who is meant."""
        text = self.cleaned_data["person"].strip()
        here = Person.objects.active(on=self.today)
        found = list(here.filter(key=text)[:2]) or list(here.filter(display_name=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several people have this name: give the sign-in name.")
                if found
                else _("Nobody at work has this name: look at its spelling.")
            )
        person: Person = found[0]
        return person
