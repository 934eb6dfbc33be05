"""The part of a form that says whom something is for."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models import Team
from incentives.org.scope import NEWCOMER_DAYS, Scope


class ScopeForm(forms.Form):
    """The fields of a `Scope`; a form that restricts channels too has a field `channels`."""

    SCOPE: ClassVar[tuple[str, ...]] = ("people", "newcomer_days", "teams")

    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Teams"),
        help_text=gettext_lazy("None chosen means all of them."),
        required=False,
        widget=forms.SelectMultiple({"size": 5}),
    )
    people = forms.ChoiceField(
        label=gettext_lazy("People"),
        choices=[
            ("everyone", gettext_lazy("Everyone")),
            ("newcomers", gettext_lazy("Newcomers only")),
            ("experienced", gettext_lazy("Everyone but newcomers")),
        ],
        required=False,
    )
    newcomer_days = forms.IntegerField(
        label=gettext_lazy("Newcomers are in their first … days"),
        min_value=1,
        max_value=1000,
        initial=NEWCOMER_DAYS,
        required=False,
    )

    def offer_scope(self, scope: Scope, *, teams: QuerySet[Team]) -> None:
        """Show what is chosen; `teams` are those to choose from."""
        cast("forms.ModelMultipleChoiceField[Team]", self.fields["teams"]).queryset = teams
        self.initial.update(
            people=scope.people, newcomer_days=scope.newcomer_days, teams=list(scope.teams)
        )

    def chosen_scope(self, *, all_teams: QuerySet[Team] | None = None) -> Scope:
        """The scope as far as it is filled in; `all_teams` is what no team chosen stands for."""
        given = self.cleaned_data
        teams = given.get("teams") or all_teams or ()
        return Scope(
            channels=tuple(each.pk for each in given.get("channels") or ()),
            teams=tuple(team.pk for team in teams),
            people=given.get("people") or "everyone",
            newcomer_days=given.get("newcomer_days") or NEWCOMER_DAYS,
        )


def offer_teams(field: Any, teams: QuerySet[Team], *, everyone: bool) -> None:
    """Teams in a field of its own; whoever may not address `everyone` has to choose some."""
    field.queryset = teams
    field.required = not everyone
    if everyone:
        field.help_text = _("None chosen means the whole company.")
