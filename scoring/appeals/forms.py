"""The forms of appeals: what is contested and why; what is decided and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models import Person
from incentives.org.notation import day as day_in_words
from scoring.figures.contributions import KINDS
from scoring.figures.display import number
from scoring.ingest.corrections import (
    PARTS,
    WHOLE,
    Remedy,
    find_fact,
    parts_behind,
    parts_of,
)
from scoring.models import Appeal, Score, Source
from scoring.scorecards.lookups import worst_of_items
from scoring.scorecards.stored import items_of

NOT_MINE = "not_mine"
_CANDIDATES = 20
_SEPARATOR = "|"
# The kinds of facts that can be contested.
CONTESTED = ("tickets", "activities")


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class FactAppealForm(forms.Form):
    """Contest a rating of one's own ticket, or that it is one's own."""

    what = forms.ChoiceField(label=gettext_lazy("What is wrong?"), widget=forms.RadioSelect)
    claimed_for = forms.ModelChoiceField(
        label=gettext_lazy("Whose is it, if you know?"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("I do not know"),
        help_text=gettext_lazy("Only where the ticket is not yours."),
    )
    text = _reason(
        gettext_lazy("Why?"), gettext_lazy("Your supervisor reads it; two sentences are enough.")
    )

    def __init__(self, data: Any = None, *, agent: Person, fact: Any, part: str = "") -> None:
        offered = [name for name in parts_of(fact) if name != WHOLE]
        chosen = part if part in offered else (offered or [NOT_MINE])[0]
        super().__init__(data, initial={"what": chosen})
        choices = [(name, PARTS[name].label) for name in offered]
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            *choices,
            (NOT_MINE, _("This ticket is not mine")),
        ]
        today = agent.company_today
        people = Person.objects.visible_to(agent).active(on=today).exclude(pk=agent.pk)
        self.fields["claimed_for"].queryset = people  # type: ignore[attr-defined]

    @property
    def part(self) -> str:
        """The part that is contested; empty for whose ticket it is."""
        what: str = self.cleaned_data["what"]
        return "" if what == NOT_MINE else what

    @property
    def right_agent(self) -> Person | None:
        """Whose it should be, where that is contested and known."""
        return None if self.part else self.cleaned_data["claimed_for"]


class ClaimForm(forms.Form):
    """A ticket of one's own that is counted for someone else."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("Where is it from?"), queryset=Source.objects.order_by("name")
    )
    external_id = forms.CharField(label=gettext_lazy("Number of the ticket"), max_length=300)
    text = _reason(gettext_lazy("Why is it yours?"))


class ScoreAppealForm(forms.Form):
    """What is wrong about a score."""

    kpi = forms.ChoiceField(label=gettext_lazy("What is wrong?"), required=False)
    text = _reason(
        gettext_lazy("Why?"),
        gettext_lazy("Name days or tickets where you can: they are looked at."),
    )

    def __init__(self, data: Any = None, *, score: Score, kpi: str = "") -> None:
        super().__init__(data, initial={"kpi": kpi})
        self.kpis = {item.kpi.key: item.kpi for item in score.scorecard.items.select_related("kpi")}
        names = [(key, kpi.name) for key, kpi in self.kpis.items()]
        self.fields["kpi"].choices = [("", _("The score as a whole")), *names]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Granted or not, what becomes of which ticket, and the reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("granted", gettext_lazy("Granted")),
            ("rejected", gettext_lazy("Not granted")),
        ],
        widget=forms.RadioSelect,
    )
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Whose ticket is it?"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody's: it counts for the team only"),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What counts no more?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("Which tickets are corrected?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _reason(gettext_lazy("Reason"), gettext_lazy("The agent reads it."))

    def __init__(self, data: Any = None, *, appeal: Appeal, by: Person) -> None:
        initial = {"agent": appeal.claimed_for, "parts": [appeal.part] if appeal.part else []}
        super().__init__(data, initial=initial)
        self.appeal = appeal
        kept = {
            Appeal.About.ATTRIBUTION: "agent",
            Appeal.About.RATING: "parts",
            Appeal.About.SCORE: "facts",
        }[Appeal.About(appeal.about)]
        for name in {"agent", "parts", "facts"} - {kept}:
            del self.fields[name]
        fill = {"agent": self._fill_agents, "parts": self._fill_parts, "facts": self._fill_facts}
        fill[kept](by)

    def _fill_agents(self, by: Person) -> None:
        people = Person.objects.decided_by(by).active(on=by.company_today).exclude(pk=by.pk)
        fact = find_fact(self.appeal.kind, self.appeal.source_id or 0, self.appeal.external_id)
        if fact is not None and fact.agent_id:
            people = people.exclude(pk=fact.agent_id)
        self.fields["agent"].queryset = people  # type: ignore[attr-defined]

    def _fill_parts(self, _by: Person) -> None:
        fact = find_fact(self.appeal.kind, self.appeal.source_id or 0, self.appeal.external_id)
        names = parts_of(fact) if fact is not None else []
        self.fields["parts"].choices = [(name, PARTS[name].label) for name in names]  # type: ignore[attr-defined]

    def _fill_facts(self, _by: Person) -> None:
        self.fields["facts"].choices = [  # type: ignore[attr-defined]
            (
                _SEPARATOR.join((cost.kind, str(cost.fact.source_id), cost.fact.external_id)),
                f"{cost.fact.external_id} ({day_in_words(cost.fact.day)}, −{number(cost.lost, 1)})",
            )
            for cost in candidates(self.appeal)
        ]
        if not self.fields["facts"].choices:  # type: ignore[attr-defined]
            del self.fields["facts"]

    @property
    def granted(self) -> bool:
        """Whether the appeal is granted."""
        return bool(self.cleaned_data["decision"] == "granted")

    def remedies(self) -> list[Remedy]:
        """What is to be corrected."""
        appeal = self.appeal
        if "facts" in self.fields:
            parts = tuple(parts_behind(appeal.kpi)) if appeal.kpi else (WHOLE,)
            return [_remedy(value, parts) for value in self.cleaned_data["facts"]]
        about = (appeal.kind, appeal.source_id or 0, appeal.external_id)
        if "agent" in self.fields:
            return [Remedy(*about, reassigns=True, agent=self.cleaned_data["agent"])]
        parts = tuple(self.cleaned_data.get("parts", ()))
        return [Remedy(*about, parts=parts)] if parts else []


def _remedy(value: str, parts: tuple[str, ...]) -> Remedy:
    kind, source, external_id = value.split(_SEPARATOR, 2)
    return Remedy(kind, int(source), external_id, parts=parts if kind == "tickets" else (WHOLE,))


def candidates(appeal: Appeal) -> list[Any]:
    """The facts that cost the contested score (or its contested item) most points."""
    score = Score.objects.filter(
        agent=appeal.agent_id, period=appeal.period, starts_on=appeal.day
    ).first()
    if score is None:
        return []
    key = appeal.kpi.key if appeal.kpi else None
    found: dict[Any, Any] = {}
    items = [item for item in items_of(score) if key in (None, item["kpi"])]
    for costs in worst_of_items(score, items, limit=_CANDIDATES).values():
        for cost in costs:
            if cost.kind in CONTESTED:
                found.setdefault((cost.kind, cost.fact.pk), cost)
    return sorted(found.values(), key=lambda cost: -cost.lost)[:_CANDIDATES]


def is_contested(kind: str) -> bool:
    """Whether facts of this kind can be contested."""
    return kind in CONTESTED and kind in KINDS
