"""Forms of the KPI pages: what the explorer shows, and the catalogue's rows."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.draft_forms import RESERVED_KEYS, DraftForm
from incentives.org.forms import DayField
from incentives.org.models import Person, Team
from scoring.figures.expressions import ExpressionError, parse
from scoring.figures.kpis import known_measures, plain
from scoring.figures.query import Grouping
from scoring.figures.windows import (
    CalendarWindow,
    FixedWindow,
    Period,
    RollingWindow,
    Window,
)
from scoring.models import Channel, Kpi

ROLLING_DAYS = 28
WINDOWS: dict[str, tuple[Any, Window]] = {
    "today": (gettext_lazy("Today"), CalendarWindow(period=Period.DAY)),
    "week": (gettext_lazy("This week"), CalendarWindow(period=Period.WEEK)),
    "last_week": (gettext_lazy("Last week"), CalendarWindow(period=Period.WEEK, back=1)),
    "month": (gettext_lazy("This month"), CalendarWindow(period=Period.MONTH)),
    "last_month": (gettext_lazy("Last month"), CalendarWindow(period=Period.MONTH, back=1)),
    "quarter": (gettext_lazy("This quarter"), CalendarWindow(period=Period.QUARTER)),
    "rolling": (gettext_lazy("Last 28 days"), RollingWindow(rolling_days=ROLLING_DAYS)),
}
RANGE = "range"


def levels_for(viewer: Person) -> list[tuple[str, Any]]:
    """The levels that make sense for someone: a part is never shown as the whole company."""
    levels = [
        (Grouping.AGENT.value, _("Agents")),
        (Grouping.TEAM.value, _("Teams")),
        (Grouping.CHANNEL.value, _("Channels")),
    ]
    if viewer.sees_everyone:
        levels += [(Grouping.SITE.value, _("Sites")), (Grouping.COMPANY.value, _("Company"))]
    return levels


class ExplorerForm(forms.Form):
    """What the KPI explorer shows; every part of it stands in the address."""

    kpi = forms.ChoiceField(label=gettext_lazy("KPI"))
    window = forms.ChoiceField(label=gettext_lazy("When"))
    start = DayField(label=gettext_lazy("From"), required=False)
    end = DayField(label=gettext_lazy("To"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Show"))
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), required=False)
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=gettext_lazy("Channel"), required=False, to_field_name="key"
    )
    q = forms.CharField(
        label=gettext_lazy("Name contains"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )

    def __init__(
        self,
        data: dict[str, Any],
        *,
        viewer: Person,
        kpis: list[Kpi],
        teams: QuerySet[Team],
        single: bool = False,
    ) -> None:
        super().__init__(data)
        self.mistakes: list[str] = []
        by_group: dict[str, list[tuple[str, str]]] = {}
        for kpi in kpis:
            by_group.setdefault(str(kpi.get_group_display()), []).append((kpi.key, kpi.name))
        self._choices("kpi", list(by_group.items()))
        named = [(key, words) for key, (words, _window) in WINDOWS.items()]
        self._choices("window", [*named, (RANGE, _("From – to"))])
        self._choices("level", levels_for(viewer))
        if self.data["window"] != RANGE:
            del self.fields["start"], self.fields["end"]
        self._rows("team", teams.order_by("name"), _("All teams"))
        self._rows("channel", Channel.objects.order_by("key"), _("All channels"))
        if single:
            for name in ("level", "team", "q"):
                del self.fields[name]

    def _choices(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _rows(self, name: str, rows: QuerySet[Any], empty: str) -> None:
        field = cast("forms.ModelChoiceField[Any]", self.fields[name])
        field.queryset = rows
        field.empty_label = empty

    def clean(self) -> dict[str, Any]:
        """Check that a range has both ends, in order."""
        cleaned = super().clean() or {}
        if cleaned.get("window") == RANGE and not self.errors:
            start, end = cleaned.get("start"), cleaned.get("end")
            if start is None or end is None:
                self.add_error("start" if start is None else "end", _("Choose the day."))
            elif end < start:
                self.add_error("end", _("The last day is before the first day: swap them."))
        return cleaned

    @property
    def chosen_window(self) -> Window:
        """The window of a valid form."""
        name = self.cleaned_data["window"]
        if name == RANGE:
            days = {"start": self.cleaned_data["start"], "end": self.cleaned_data["end"]}
            return FixedWindow(**days)
        return WINDOWS[name][1]


def explorer_defaults(*, kpi: str, viewer: Person, latest: date | None) -> dict[str, str]:
    """What the explorer shows at first: the last 28 days, or the last ones that have data."""
    level = Grouping.TEAM if viewer.sees_everyone else Grouping.AGENT
    today = viewer.company_today
    recent = latest is None or latest > today - timedelta(days=ROLLING_DAYS)
    end = latest or today
    return {
        "kpi": kpi,
        "window": "rolling" if recent else RANGE,
        "level": level.value,
        "start": (end - timedelta(days=ROLLING_DAYS - 1)).isoformat(),
        "end": end.isoformat(),
    }


def key_from(name: str) -> str:
    """A free key made of a KPI's English name: “Refunds per day!” is refunds_per_day."""
    plain_letters = slugify(name).replace("-", "_").lstrip("_0123456789")[:57]
    taken = {*Kpi.objects.values_list("key", flat=True), *RESERVED_KEYS}
    numbered = (f"{plain_letters}_{number}" for number in range(2, len(taken) + 3))
    free = (key for key in (plain_letters, *numbered) if key not in taken)
    return next(free) if plain_letters else ""


