"""KPI explorer: one KPI over any window, by agent, team, channel or company, down to its facts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incentives.org.access import signed_in
from incentives.org.disclosure import LEAST_GROUP
from incentives.org.models import Person, Team
from incentives.spreadsheets import Rows
from scoring.explorer import tables as explorer
from scoring.explorer.forms.kpis import ExplorerForm, explorer_defaults
from scoring.figures.display import expression_in_words
from scoring.figures.expressions import parse
from scoring.figures.kpis import Figure, catalogue, known_measures, plain
from scoring.figures.query import Grouping, Selection
from scoring.figures.windows import Span, previous
from scoring.models import Kpi
from scoring.templatetags.figures import address

PAGE = 50
CSV_HEADER = ("period", "key", "name", "metric", "value", "numerator", "denominator")


@require_GET
@login_required
def kpis(request: HttpRequest) -> HttpResponse:
    """The explorer: table and chart of one KPI; state in the address; CSV of what is shown."""
    teams = Team.objects.visible_to(signed_in(request))
    viewer, offered = signed_in(request), catalogue()
    if not offered:
        return render(request, "scoring/kpis.html", {"offered": []})
    form = explorer_form(request, viewer, offered, teams=teams)
    kpi, by, selection, before = chosen(form, offered, viewer)
    known = known_measures()
    sort = _sort(request)
    lines = explorer.rows(
        kpi,
        by=by,
        selection=selection,
        text=form.cleaned_data.get("q", ""),
        sort=sort,
        known=known,
    )
    if request.GET.get("format") == "csv":
        return _csv(kpi, [line.figure for line in lines], selection.span)
    state = state_of(form) | {"sort": sort}
    page: Page[explorer.KpiRow] = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    on_page = list(page.object_list)
    narrowed = _to_page(before, by, on_page)
    explorer.add_changes(kpi, on_page, by=by, before=narrowed, known=known)
    _add_addresses(on_page, by, state, teams)
    whole = Grouping.TEAM if selection.teams is not None else Grouping.COMPANY
    drawn = explorer.trend(kpi, by=whole, selection=selection, before=before, known=known)
    name = _scope_name(form, viewer)
    context = {
        "offered": offered,
        "form": form,
        "kpi": kpi,
        "by": by.value,
        "page": page,
        "rows": on_page,
        "state": state,
        "sort": sort,
        "trend": drawn,
        "chart": explorer.chart(kpi, drawn, name=name, span=selection.span),
        "parts": [in_words(text, known) for text in (kpi.numerator, kpi.denominator)],
        "is_empty": not drawn.points and not any(_says_something(line.figure) for line in lines),
        # Whoever works in a team does not lead all that they see of it.
        "leaves_out": viewer.has_role("agent") and not viewer.sees_everyone,
        "least": LEAST_GROUP,
    }
    return render(request, "scoring/kpis.html", context)


def _says_something(figure: Figure) -> bool:
    return bool(figure.numerator or figure.denominator)


def explorer_form(
    request: HttpRequest,
    viewer: Person,
    offered: Sequence[Kpi],
    *,
    teams: Any,
    single: bool = False,
    form_class: type[ExplorerForm] = ExplorerForm,
) -> ExplorerForm:
    """The explorer's form, valid: wrong parts of the address keep their error and fall back."""
    asked = request.GET.dict()
    latest = explorer.latest_day(viewer)
    first = next((kpi.key for kpi in offered if kpi.key == "csat"), offered[0].key)
    defaults = explorer_defaults(kpi=first, viewer=viewer, latest=latest)
    options: dict[str, Any] = {
        "viewer": viewer,
        "kpis": list(offered),
        "teams": teams,
        "single": single,
    }
    form = form_class(defaults | asked, **options)
    if form.is_valid():
        return form
    wrong = {*form.errors, *(("window",) if {"start", "end"} & form.errors.keys() else ())}
    kept = {key: value for key, value in asked.items() if key not in wrong}
    fallback = form_class(defaults | kept, **options)
    if not fallback.is_valid():
        fallback = form_class(explorer_defaults(kpi=first, viewer=viewer, latest=None), **options)
        fallback.is_valid()
    fallback.mistakes = [str(error) for errors in form.errors.values() for error in errors]
    return fallback


