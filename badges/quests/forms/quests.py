"""The forms of quests: made in a minute, and the pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.quests.days import checked, compares_people
from badges.quests.making import may_address_everyone, teams_for
from badges.quests.models.pool import (
    CONTENT,
    LONGEST_DAYS,
    MOST_POINTS,
    Length,
    QuestSettings,
    QuestTemplate,
)
from badges.quests.models.quests import Quest
from incentives.org.forms import DAYS
from incentives.org.models import Person, Team
from incentives.org.scope_form import offer_teams
from scoring.criteria import CriteriaError
from scoring.criteria.forms import CriteriaBuilder

MOST_PIECES = 50


class ContentForm(forms.BaseForm):
    """What templates and quests have in common: the builder of their criteria stands beside it."""

    builder: CriteriaBuilder
    instance: Any

    def build(self, data: Any, stored: Mapping[str, Any] | None, window: str) -> None:
        """Set the builder up; with `data` it reads what was sent."""
        sent = data if data is not None and data.get("way") != "claimed" else None
        by: Any = "team" if data is not None and data.get("audience") == "team" else "agent"
        if data is None and self.instance.audience == "team":
            by = "team"
        self.builder = CriteriaBuilder(
            sent, criteria=stored or None, by=by, scores=False, own_days=window
        )

    @property
    def editing(self) -> bool:
        """Whether a button of the builder was pressed and nothing is to be saved."""
        return self.builder.editing

    def forget_what_is_missing(self) -> None:
        """Nothing is said to be wrong while the criteria are being built."""
        self.errors.clear()

    def clean_content(self, cleaned: dict[str, Any], length: str, days: int) -> None:
        """Make criteria or evidence whole, and nothing of the other."""
        if cleaned.get("way") == "claimed":
            self.instance.criteria = None
            cleaned["settles"] = Quest.Settles.REACHED
            if not cleaned.get("evidence"):
                self.add_error("evidence", _("Choose what is handed in."))
            cleaned["count"] = cleaned.get("count") or 1
            return
        cleaned["evidence"], cleaned["count"] = "", 1
        cleaned["settles"] = cleaned.get("settles") or Quest.Settles.REACHED
        if not self.builder.is_bound or not self.builder.is_valid() or not self.builder.criteria:
            self.add_error(None, _("Say what has to be met."))
            return
        by = "team" if cleaned.get("audience") == "team" else "agent"
        try:
            criteria = checked(self.builder.criteria, length=length, days=days, by=by)
        except CriteriaError as error:
            for message in error.messages:
                self.add_error(None, message)
            return
        if compares_people(criteria):
            cleaned["settles"] = Quest.Settles.END
        self.instance.criteria = criteria.as_data()


def _numbers() -> dict[str, forms.Field]:
    return {
        "count": forms.IntegerField(
            label=gettext_lazy("How many"),
            help_text=gettext_lazy("3 for “collect three suggestions”."),
            min_value=1,
            max_value=MOST_PIECES,
            initial=1,
            required=False,
        ),
        "points": forms.IntegerField(
            label=gettext_lazy("Points"), min_value=1, max_value=MOST_POINTS
        ),
    }


class QuestForm(ContentForm, forms.ModelForm[Quest]):
    """A quest for one's own teams, prefilled from the pool or from nothing."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    about = forms.CharField(
        label=gettext_lazy("What to do"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Teams"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Quest
        field_classes = DAYS
        fields = ("audience", "way", "settles", "evidence", "starts_on", "ends_on")
        widgets: ClassVar[dict[str, Any]] = {
            "audience": forms.RadioSelect,
            "way": forms.RadioSelect,
            "settles": forms.RadioSelect,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "settles": gettext_lazy("Choose the end for rates, and for “not one complaint”."),
        }

    def __init__(
        self, data: Any = None, *, person: Person, template: QuestTemplate | None = None
    ) -> None:
        self.person, self.template = person, template
        today = person.company_today
        content = {name: getattr(template, name) for name in CONTENT} if template else {}
        last = template.last_day(today) if template else today
        quest = Quest(**content, template=template, starts_on=today, ends_on=last)
        super().__init__(data, instance=quest)
        self.fields.update(_numbers())
        self._offer_teams()
        self.fields["evidence"].required = False
        self.initial.update(points=quest.points, count=quest.count)
        if template is not None:
            self.initial.update(name=template.name, about=template.about)
        window = "day" if last == today else "week"
        self.build(data, quest.criteria, window)

    def _offer_teams(self) -> None:
        teams = cast("forms.ModelMultipleChoiceField[Team]", self.fields["teams"])
        everyone = may_address_everyone(self.person)
        offer_teams(teams, teams_for(self.person), everyone=everyone)
        if everyone:
            self.initial["teams"] = []
            return
        teams.error_messages["required"] = _("Choose the teams that the quest is for.")
        limited = [team.pk for team in self.template.teams.all()] if self.template else []
        led = [team.pk for team in teams_for(self.person)]
        self.initial["teams"] = [pk for pk in led if not limited or pk in limited]

    def clean(self) -> dict[str, Any]:
        """Days in order, and criteria or evidence as the quest is done."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        days = max(1, (end - start).days + 1) if start and end else 1
        one = days == 1
        self.clean_content(cleaned, Length.DAY if one else Length.OWN, min(days, LONGEST_DAYS))
        return cleaned

    def quest(self) -> Quest:
        """The quest as it is to be made, once the form is valid."""
        quest: Quest = self.instance
        cleaned = self.cleaned_data
        for name in ("points", "count"):
            setattr(quest, name, cleaned[name])
        self._name(quest, "name", cleaned["name"])
        self._name(quest, "about", cleaned["about"])
        quest.grace_days = QuestSettings.current().grace_days
        return quest

    def _name(self, quest: Quest, part: str, text: str) -> None:
        """One text for both languages, unless the template's own was left as it is."""
        if self.template is not None and text == getattr(self.template, part):
            return
        setattr(quest, f"{part}_en", text)
        setattr(quest, f"{part}_zh", "")


class TemplateForm(ContentForm, forms.ModelForm[QuestTemplate]):
    """A quest of the pool."""

    class Meta:
        model = QuestTemplate
        fields = ("name_en", "name_zh", "about_en", "about_zh", "audience", "way", "settles",
                  "evidence", "length", "days", "in_rotation", "weight", "teams")  # fmt: skip
        labels: ClassVar[dict[str, Any]] = {"teams": capfirst(gettext_lazy("only for these teams"))}
        widgets: ClassVar[dict[str, Any]] = {
            "about_en": forms.Textarea({"rows": 2}),
            "about_zh": forms.Textarea({"rows": 2}),
            "audience": forms.RadioSelect,
            "way": forms.RadioSelect,
            "settles": forms.RadioSelect,
            "length": forms.RadioSelect,
            "teams": forms.SelectMultiple({"size": 5}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "settles": gettext_lazy("Choose the end for rates, and for “not one complaint”."),
            "weight": gettext_lazy("Among quests that rested equally long the heavier is first."),
            "teams": gettext_lazy("None chosen means all of them."),
        }

    def __init__(self, data: Any = None, *, instance: QuestTemplate | None = None) -> None:
        super().__init__(data, instance=instance or QuestTemplate(points=30))
        self.fields.update(_numbers())
        for name in ("evidence", "days", "weight"):
            self.fields[name].required = False
        self.fields["days"].min_value = 1  # type: ignore[attr-defined]
        self.initial.update(points=self.instance.points, count=self.instance.count)
        self.build(data, self.instance.criteria, _window_of(data, self.instance))

    def clean(self) -> dict[str, Any]:
        """A length that is possible, and criteria or evidence as the quest is done."""
        cleaned = super().clean() or {}
        length = cleaned.get("length") or Length.DAY
        days = cleaned.get("days") or 1
        cleaned["weight"] = cleaned.get("weight") or 1
        cleaned["days"] = days if length == Length.OWN else 1
        if days > LONGEST_DAYS:
            self.add_error("days", _("At most %(most)d days.") % {"most": LONGEST_DAYS})
        if length == Length.OWN and cleaned.get("in_rotation"):
            self.add_error(
                "in_rotation", _("Only quests of a day or a week open by themselves in turn.")
            )
        self.clean_content(cleaned, length, min(days, LONGEST_DAYS))
        return cleaned

    def save(self, commit: bool = True) -> QuestTemplate:
        """Store the template; a new one gets a key of its own."""
        for name in ("points", "count"):
            setattr(self.instance, name, self.cleaned_data[name])
        if not self.instance.key:
            self.instance.key = f"own-{uuid4().hex[:12]}"
        saved: QuestTemplate = super().save(commit)
        return saved


def _window_of(data: Any, template: QuestTemplate) -> str:
    length = data.get("length") if data is not None else template.length
    return "day" if length == Length.DAY else "week"


class SettingsForm(forms.ModelForm[QuestSettings]):
    """How many quests open by themselves."""

    daily = forms.IntegerField(
        label=gettext_lazy("New quests a day"), min_value=0, max_value=QuestSettings.MOST
    )
    weekly = forms.IntegerField(
        label=gettext_lazy("New quests a week"), min_value=0, max_value=QuestSettings.MOST
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace for late facts"), min_value=0, max_value=30
    )

    class Meta:
        model = QuestSettings
        fields = ("daily", "weekly", "grace_days")
