"""Forms of people, teams and the own profile."""

from __future__ import annotations

import zoneinfo
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incentives.org import addresses, names
from incentives.org.inputs import FIRST_DAY, LAST_DAY
from incentives.org.models import Alias, Person, Role, Site, Team
from incentives.org.names import NameKind


def time_zones() -> list[tuple[str, Any]]:
    """IANA time zones to choose from."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return [(name, name.replace("_", " ")) for name in names]


def _zones() -> list[tuple[str, Any]]:
    return [("", _("As the company")), *time_zones()]


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _in_the_calendar(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(
            _("Choose a day of the years %(first)s to %(last)s."),
            params={"first": str(FIRST_DAY.year), "last": str(LAST_DAY.year)},
        )


class DayField(forms.DateField):
    """A day of the years that the calendar has: every form's days are of this kind.

    Days next to year 1 or 9999 have no week before or after them, and nobody means them.
    """

    widget = DayInput
    default_validators = [_in_the_calendar]


# The days of models, for a model form's `field_classes`.
DAYS: dict[str, type[forms.Field]] = dict.fromkeys(
    ("starts_on", "ends_on", "day", "hired_on", "archived_on"), DayField
)


class FigureInput(forms.NumberInput):
    """A number without the zeros at its end that the database keeps."""

    def format_value(self, value: Any) -> str | None:
        """95 for 95.0000; what someone typed stays as it is."""
        if isinstance(value, Decimal):
            value = f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
        text: str | None = super().format_value(value)
        return text


class ProfileForm(forms.ModelForm[Person]):
    """What people decide about themselves; the sheet of names and keys is the administrator's."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False)

    class Meta:
        model = Person
        fields = ("display_name", "locale", "time_zone")

    def clean(self) -> dict[str, Any]:
        """Nobody calls themselves what someone else is called."""
        kinds = {"display_name": NameKind.NAME}
        names.check_form(self, kinds, who=self.instance.pk, chosen=True)
        return self.cleaned_data


class PersonForm(forms.ModelForm[Person]):
    """A person as an administrator sees them; saved inside `names.giving`."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False)
    address_confirmed = forms.BooleanField(
        label=_("The address is theirs: send links for a new password to it"), required=False
    )
    field_order = ("display_name", "key", "login", "email", "address_confirmed")

    class Meta:
        model = Person
        field_classes = DAYS
        fields = ("display_name", "key", "login", "email", "locale", "time_zone", "hired_on",
                  "employment_share")  # fmt: skip
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "employment_share": FigureInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address_confirmed"].initial = addresses.is_confirmed(self.instance)

    def clean_login(self) -> str | None:
        """No login is NULL: an empty text would be a login that only one person can have."""
        return self.cleaned_data["login"] or None

    def clean(self) -> dict[str, Any]:
        """Name, login and key are nobody else's, nor is an address that is confirmed."""
        kinds = {"display_name": NameKind.NAME, "login": NameKind.LOGIN, "key": NameKind.KEY}
        names.check_form(self, kinds, who=self.instance.pk)
        if self._confirms:
            try:
                addresses.refuse_if_taken(self.cleaned_data["email"], by=self.instance.pk)
            except ValidationError as error:
                self.add_error("email", error)
        return self.cleaned_data

    @property
    def _confirms(self) -> bool:
        # An administrator who writes an address has confirmed it.
        given = self.cleaned_data.get("email")
        return bool(given) and (
            "email" in self.changed_data or self.cleaned_data["address_confirmed"]
        )

    def save(self, commit: bool = True) -> Person:
        """Save the person, and whether links for a new password may go to the address."""
        person = super().save(commit=commit)
        if commit and self._confirms:
            addresses.confirm(person)
        elif commit:
            addresses.forget(person)
        return person


class PasswordForm(forms.Form):
    """A first password, handed over in person."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        self.person = person

    def clean_password(self) -> str:
        """Refuse what Django's validators refuse, and a password without a login."""
        if not self.person.login:
            raise ValidationError(_("Give this person a login name first."))
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class JoinForm(forms.Form):
    """A change of team."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose a team")
    )
    on = DayField(label=_("First day"))

    def __init__(self, data: Any = None, *, on: date) -> None:
        super().__init__(data, initial={"on": on})
        self.fields["team"].queryset = Team.objects.active(on=on)  # type: ignore[attr-defined]


class PositionForm(forms.Form):
    """What someone does and at which level, from a day on."""

    job = forms.CharField(
        label=_("Job"), max_length=60, required=False, widget=forms.TextInput({"list": "jobs"})
    )
    level = forms.CharField(
        label=_("Level"), max_length=60, required=False, widget=forms.TextInput({"list": "levels"})
    )
    on = DayField(label=_("First day"))


class LeaveForm(forms.Form):
    """The last day in the company."""

    on = DayField(label=_("Last day"))


class KeyAliasForm(forms.ModelForm[Alias]):
    """Another key of a person in exports."""

    class Meta:
        model = Alias
        fields = ("key", "source")
        help_texts: ClassVar[dict[str, Any]] = {"source": _("Leave it empty for any source.")}

    def clean(self) -> dict[str, Any]:
        """The key is not, and does not look like, somebody else's."""
        names.check_form(self, {"key": NameKind.ALIAS}, who=self.instance.person_id)
        return self.cleaned_data


class RoleForm(forms.Form):
    """A role and how far it reaches."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    team = forms.ModelChoiceField(
        label=_("Only this team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("No limit"),
    )
    site = forms.ModelChoiceField(
        label=_("Only this site"),
        queryset=Site.objects.all(),
        required=False,
        empty_label=_("No limit"),
    )


class PeopleFilter(forms.Form):
    """What the list of people shows."""

    q = forms.CharField(
        label=_("Name or key"), required=False, max_length=200, widget=forms.SearchInput()
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("All")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All")), *Role.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("Who"),
        choices=[("", _("Here today")), ("left", _("Left")), ("all", _("Everyone"))],
        required=False,
    )

    def __init__(self, data: Any = None, *, user: Person) -> None:
        super().__init__(data)
        self.fields["team"].queryset = Team.objects.visible_to(user)  # type: ignore[attr-defined]


class TeamForm(forms.ModelForm[Team]):
    """A team's name and place."""

    class Meta:
        model = Team
        fields = ("name", "key", "site", "archived_on")
        field_classes = DAYS


class SupervisorForm(forms.Form):
    """Who supervises a team from a day on."""

    key = forms.CharField(
        label=_("Key or login of the supervisor"), max_length=200, required=False,
        help_text=_("Leave it empty if nobody supervises the team for now."),
    )  # fmt: skip
    on = DayField(label=_("First day"))
    alongside = forms.BooleanField(label=_("Keep the supervisors of today as well"), required=False)

    def clean_key(self) -> Person | None:
        """The person with exactly this key or login."""
        text = self.cleaned_data["key"].strip()
        if not text:
            return None
        people = Person.objects.filter(is_active=True)
        person: Person | None = (
            people.filter(key=text).first() or people.filter(login__iexact=text).first()
        )
        if person is None:
            raise ValidationError(_("Nobody here has this key or login. Look it up in the list."))
        return person
