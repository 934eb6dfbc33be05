"""Forms of the badge pages: the designer with its tiers, sets, granting, revoking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.awards.checks import MOST_POINTS, problems
from badges.awards.glyphs import GLYPHS
from badges.awards.models.badges import Badge, BadgeVersion, Tier
from incentives.org.draft_forms import DraftForm
from incentives.org.forms import DayField
from incentives.org.inputs import whole_number
from incentives.org.models import Team
from incentives.org.scope_form import ScopeForm
from scoring.criteria.forms import CriteriaBuilder
from scoring.models import Kpi

FOR_GOOD, SOME_DAYS, NEXT_PERIOD = "always", "days", "next"


@dataclass
class TierPart:
    """One metal in the designer: whether the badge has it, its points, its criteria."""

    tier: str
    label: str
    on: bool
    points: str
    builder: CriteriaBuilder
    errors: list[str] = field(default_factory=list)

    @property
    def amount(self) -> int | None:
        """The points as a number; None where they are none."""
        return whole_number(self.points.strip() or "0", most=MOST_POINTS)

    def as_data(self, *, granted: bool) -> dict[str, Any]:
        """The tier as a version keeps it."""
        criteria = None if granted or not self.builder.criteria else self.builder.criteria.as_data()
        return {"tier": self.tier, "criteria": criteria, "points": self.amount}


class BadgeForm(DraftForm, ScopeForm, forms.ModelForm[Badge]):
    """A badge and the draft of its version; without a draft only what can change at any time.

    `tiers` are the three metals. `badge_and_version()` is what is filled in so far, not saved.
    """

    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("Until"), required=False)
    holds = forms.ChoiceField(
        label=gettext_lazy("It holds"),
        choices=[
            (FOR_GOOD, gettext_lazy("for good")),
            (SOME_DAYS, gettext_lazy("for some days")),
            (NEXT_PERIOD, gettext_lazy("until the end of the next period")),
        ],
        required=False,
    )
    expires_after_days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=1, max_value=3660, required=False
    )

    OF_VERSION = ("starts_on", "ends_on", "holds", "expires_after_days", *ScopeForm.SCOPE)

    class Meta:
        model = Badge
        fields = (
            "name_en",
            "name_zh",
            "about_en",
            "about_zh",
            "title_en",
            "title_zh",
            "glyph",
            "group",
            "way",
            "repeats",
            "secret",
        )
        widgets = {
            "about_en": forms.Textarea({"rows": 2}),
            "about_zh": forms.Textarea({"rows": 2}),
        }

    def __init__(self, data: Any = None, *, instance: Badge, version: BadgeVersion) -> None:
        super().__init__(data, instance=instance)
        self.version = version
        self.fields["glyph"] = forms.ChoiceField(
            choices=list(GLYPHS.items()), label=_("Picture"), initial=instance.glyph
        )
        self.fields["group"] = forms.ChoiceField(choices=Kpi.Group.choices, label=_("Group"))
        self.tiers: list[TierPart] = []
        if version.is_published:
            for name in (*self.OF_VERSION, "way", "repeats"):
                del self.fields[name]
            return
        if instance.pk and instance.versions.filter(published_at__isnull=False).exists():
            self.fields["way"].disabled = self.fields["repeats"].disabled = True
        self._version_fields()
        self.tiers = [self._tier(data, Tier(tier)) for tier in Tier]

    def _version_fields(self) -> None:
        version = self.version
        self.initial.update(
            {
                "starts_on": version.starts_on,
                "ends_on": version.ends_on,
                "expires_after_days": version.expires_after_days,
                "holds": NEXT_PERIOD
                if version.expires_with_next
                else (SOME_DAYS if version.expires_after_days else FOR_GOOD),
            }
        )
        self.offer_scope(version.scope, teams=Team.objects.order_by("name"))

    def _tier(self, data: Any, tier: Tier) -> TierPart:
        stored = next((each for each in self.version.tiers if each["tier"] == tier), None)
        on = bool(data.get(f"{tier}-on")) if data is not None else stored is not None
        points = str(stored["points"]) if stored else ""
        return TierPart(
            tier=tier.value,
            label=str(tier.label),
            on=on,
            points=data.get(f"{tier}-points", "").strip() if data is not None else points,
            builder=CriteriaBuilder(
                data,
                prefix=tier.value,
                criteria=stored["criteria"] if stored else None,
                required=on and not self.is_granted,
            ),
        )

    @property
    def is_granted(self) -> bool:
        """Whether people give the badge, as far as it is filled in."""
        bound = self.is_bound and not self.fields["way"].disabled
        chosen = self.data.get("way") if bound else self.instance.way
        return bool(chosen == Badge.Way.GRANTED)

    @property
    def editing(self) -> bool:
        """See Draft; buttons of the builders are such ones too."""
        return super().editing or any(part.builder.editing for part in self.tiers)

    @property
    def glyphs(self) -> list[tuple[str, str]]:
        """The pictures to choose from."""
        return [(key, str(words)) for key, words in GLYPHS.items()]

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The groups to choose from."""
        return [(key, str(label)) for key, label in Kpi.Group.choices]

    def clean(self) -> dict[str, Any]:
        """Put the parts together and check the badge as a whole."""
        cleaned = super().clean() or {}
        if self.version.is_published:
            return cleaned
        no_days = not cleaned.get("expires_after_days") and "expires_after_days" not in self.errors
        if cleaned.get("holds") == SOME_DAYS and no_days:
            self.add_error("expires_after_days", _("Fill in how many days it holds."))
        self._check_tiers()
        if not self.errors:
            self._take(problems(*self.badge_and_version()))
        return cleaned

    def _check_tiers(self) -> None:
        most = {"most": MOST_POINTS}
        for part in (each for each in self.tiers if each.on):
            if part.amount is None:
                part.errors.append(_("The points are a whole number from 0 to %(most)d.") % most)
            if not self.is_granted and not part.builder.is_valid():
                part.errors.append(_("Correct the criteria of this tier."))
        if any(part.errors for part in self.tiers):
            self.add_error(None, _("Correct the tiers that are marked below."))

    def _take(self, found: Mapping[str, list[str]]) -> None:
        """Show what the badge's own checks refuse, where it is."""
        parts = {part.tier: part for part in self.tiers}
        for name, texts in found.items():
            if name in parts:
                parts[name].errors += texts
                self.add_error(None, _("Correct the tiers that are marked below."))
                continue
            shown = {"expires_with_next": "holds", "applies_to": "teams"}.get(name, name)
            self.add_error(shown if shown in self.fields else None, texts)

    def badge_and_version(self) -> tuple[Badge, BadgeVersion]:
        """The badge and its version as far as they are filled in; not saved."""
        badge, version, given = self.instance, self.version, self.cleaned_data
        for name in self.Meta.fields:
            if name in given:
                setattr(badge, name, given[name])
        if version.is_published:
            return badge, version
        version.badge = badge
        # Empty only while the form is being filled in: a badge without its first day is not saved.
        version.starts_on = cast(date, given.get("starts_on"))
        version.ends_on = given.get("ends_on")
        holds = given.get("holds")
        days = given.get("expires_after_days")
        version.expires_after_days = days if holds == SOME_DAYS else None
        version.expires_with_next = holds == NEXT_PERIOD
        granted = self.is_granted
        version.tiers = [part.as_data(granted=granted) for part in self.tiers if part.on]
        version.applies_to = self.chosen_scope().stored()
        return badge, version

    @property
    def can_be_shown(self) -> bool:
        """Whether enough is right for sentences and a preview."""
        ready = [
            part.amount is not None and (self.is_granted or part.builder.criteria is not None)
            for part in self.tiers
            if part.on
        ]
        wrong = {"starts_on", "ends_on", "people", "teams", "newcomer_days"} & self.errors.keys()
        return bool(ready) and all(ready) and not wrong
