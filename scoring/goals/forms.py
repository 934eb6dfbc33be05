"""The forms of goals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.forms import DAYS, FigureInput
from incentives.org.models import Person, Team
from scoring.figures.windows import Period, first_day, last_day
from scoring.models import Goal, Kpi

LONGEST_DAYS = 370


class GoalForm(forms.ModelForm[Goal]):
    """A goal for oneself, for someone one leads, or for a team of theirs."""

    class Meta:
        model = Goal
        field_classes = DAYS
        fields = ("agent", "team", "title", "details", "kpi", "op", "target", "least", "points",
                  "starts_on", "ends_on")  # fmt: skip
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "details": forms.Textarea(attrs={"rows": 3}),
            "target": FigureInput(),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "title": gettext_lazy("In a few words: what will be different at the end?"),
            "kpi": gettext_lazy("Leave it empty for a goal in words."),
            "least": gettext_lazy("With less behind the figure the goal counts as not measured."),
            "points": gettext_lazy("For everyone who worked in the team, when it is reached."),
        }

    def __init__(self, data: Any = None, *, person: Person, instance: Goal | None = None) -> None:
        self.person = person
        super().__init__(data, instance=instance, initial=_initial(person, instance))
        self.people = Person.objects.decided_by(person).active(on=person.company_today)
        teams = Team.objects.decided_by(person).active(on=person.company_today)
        self.fields["kpi"].queryset = Kpi.objects.filter(archived=False)  # type: ignore[attr-defined]
        self.fields["op"].required = self.fields["least"].required = False
        self.fields["points"].required = False
        leads = person.has_role("supervisor", "manager") and teams.exists()
        if instance is not None and instance.pk:
            for name in ("agent", "team"):
                del self.fields[name]
        elif leads:
            people = (self.people | Person.objects.filter(pk=person.pk)).distinct()
            self.fields["agent"].queryset = people  # type: ignore[attr-defined]
            self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        else:
            for name in ("agent", "team", "points"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """One subject; a KPI with its target; days that are a period and not over."""
        cleaned = super().clean() or {}
        if "agent" in self.fields and bool(cleaned.get("agent")) == bool(cleaned.get("team")):
            self.add_error("agent", _("Choose a person or a team: one of the two."))
        elif "agent" not in self.fields and not self.instance.pk:
            self.instance.agent = self.person
        for name, default in (("op", Goal.Op.AT_LEAST), ("least", 0), ("points", 0)):
            if name in self.fields and cleaned.get(name) in (None, ""):
                cleaned[name] = default
        self._check_target(cleaned)
        self._check_days(cleaned.get("starts_on"), cleaned.get("ends_on"))
        if cleaned.get("points") and not (cleaned.get("team") or self.instance.team_id):
            self.add_error("points", _("Points belong to a team's goal: choose a team."))
        return cleaned

    def _check_target(self, cleaned: dict[str, Any]) -> None:
        kpi, target = cleaned.get("kpi"), cleaned.get("target")
        if kpi and target is None and "target" not in self.errors:
            self.add_error("target", _("Which value is the goal?"))
        if target is not None and not kpi:
            self.add_error("kpi", _("Choose the KPI that the target is for."))
        person = cleaned.get("agent") or self.instance.agent
        if kpi and person and kpi.level == Kpi.Level.TEAM:
            self.add_error("kpi", _("This KPI is measured for teams: set the goal for a team."))

    def _check_days(self, start: date | None, end: date | None) -> None:
        if not start or not end:
            return
        if end < start:
            self.add_error("ends_on", _("The last day is before the first day: swap them."))
        elif end < self.person.company_today:
            self.add_error("ends_on", _("These days are over: choose a later last day."))
        elif end - start > timedelta(days=LONGEST_DAYS):
            self.add_error("ends_on", _("Choose a year at most."))


def _initial(person: Person, instance: Goal | None) -> dict[str, Any]:
    if instance is not None and instance.pk:
        return {}
    today = person.company_today
    first = first_day(Period.MONTH, today)
    return {"starts_on": first, "ends_on": last_day(Period.MONTH, today), "points": 0, "least": 0}


class WithdrawForm(forms.Form):
    """Why a goal is withdrawn."""

    note = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )


class AssessForm(forms.Form):
    """What came of a goal in words."""

    reached = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[("yes", gettext_lazy("Reached")), ("no", gettext_lazy("Not reached"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("In a sentence"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
