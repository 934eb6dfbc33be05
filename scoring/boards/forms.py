"""The editor of leaderboards, and the name that someone chooses to appear under."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.access import may_change
from incentives.org.draft_forms import DraftForm
from incentives.org.models import Person, Role, Site, Team
from scoring.boards.fairness import BEST, LISTINGS, name_refusal, refusal
from scoring.models import BoardAlias, BoardPeriod, Kpi, Leaderboard

RESERVED = frozenset({"new", "name"})


class BoardForm(DraftForm, forms.ModelForm[Leaderboard]):
    """One board; impossible combinations are refused with what to choose instead."""

    listing = forms.ChoiceField(
        label=gettext_lazy("Order of the list"), choices=LISTINGS, initial=BEST
    )

    class Meta:
        model = Leaderboard
        fields = [
            "name_en",
            "name_zh",
            "subject",
            "by",
            "kpi",
            "period",
            "listing",
            "within",
            "league",
            "least",
            "normalised",
            "shown",
            "team",
            "site",
            "channel",
        ]
        help_texts = {
            "kpi": gettext_lazy("For boards that are ranked by a KPI."),
            "least": gettext_lazy(
                "The volume below which someone is listed without a place; 0 asks for none."
            ),
            "normalised": gettext_lazy("For teams: so that size does not decide."),
            "shown": gettext_lazy("Everyone also sees their own neighbourhood."),
            "channel": gettext_lazy("For boards that are ranked by a KPI."),
        }

    def __init__(self, *args: Any, editor: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.editor = editor
        self._offer("kpi", Kpi.objects.filter(archived=False))
        if editor.runs_the_company:
            return
        sites = editor.role_grants.filter(role=Role.MANAGER).values("site")
        self._offer("site", Site.objects.filter(pk__in=sites))
        self._offer("team", Team.objects.managed_by(editor))
        text = _("Without a team or site it is for the site or team that you manage.")
        self.fields["team"].help_text = text

    def _offer(self, field: str, rows: QuerySet[Any]) -> None:
        cast("forms.ModelChoiceField[Any]", self.fields[field]).queryset = rows

    def clean_listing(self) -> str:
        """Only the best come first: the other choices are there to say why not."""
        listing = self.cleaned_data["listing"]
        if refused := refusal(listing):
            raise forms.ValidationError(refused)
        return str(listing)

    def clean_name_en(self) -> str:
        """Not a name that points at the end of a list."""
        return self._named("name_en")

    def clean_name_zh(self) -> str:
        """See clean_name_en."""
        return self._named("name_zh")

    def clean(self) -> dict[str, Any]:
        """What goes together; each refusal stands at the field that has to change."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"team", "site"} & self.errors.keys():
            self._keep_within(given)
        if given.get("by") != Leaderboard.By.KPI:
            given["kpi"] = None
        for field, message in self._refusals(given):
            if field not in self.errors:
                self.add_error(field, message)
        return given

    def _keep_within(self, given: dict[str, Any]) -> None:
        """A board of who does not run the company is for what they manage, never for everyone."""
        editor = self.editor
        if not editor.runs_the_company and not given.get("team") and not given.get("site"):
            given |= self._only_scope()
        team, site = given.get("team"), given.get("site")
        if not may_change(editor, teams=[team] if team else [], site=site):
            self.add_error("site", _("Choose a site or a team that you manage."))

    def _only_scope(self) -> dict[str, Any]:
        """The one site, or else the one team, that someone manages; nothing where they must choose."""
        grants = list(self.editor.role_grants.filter(role=Role.MANAGER))
        sites = [grant.site for grant in grants if grant.site]
        teams = [grant.team for grant in grants if grant.team]
        if len(sites) == 1:
            return {"site": sites[0]}
        return {"team": teams[0]} if len(teams) == 1 and not sites else {}

    def save(self, commit: bool = True) -> Leaderboard:
        """Save; a changed board is worked out anew by the next night."""
        board: Leaderboard = super().save(commit=False)
        board.entered_on = None
        if not board.key:
            board.key = free_key(board.name_en)
        if commit:
            board.save()
        return board

    def draft(self) -> Leaderboard | None:
        """The board as filled in so far, for the preview; None while something is wrong."""
        if not self.is_valid():
            return None
        board: Leaderboard = forms.ModelForm.save(self, commit=False)
        return board

    def _named(self, field: str) -> str:
        name = str(self.cleaned_data[field])
        if refused := name_refusal(name):
            raise forms.ValidationError(refused)
        return name

    def _refusals(self, given: dict[str, Any]) -> list[tuple[str, str]]:
        if given.get("subject") == Leaderboard.Subject.TEAM:
            told = _team_refusals(given)
        else:
            told = [("normalised", _("Only teams are counted per person: untick this."))]
            told = told if given.get("normalised") else []
        return [*told, *_kpi_refusals(given), *_period_refusals(given)]