class KpiForm(DraftForm, forms.ModelForm[Kpi]):
    """One row of the catalogue, written by a manager."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,59}$",
        label=gettext_lazy("Key"),
        required=False,
        help_text=gettext_lazy(
            "Its short name in files and scripts, such as fcr_phone."
            " Empty: made from the English name."
        ),
        error_messages={
            "invalid": gettext_lazy(
                "Use small letters, digits and _ only, and begin with a letter, as in fcr_phone."
            )
        },
    )

    class Meta:
        model = Kpi
        fields = (
            "name_en",
            "name_zh",
            "key",
            "group",
            "level",
            "numerator",
            "denominator",
            "unit",
            "direction",
            "target",
            "low",
            "high",
            "source",
        )
        help_texts = {
            "numerator": gettext_lazy("Measures with + and −, such as saves + converted."),
            "denominator": gettext_lazy("Leave empty for a plain count or sum."),
            "low": gettext_lazy("For KPIs that are best inside a band."),
            "high": gettext_lazy("For KPIs that are best inside a band."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True
        for name in ("group", "unit"):
            field: Any = self.fields[name]
            field.choices = [("", "–"), *((key, words) for key, words in field.choices if key)]
        for name in ("target", "low", "high"):
            self.initial[name] = plain(getattr(self.instance, name))
        for name in ("numerator", "denominator"):
            self.fields[name].widget.attrs |= {"list": "measures", "autocomplete": "off"}

    def clean_key(self) -> str:
        """A key that can stand in an address; proposed from the English name if left empty."""
        key: str = self.cleaned_data["key"] or key_from(self.cleaned_data.get("name_en", ""))
        if not key:
            raise forms.ValidationError(_("Write a key, such as fcr_phone."), code="required")
        if key in RESERVED_KEYS:
            raise forms.ValidationError(_("This key cannot be used: choose another one."))
        return key

    def draft(self) -> Kpi | None:
        """The KPI as far as it can be computed already; None while its formula is not right."""
        needed = ("numerator", "denominator", "unit")
        if any(name in self.errors for name in needed):
            return None
        return Kpi(**{name: value for name, value in self.cleaned_data.items() if value != ""})

    def clean_numerator(self) -> str:
        """A measure expression."""
        return self._expression("numerator")

    def clean_denominator(self) -> str:
        """A measure expression, or nothing."""
        return self._expression("denominator") if self.cleaned_data["denominator"].strip() else ""

    def _expression(self, name: str) -> str:
        text: str = self.cleaned_data[name].strip()
        try:
            parse(text, known=known_measures())
        except ExpressionError as error:
            raise forms.ValidationError(str(error)) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Check that limits are in order and that a share has something to be a share of."""
        cleaned = super().clean() or {}
        low, high, target = (cleaned.get(name) for name in ("low", "high", "target"))
        band = cleaned.get("direction") == Kpi.Direction.BAND
        if band and (low is None or high is None):
            self.add_error("low" if low is None else "high", _("A band needs both limits."))
        elif low is not None and high is not None and low > high:
            self.add_error("high", _("The upper limit is below the lower limit: swap them."))
        elif band and target is not None and not low <= target <= high:
            self.add_error("target", _("The target lies outside the band: move one of them."))
        if cleaned.get("unit") == "%" and cleaned.get("denominator") == "":
            self.add_error("denominator", _("A percentage needs a denominator."))
        return cleaned
