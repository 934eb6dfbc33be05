"""The form of the battle designer, with its objectives and phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.battles.boss import CREATURES
from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from badges.battles.terms import LONGEST_SETTLEMENT, MOST_OBJECTIVES, MOST_POINTS, problems
from incentives.org.draft_forms import DraftForm
from incentives.org.forms import DAYS, FigureInput
from incentives.org.models import Person, Team
from incentives.org.row_forms import RowFormSet, row_numbers
from incentives.org.scope_form import offer_teams
from scoring.figures.expressions import ExpressionError
from scoring.figures.kpis import UnknownMetric, known_measures
from scoring.figures.metrics import find_metrics
from scoring.models import Kpi

MOST_PHASES = 4
#: A new battle begins next Monday and lasts a working week.
_FIVE_DAYS = timedelta(days=4)
_LEAST = "30"
Row = dict[str, str]
Groups = list[tuple[str, list[tuple[str, str]]]]


class ObjectiveForm(forms.Form):
    """One objective: what is counted or measured, and how much of it is asked for."""

    what = forms.ChoiceField(label=gettext_lazy("What counts"), required=False)
    op = forms.ChoiceField(
        label=gettext_lazy("Comparison"),
        choices=[(">=", gettext_lazy("at least")), ("<=", gettext_lazy("at most"))],
        required=False,
    )
    target = forms.DecimalField(
        label=gettext_lazy("Value"), max_digits=12, decimal_places=4, required=False,
        widget=FigureInput({"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    least = forms.DecimalField(
        label=gettext_lazy("Measured on at least"), min_value=0, max_digits=12, decimal_places=2,
        required=False, widget=FigureInput({"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, *args: Any, whats: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["what"]).choices = [("", _("Choose")), *whats]

    @property
    def key(self) -> str:
        """What is chosen; empty for nothing."""
        return str(self["what"].value() or "")

    @property
    def is_level(self) -> bool:
        """Whether a KPI is to be held, rather than an amount to be reached."""
        return bool(self.key) and not self.key.startswith("=")

    def objective(self) -> BattleObjective | None:
        """The objective as far as it is filled in, not saved; None while nothing is chosen."""
        given = _given(self)
        if not self.key or "what" in self.errors:
            return None
        target = _decimal(given.get("target"))
        if not self.is_level:
            return BattleObjective(
                kind="amount", measure=self.key.removeprefix("="), target=cast(Decimal, target)
            )
        return BattleObjective(
            kind="level",
            metric=self.key,
            op=given.get("op") or ">=",
            target=cast(Decimal, target),
            least=_decimal(given.get("least")) or Decimal(0),
        )


class ObjectiveFormSet(RowFormSet[ObjectiveForm]):
    """The objectives, after what the pressed button and a newly chosen level do to them."""

    form = ObjectiveForm
    most = MOST_OBJECTIVES

    def __init__(self, data: QueryDict | None, *, stored: Sequence[BattleObjective]) -> None:
        rows = [_row(each) for each in stored] or [{"what": "=handled"}]
        prefix = "objective"
        if data is None:
            keys = [row["what"] for row in rows]
        else:
            data = data.copy()
            places = [f"{prefix}-{at}" for at in row_numbers(data, prefix, most=MOST_OBJECTIVES)]
            keys = [data.get(f"{place}-what", "") for place in places]
            _take(data, places)
            _fill_in(data, places)
        super().__init__(data, prefix=prefix, initial=rows, form_kwargs={"whats": _whats(keys)})


class PhaseForm(forms.Form):
    """A phase: from which health on, and what it is called."""

    at = forms.IntegerField(
        label=gettext_lazy("From … per cent of the health on"),
        min_value=1,
        max_value=100,
        required=False,
    )
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=60, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60, required=False)

    @property
    def phase(self) -> dict[str, Any] | None:
        """The phase as the battle keeps it; None where the line is empty."""
        given = _given(self)
        if not any(given.get(name) for name in self.fields):
            return None
        names = {name: given.get(name) or "" for name in ("name_en", "name_zh")}
        return {"at": given.get("at") or 0, **names}


class BattleForm(DraftForm, forms.ModelForm[Battle]):
    """A draft of a battle with its teams, objectives and phases.

    `terms()` is what is filled in so far, not saved. Buttons of the form (`add`, `remove`, `take`
    a proposal, `preview`) change it without saving: `editing`.
    """

    creature = forms.ChoiceField(
        label=gettext_lazy("Creature"), choices=list(CREATURES.items()), widget=forms.RadioSelect
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Who fights"),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points for everyone who took part"), min_value=1, max_value=MOST_POINTS
    )
    consolation = forms.IntegerField(
        label=gettext_lazy("After a defeat, up to … per cent of them"),
        help_text=gettext_lazy("By how much of the health was taken; 0 for none."),
        min_value=0, max_value=100,
    )  # fmt: skip
    consolation_floor = forms.IntegerField(
        label=gettext_lazy("And at least … points"), min_value=0, max_value=MOST_POINTS
    )
    settlement_days = forms.IntegerField(
        label=gettext_lazy("Days for corrections"),
        help_text=gettext_lazy("So long after the last day corrected figures still count."),
        min_value=0, max_value=LONGEST_SETTLEMENT,
    )  # fmt: skip
    combine = forms.ChoiceField(
        label=gettext_lazy("Won with"), choices=Battle.Combine.choices, required=False
    )

    class Meta:
        model = Battle
        field_classes = DAYS
        fields = ("name_en", "name_zh", "story_en", "story_zh", "creature", "starts_on", "ends_on",
                  "settlement_days", "combine", "points", "consolation", "consolation_floor")  # fmt: skip
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "story_en": forms.Textarea({"rows": 3}),
            "story_zh": forms.Textarea({"rows": 3}),
        }

    def __init__(self, data: Any = None, *, instance: Battle, by: Person) -> None:
        super().__init__(data, instance=instance)
        self.by = by
        teams = Team.objects.active(on=by.company_today)
        self.everyone = by.runs_the_company
        teams = (
            teams
            if self.everyone
            else teams.filter(pk__in=Team.objects.decided_by(by).values("pk"))
        )
        offer_teams(self.fields["teams"], teams.order_by("name"), everyone=self.everyone)
        stored = list(instance.objectives.all()) if instance.pk else []
        if instance.pk:
            self.initial["teams"] = [team.pk for team in instance.teams.all()]
        self.objectives = ObjectiveFormSet(data, stored=stored)
        self.phases = [self._phase(data, at) for at in range(MOST_PHASES)]

    def _phase(self, data: Any, at: int) -> PhaseForm:
        stored = self.instance.phases
        initial = stored[at] if at < len(stored) else {}
        return PhaseForm(data, prefix=f"p{at}", initial=initial)

    @property
    def editing(self) -> bool:
        """Whether a button was pressed that only changes the form."""
        return super().editing or "take" in self.data

    @property
    def creatures(self) -> list[tuple[str, str]]:
        """The drawings to choose from."""
        return [(key, str(words)) for key, words in CREATURES.items()]

    def clean(self) -> dict[str, Any]:
        """Put the parts together and check the battle as a whole."""
        cleaned = super().clean() or {}
        cleaned["combine"] = cleaned.get("combine") or Battle.Combine.ALL
        if [part for part in (*self.objectives, *self.phases) if not part.is_valid()]:
            self.add_error(None, _("Correct the lines that are marked below."))
        if not self.errors:
            battle, objectives, teams = self.terms()
            if any(each.target is None for each in objectives):
                self.add_error(None, _("Give each objective a value; the proposal can be taken."))
            else:
                for text in problems(battle, objectives=objectives, teams=teams):
                    self.add_error(None, text)
        return cleaned

    def terms(self) -> tuple[Battle, list[BattleObjective], list[Team]]:
        """The battle, its objectives and its teams as far as they are filled in; not saved."""
        battle = self.instance
        if not self.is_bound:
            teams = list(battle.teams.all()) if battle.pk else []
        else:
            for name in self.Meta.fields:
                if name in self.cleaned_data:
                    setattr(battle, name, self.cleaned_data[name])
            teams = list(self.cleaned_data.get("teams") or ())
            battle.phases = [each.phase for each in self.phases if each.phase]
        objectives = [each.objective() for each in self.objectives]
        return battle, [each for each in objectives if each is not None], teams

    @property
    def has_days(self) -> bool:
        """Whether the days are there and in order, so that a proposal can be made."""
        if {"starts_on", "ends_on", "teams"} & self.errors.keys():
            return False
        first, last = self.instance.starts_on, self.instance.ends_on
        return bool(first and last and first <= last)


def next_monday(today: date) -> tuple[date, date]:
    """Monday to Friday of the week after this day."""
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + _FIVE_DAYS


def _row(objective: BattleObjective) -> Row:
    return {
        "what": objective.key,
        "op": objective.op,
        "target": f"{objective.target.normalize():f}",
        "least": "" if objective.is_amount else f"{objective.least.normalize():f}",
    }


def _take(data: QueryDict, places: Sequence[str]) -> None:
    """Give an objective the value that was proposed for it."""
    key, _colon, value = data.get("take", "").rpartition(":")
    for place in places:
        if key and data.get(f"{place}-what") == key:
            data[f"{place}-target"] = value


def _fill_in(data: QueryDict, places: Sequence[str]) -> None:
    """Give a level that was just chosen its KPI's target and direction, and a least volume."""
    chosen = {place: data.get(f"{place}-what", "") for place in places}
    kpis = {kpi.key: kpi for kpi in Kpi.objects.filter(key__in=chosen.values())}
    for place, what in chosen.items():
        kpi = kpis.get(what)
        if kpi is None or data.get(f"{place}-least"):
            continue
        data[f"{place}-op"] = "<=" if kpi.direction == Kpi.Direction.LOWER else ">="
        data[f"{place}-least"] = _LEAST
        if not data.get(f"{place}-target") and kpi.target is not None:
            data[f"{place}-target"] = f"{kpi.target.normalize():f}"


def _whats(used: Sequence[str]) -> Groups:
    """What can be an objective: sums to reach, and KPIs that have a denominator to hold."""
    sums = [(f"={key}", name) for key, name in known_measures(archived=False).items()]
    kpis = Kpi.objects.filter(archived=False).exclude(denominator="").order_by("group", "pk")
    levels = [(kpi.key, kpi.name) for kpi in kpis]
    known = {key for key, _name in [*sums, *levels]}
    others = [(key, key.removeprefix("=")) for key in dict.fromkeys(used) if key and _exists(key)]
    others = [(key, name) for key, name in others if key not in known]
    groups = [(_("An amount to reach"), sums), (_("A level to hold"), levels)]
    return [*groups, (_("In use here"), others)] if others else groups


def _exists(key: str) -> bool:
    try:
        return bool(find_metrics([key]))
    except (UnknownMetric, ExpressionError):
        return False


def _given(form: forms.Form) -> Mapping[str, Any]:
    """What is filled in and right so far; what was stored, before anything is sent."""
    if not form.is_bound:
        return form.initial
    form.is_valid()
    return form.cleaned_data


def _decimal(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