def chosen(
    form: ExplorerForm, offered: Sequence[Kpi], viewer: Person
) -> tuple[Kpi, Grouping, Selection, Selection | None]:
    """KPI, level, the selected totals, and the same selection for the stretch of days before."""
    given = form.cleaned_data
    kpi = next(kpi for kpi in offered if kpi.key == given["kpi"])
    today = viewer.company_today
    window = form.chosen_window
    selection = Selection(
        span=window.span(today),
        teams=[given["team"].pk] if given.get("team") else None,
        channels=[given["channel"].key] if given.get("channel") else None,
        viewer=viewer,
    )
    earlier = previous(window, today, same_days=not kpi.denominator)
    before = replace(selection, span=earlier) if earlier else None
    return kpi, Grouping(given.get("level", Grouping.AGENT)), selection, before


def _to_page(
    before: Selection | None, by: Grouping, page: Sequence[explorer.KpiRow]
) -> Selection | None:
    """Only the agents on this page, so that ten thousand others are not computed again."""
    if before is None or by is not Grouping.AGENT:
        return before
    return replace(before, agents=[row.figure.key for row in page])


def _add_addresses(
    page: Sequence[explorer.KpiRow], by: Grouping, state: dict[str, Any], teams: Any
) -> None:
    """Each line leads one step down: company → teams → agents → days."""
    keys = [row.figure.key for row in page]
    window = {name: state.get(name, "") for name in ("kpi", "window", "start", "end", "channel")}
    ids: dict[str, int] = {}
    if by is Grouping.AGENT:
        ids = dict(Person.objects.filter(key__in=keys).values_list("key", "pk"))
    elif by is Grouping.TEAM:
        ids = dict(teams.filter(key__in=keys).values_list("key", "pk"))
    explorer_page = reverse("scoring:kpis")
    for row in page:
        key = row.figure.key
        if by is Grouping.AGENT and key in ids:
            row.address = reverse("scoring:kpi_agent", args=[ids[key]]) + address(window)
        elif by is Grouping.TEAM and key in ids:
            row.address = explorer_page + address(window, level="agent", team=ids[key])
        elif by is Grouping.CHANNEL:
            row.address = explorer_page + address(
                window, level="agent", channel=key, team=state.get("team", "")
            )
        elif by is Grouping.COMPANY:
            row.address = explorer_page + address(window, level="team")


def in_words(expression: str, names: dict[str, str]) -> str:
    return expression_in_words(parse(expression, known=names), names) if expression else ""


def state_of(form: ExplorerForm) -> dict[str, Any]:
    """The form's part of the address; days only where they count."""
    state = {name: form.data.get(name, "") for name in form.fields}
    if state["window"] != "range":
        state["start"] = state["end"] = ""
    return state


def _scope_name(form: ExplorerForm, viewer: Person) -> str:
    chosen = [form.cleaned_data.get(name) for name in ("team", "channel")]
    names = [str(each.name) for each in chosen if each]
    if names:
        return ", ".join(names)
    return _("whole company") if viewer.sees_everyone else _("your teams")


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "name")
    return sort if sort.removeprefix("-") in explorer.SORTS else "name"


def _csv(kpi: Kpi, found: Sequence[Figure], span: Span) -> HttpResponse:
    """What the table shows, all pages of it, unrounded; the period is an ISO 8601 interval."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kpi.key}.csv"'
    # The mark tells spreadsheets that the text is UTF-8.
    response.write("\ufeff")
    rows = Rows(response)
    rows.add(CSV_HEADER)
    period = f"{span.start}/{span.end}" if span.start else "all"
    for figure in found:
        numbers = (figure.value, figure.numerator, figure.denominator)
        rows.add([period, figure.key, figure.name, kpi.key, *(plain(each) for each in numbers)])
    return response
