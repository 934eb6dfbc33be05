"""The KPI catalogue: what each KPI is, its target and source; managers edit it without code."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.refusals import told_in, told_to
from scoring.explorer import retiring as own_kpis
from scoring.explorer.changes import KpiChange, apply_to_the_past, save_kpi
from scoring.explorer.forms.kpis import KpiForm
from scoring.figures.custom import read_definition, sentence
from scoring.figures.display import expression_in_words
from scoring.figures.expressions import parse
from scoring.figures.kpis import known_measures
from scoring.figures.previews import preview_kpi
from scoring.models import CustomMeasure, Kpi

EDITORS = ("manager", "administrator")


@require_GET
@login_required
def kpi_catalogue(request: HttpRequest) -> HttpResponse:
    """All KPIs by group, and the company's own measures."""
    may_edit = signed_in(request).runs_the_company
    shown = Kpi.objects.order_by("archived", "pk")
    groups: dict[str, list[Kpi]] = {}
    for kpi in shown if may_edit else shown.filter(archived=False):
        groups.setdefault(str(kpi.get_group_display()), []).append(kpi)
    measures = CustomMeasure.objects.order_by("archived", "key")
    context = {
        "groups": groups,
        "may_edit": may_edit,
        "measures": [(each, sentence(read_definition(each.definition))) for each in measures],
    }
    return render(request, "scoring/kpi_catalogue.html", context)


@require_GET
@login_required
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """One KPI: its formula in words, target, source."""
    may_edit = signed_in(request).runs_the_company
    offered = Kpi.objects.all() if may_edit else Kpi.objects.filter(archived=False)
    found = get_object_or_404(offered, key=key)
    names = known_measures()
    context = {
        "kpi": found,
        "may_edit": may_edit,
        "numerator": _in_words(found.numerator, names),
        "denominator": _in_words(found.denominator, names),
        # Drafts, other teams' quests and secret badges among them: for those who may read them all.
        "uses": own_kpis.uses_of_kpi(found) if signed_in(request).runs_the_company else None,
        "earlier": [
            (
                date.fromisoformat(each["until"]),
                _in_words(each["numerator"], names),
                _in_words(each["denominator"], names),
            )
            for each in reversed(found.earlier)
        ],
    }
    return render(request, "scoring/kpi.html", context)


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS, whole_company=True)
def kpi_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write or change a KPI, with its value over the last four weeks beside the form."""
    editor = signed_in(request)
    instance = get_object_or_404(Kpi, key=key) if key else None
    form = KpiForm(request.POST or None, instance=instance)
    looked_at = form.draft() if form.is_bound else instance

    def save() -> HttpResponse | None:
        saved = form.save(commit=False)
        with told_in(form):
            done = save_kpi(kpi=saved, today=editor.company_today)
        if form.errors:
            return None
        messages.success(request, _saved_message(saved, done))
        return redirect("scoring:kpi", key=saved.key)

    return editor_page(
        request,
        form,
        "scoring/kpi_edit.html",
        save=save,
        context=lambda: {
            "kpi": instance,
            "uses": own_kpis.uses_of_kpi(instance) if instance else [],
            "measures": known_measures(archived=False),
            "looked_at": looked_at,
            "preview": preview_kpi(looked_at, viewer=editor) if looked_at else None,
        },
    )


@require_POST
@require_role(*EDITORS, whole_company=True)
def kpi_past(request: HttpRequest, key: str) -> HttpResponse:
    """Let the formula of now hold for the past too."""
    found = get_object_or_404(Kpi, key=key)
    done = apply_to_the_past(kpi=found)
    if done.redone:
        text = ngettext(
            "The next night works %(count)d agent day out anew.",
            "The next night works %(count)d agent days out anew.",
            done.redone,
        )
        messages.success(request, text % {"count": done.redone})
    return redirect("scoring:kpi", key=key)


@require_POST
@require_role(*EDITORS, whole_company=True)
def kpi_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Archive, bring back or delete a KPI."""
    found = get_object_or_404(Kpi, key=key)
    action = request.POST.get("action", "")
    if action == "delete":
        with told_to(request):
            own_kpis.delete_kpi(kpi=found)
            messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
            return redirect("scoring:kpi_catalogue")
        return redirect("scoring:kpi", key=key)
    own_kpis.set_archived(thing=found, archived=action == "archive")
    messages.success(request, _archived_message(found))
    return redirect("scoring:kpi", key=key)


def _saved_message(kpi: Kpi, done: KpiChange) -> str:
    if done.kept_until is not None:
        text = _("“%(name)s” is saved. It counts so from today on; days before keep their formula.")
    elif done.redone:
        text = _("“%(name)s” is saved. The next night works all days out anew.")
    else:
        text = _("“%(name)s” is saved.")
    return text % {"name": kpi.name}


def _archived_message(thing: Kpi | CustomMeasure) -> str:
    text = _("“%(name)s” is archived.") if thing.archived else _("“%(name)s” is in use again.")
    return text % {"name": thing.name}


def _in_words(expression: str, names: dict[str, str]) -> str:
    return expression_in_words(parse(expression, known=names), names) if expression else ""
