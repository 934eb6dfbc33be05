"""Measures of the company's own, written by managers in the browser."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.refusals import told_in, told_to
from scoring.explorer import retiring as own_kpis
from scoring.explorer.forms.measures import MeasureForm
from scoring.explorer.views.catalogue import EDITORS
from scoring.figures.custom import sentence
from scoring.figures.previews import preview_measure
from scoring.figures.tasks import recompute_totals
from scoring.ingest import workers
from scoring.models import CustomMeasure


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS, whole_company=True)
def measure_edit(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write or change a measure; beside the form its sentence and its last four weeks."""
    editor = signed_in(request)
    instance = get_object_or_404(CustomMeasure, key=key) if key else None
    form = MeasureForm(request.POST if request.method == "POST" else None, instance=instance)

    def save() -> HttpResponse | None:
        with told_in(form):
            saved = form.save()
            workers.send(recompute_totals)
        if form.errors:
            return None
        text = _("“%(name)s” is saved; its past days are being filled in.")
        messages.success(request, text % {"name": saved.name})
        return redirect("scoring:kpi_catalogue")

    def context() -> dict[str, Any]:
        definition = form.definition
        return {
            "measure": instance,
            "sentence": sentence(definition) if definition else "",
            "preview": preview_measure(definition, viewer=editor) if definition else None,
            "uses": own_kpis.uses_of_measure(instance) if instance else [],
        }

    template = "scoring/kpi_measure_edit.html"
    return editor_page(request, form, template, save=save, context=context)


@require_POST
@require_role(*EDITORS, whole_company=True)
def measure_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Archive, bring back or delete a measure."""
    measure = get_object_or_404(CustomMeasure, key=key)
    action = request.POST.get("action", "")
    if action == "delete":
        with told_to(request):
            own_kpis.delete_measure(measure=measure)
            messages.success(request, _("“%(name)s” is deleted.") % {"name": measure.name})
            return redirect("scoring:kpi_catalogue")
        return redirect("scoring:measure_edit", key=key)
    own_kpis.set_archived(thing=measure, archived=action == "archive")
    text = _("“%(name)s” is archived.") if measure.archived else _("“%(name)s” is in use again.")
    messages.success(request, text % {"name": measure.name})
    return redirect("scoring:measure_edit", key=key)
