"""Imports: the list, a new one, and one with its progress, result and what was not taken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.fragments import fragment
from incentives.org.access import signed_in
from scoring.ingest import drafts, progress, uploads, workers
from scoring.ingest.errors import BadMapping, UnreadableFile
from scoring.ingest.forms.imports import ImportFilter, ImportForm, RepairForm
from scoring.ingest.library import NamedMapping, find_mapping
from scoring.ingest.sign_ins import sign_ins_of
from scoring.ingest.views.importers import importers_only
from scoring.ingest.views.receiving import takes_large_files, was_too_large
from scoring.models import Import, ImportIssue

PAGE = 25
ISSUES_ON_PAGE = 50
_RUNS = Import.objects.select_related("source", "created_by")


@require_GET
@cache_control(no_store=True)
@importers_only
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, newest first; asks again while one of them is under way."""
    chosen = ImportFilter(request.GET)
    found = _RUNS.filter(**chosen.conditions())
    page: Page[Import] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    under_way = any(run.is_open for run in page)
    context = {
        "form": chosen,
        "page": page,
        "under_way": under_way,
        "any": page.paginator.count or Import.objects.exists(),
    }
    return _answer(request, "scoring/imports.html", "rows", context, ends=not under_way)


@takes_large_files
@require_http_methods(["GET", "POST"])
@importers_only
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file; it is looked at, queued once, and followed on its own page."""
    sender = signed_in(request)
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={name: request.GET.get(name, "") for name in ("source", "mapping")},
        too_large=posted and was_too_large(request),
    )
    if posted and form.is_valid():
        run = form.submit(by=sender)
        if run is not None:
            return redirect("scoring:import", pk=run.pk)
    context: dict[str, Any] = {"form": form}
    if posted and form.left_over is not None:
        with suppress(UnreadableFile):
            found = drafts.begin(request.session, path=form.left_over, name=form.file_name)
            context["draft"] = found
    return render(request, "scoring/import_new.html", context, status=422 if form.errors else 200)


@require_GET
@cache_control(no_store=True)
@importers_only
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import; the part that changes answers 304 while nothing moved and 286 at the end.

    Page and part share an address, so no browser may keep one and show it for the other.
    """
    run = get_object_or_404(_RUNS, pk=pk)
    context = run_context(request, run)
    return _answer(request, "scoring/import.html", "run", context, ends=not run.is_open)


@require_POST
@importers_only
def import_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Import the same file once more, with the mapping of that name as it is now."""
    run = get_object_or_404(_RUNS, pk=pk)
    sender = signed_in(request)
    confirmed = run.dry_run and sender.is_staff and "sign_ins" in request.POST
    try:
        started = uploads.again(run, by=sender, mapping=_mapping_now(run), confirmed=confirmed)
    except FileNotFoundError:
        messages.error(request, _("The file is no longer here. Send it again."))
        return redirect("scoring:import_new")
    except BadMapping as error:
        messages.error(request, str(error))
        return redirect("scoring:import", pk=pk)
    return redirect("scoring:import", pk=started.pk)


def run_context(
    request: HttpRequest, run: Import, *, repair_form: RepairForm | None = None
) -> dict[str, Any]:
    """What the page of one import shows."""
    issues: Page[ImportIssue] = Paginator(run.issues.all(), ISSUES_ON_PAGE).get_page(
        request.GET.get("page")
    )
    interrupted = progress.is_interrupted(run)
    queued = run.status == Import.Status.QUEUED
    waited = (timezone.now() - run.created_at).total_seconds()
    ended = not run.is_open
    shows_sign_ins = bool(run.sign_ins) and signed_in(request).is_staff
    return {
        "sign_ins": sign_ins_of(run) if shows_sign_ins else [],
        "run": run,
        "polls": run.is_open and not interrupted,
        "interrupted": interrupted,
        "progress": progress.progress_of(run) if run.is_open else None,
        "no_worker": queued and waited > workers.PATIENCE_SECONDS and not workers.answer(),
        "page": issues,
        "has_file": Path(run.file_path).is_file(),
        "repair_form": repair_form or (RepairForm() if ended and issues.paginator.count else None),
        "mending": repair_form is not None,
    }


def _mapping_now(run: Import) -> NamedMapping | None:
    """The mapping as it is now; None for mended rows and names that are gone: the run's own."""
    if run.file_path.endswith(".mended") or run.mapping_name.endswith(".toml"):
        return None
    try:
        found = find_mapping(run.mapping_name)
    except BadMapping:
        return None
    return found if found.mapping.kind == run.kind else None


def _answer(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, ends: bool
) -> HttpResponse:
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return fragment(request, f"{template}#{part}", context, ends=ends)
    return render(request, template, context)