def _team_refusals(given: dict[str, Any]) -> list[tuple[str, str]]:
    told = []
    if given.get("within") == Leaderboard.Within.TEAM:
        told.append(("within", _("Teams are ranked all together: choose that.")))
    if given.get("league") != Leaderboard.League.ALL:
        told.append(("league", _("Leagues are for people: choose “Everyone”.")))
    if given.get("team"):
        told.append(
            ("team", _("A board of teams cannot be limited to one team: leave this empty."))
        )
    kpi = given.get("kpi")
    mean = given.get("by") == Leaderboard.By.SCORE or (kpi is not None and kpi.denominator)
    if given.get("normalised") and mean:
        told.append(("normalised", _("Scores and ratios do not grow with the team: untick this.")))
    return told


def _kpi_refusals(given: dict[str, Any]) -> list[tuple[str, str]]:
    told = []
    kpi = given.get("kpi")
    if given.get("by") == Leaderboard.By.KPI and kpi is None:
        told.append(("kpi", _("Choose the KPI to rank by.")))
    if kpi is not None and kpi.direction == Kpi.Direction.BAND:
        told.append(
            ("kpi", _("This KPI is best inside a band, so no one is first: choose another."))
        )
    for_agents = given.get("subject") == Leaderboard.Subject.AGENT
    if kpi is not None and for_agents and kpi.level == Kpi.Level.TEAM:
        told.append(("kpi", _("This KPI is known for teams only: list teams, or choose another.")))
    if given.get("channel") and given.get("by") != Leaderboard.By.KPI:
        told.append(("channel", _("Points and scores span all channels: leave this empty.")))
    return told


def _period_refusals(given: dict[str, Any]) -> list[tuple[str, str]]:
    period = given.get("period")
    if given.get("by") == Leaderboard.By.SCORE and period in (BoardPeriod.SEASON, BoardPeriod.ALL):
        return [("period", _("There are scores of days, weeks and months: choose one of them."))]
    if given.get("league") != Leaderboard.League.ALL and period == BoardPeriod.ALL:
        return [("period", _("This league needs a period with a beginning: choose another one."))]
    return []


def free_key(name: str) -> str:
    """A key for addresses, made from the English name, that no other board has."""
    base = slugify(name)[:50] or "board"
    taken = set(Leaderboard.objects.filter(key__startswith=base).values_list("key", flat=True))
    taken |= RESERVED
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


class BoardAliasForm(forms.Form):
    """The name on boards; empty to appear under one's own."""

    name = forms.CharField(
        label=gettext_lazy("Name on boards"),
        required=False,
        min_length=2,
        max_length=30,
        help_text=gettext_lazy("Leave it empty to appear under your own name."),
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        self.person = person
        super().__init__(*args, **options)

    def clean_name(self) -> str:
        """Nobody appears as someone else."""
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            return ""
        if Person.objects.filter(display_name__iexact=name).exclude(pk=self.person.pk).exists():
            raise forms.ValidationError(_("Someone here has this name: choose another."))
        if BoardAlias.objects.filter(name__iexact=name).exclude(pk=self.person.pk).exists():
            raise forms.ValidationError(_("Someone has chosen this name already: choose another."))
        return name

    def save(self) -> None:
        """Keep the name, or let it go when it is empty."""
        name = self.cleaned_data["name"]
        if name:
            BoardAlias.objects.update_or_create(person=self.person, defaults={"name": name})
        else:
            BoardAlias.objects.filter(person=self.person).delete()
