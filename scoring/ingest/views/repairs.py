"""What an import did not take: download it, mend it, import it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from incentives.org.access import signed_in
from scoring.ingest import repair as mending
from scoring.ingest.forms.imports import RepairForm
from scoring.ingest.views.importers import importers_only
from scoring.ingest.views.imports import run_context
from scoring.ingest.views.receiving import takes_large_files, was_too_large
from scoring.models import Import


@require_GET
@importers_only
def rejected_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every row with an issue, as CSV that spreadsheets open safely."""
    run = get_object_or_404(Import, pk=pk)
    name = slugify(run.file_name.split(".")[0]) or "import"
    response = StreamingHttpResponse(
        mending.rejected_rows(run), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}-{run.pk}-to-repair.csv"'
    return response


@takes_large_files
@require_POST
@importers_only
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mended rows with the same source and mapping."""
    run = get_object_or_404(Import.objects.select_related("source", "created_by"), pk=pk)
    form = RepairForm(request.POST, request.FILES, too_large=was_too_large(request))
    if form.is_valid():
        started = form.submit(run=run, by=signed_in(request))
        if started is not None:
            return redirect("scoring:import", pk=started.pk)
    context = run_context(request, run, repair_form=form)
    return render(request, "scoring/import.html", context, status=422)
