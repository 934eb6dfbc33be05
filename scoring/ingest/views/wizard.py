"""The mapping wizard: file, columns, check, save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from incentives.org.access import signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Company
from incentives.org.refusals import told_in
from scoring.ingest import drafts, uploads
from scoring.ingest.drafts import MappingDraft
from scoring.ingest.errors import BadMapping, UnreadableFile
from scoring.ingest.fields import label_of
from scoring.ingest.forms.imports import ImportForm, UploadForm
from scoring.ingest.forms.mappings import WizardSaveForm
from scoring.ingest.forms.wizard import (
    UNITS,
    WizardSheet,
    place_error,
    read_fields,
    read_general,
    rows_with_shared_id,
    sheet_of,
    unused_columns,
)
from scoring.ingest.guarded_reading import sheets_of
from scoring.ingest.mapping import FileMapping, parse
from scoring.ingest.preview import ImportPreview, preview, reason
from scoring.ingest.toml_text import dump
from scoring.ingest.views.importers import importers_only
from scoring.ingest.views.receiving import takes_large_files, was_too_large
from scoring.models import Import, Mapping
from scoring.models.sources import FactKind

_SHOWN, _SHOWN_IN_CHECK, _ISSUES_SHOWN = 6, 15, 12
_RECENT = 6


def _steps() -> list[str]:
    return [_("File"), _("Columns"), _("Check"), _("Save")]


@takes_large_files
@require_http_methods(["GET", "POST"])
@importers_only
def wizard_file(request: HttpRequest) -> HttpResponse:
    """Step 1: send a file, or take that of an earlier import."""
    posted = request.method == "POST"
    chosen = request.POST.get("run", "") or request.GET.get("import", "")
    form = UploadForm()
    draft: MappingDraft | None = None
    error = ""
    if posted:
        uploads.discard_old_drafts()
        try:
            if "run" in request.POST:
                draft = _begin_with_run(request, chosen)
            else:
                form = UploadForm(request.POST, request.FILES, too_large=was_too_large(request))
                draft = _begin_with_upload(request, form) if form.is_valid() else None
        except UnreadableFile as unreadable:
            error = str(unreadable)
        if draft is not None:
            return redirect("scoring:wizard_columns", token=draft.token)
    if error and form.is_bound:
        form.add_error("file", error)
    recent = [run for run in Import.objects.all()[: 5 * _RECENT] if Path(run.file_path).is_file()]
    picked = list(Import.objects.filter(pk=whole_number(chosen) or 0))
    context = {
        "form": form,
        "error": "" if form.is_bound else error,
        "recent": recent[:_RECENT],
        "picked": picked[0] if picked else None,
        "steps": _steps(),
        "current": 1,
    }
    failed = posted and (form.errors or error)
    return render(request, "scoring/wizard_file.html", context, status=422 if failed else 200)


@require_http_methods(["GET", "POST"])
@importers_only
def wizard_columns(request: HttpRequest, token: str) -> HttpResponse:
    """Step 2: which column is what; each change shows the first rows anew."""
    draft = _draft(request, token)
    error = ""
    if request.method == "POST":
        error = _change(draft, request)
        drafts.keep(request.session, draft)
    sample = draft.sample()
    sheet = sheet_of(draft.data, sample)
    mapping, problem = _mapping(draft, sheet)
    error = error or problem
    if "next" in request.POST and mapping is not None and not sheet.undecided and not error:
        return redirect("scoring:wizard_check", token=token)
    seen = _preview(mapping, draft, shown=_SHOWN) if mapping and not sheet.undecided else None
    if seen and seen.error:
        error = error or place_error(sheet.rows, seen.error)
    context = {
        "draft": draft,
        "data": draft.data,
        "sheet": sheet,
        "unused": unused_columns(draft.data, sheet.columns),
        "shared_id": rows_with_shared_id(draft.data, sample),
        "error": error,
        "asked": "next" in request.POST,
        "preview": seen,
        "labels": [label_of(name) for name in seen.fields] if seen else [],
        "kinds": FactKind.choices,
        "units": UNITS,
        "company_zone": Company.current().time_zone,
        "worksheets": _worksheets(draft),
        "steps": _steps(),
        "current": 2,
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "scoring/wizard_columns.html" + ("#editor" if partial else "")
    return render(request, template, context, status=422 if "next" in request.POST else 200)


@require_GET
@importers_only
def wizard_check(request: HttpRequest, token: str) -> HttpResponse:
    """Step 3: more rows, what would not be taken, and how dates were understood."""
    draft = _draft(request, token)
    sheet = sheet_of(draft.data, draft.sample())
    mapping, _problem = _mapping(draft, sheet)
    if mapping is None or sheet.undecided:
        return redirect("scoring:wizard_columns", token=token)
    seen = _preview(mapping, draft, shown=_SHOWN_IN_CHECK)
    context = {
        "draft": draft,
        "preview": seen,
        "labels": [label_of(name) for name in seen.fields],
        "issues": [(issue, reason(issue)) for issue in seen.issues[:_ISSUES_SHOWN]],
        "dates": [row for row in sheet.rows if row.dates and row.dates.day_first_matters],
        "steps": _steps(),
        "current": 3,
    }
    return render(request, "scoring/wizard_check.html", context)


@require_http_methods(["GET", "POST"])
@importers_only
def wizard_save(request: HttpRequest, token: str) -> HttpResponse:
    """Step 4: a name, the TOML for those who like it, and the import itself."""
    draft = _draft(request, token)
    own = Mapping.objects.filter(name=draft.base).first() if draft.base else None
    initial = {"text": dump(draft.data), "source": draft.source, "name": own.name if own else ""}
    form = WizardSaveForm(request.POST or None, instance=own, initial=initial)
    if form.is_bound and form.is_valid():
        run = _save(request, draft, form)
        if not form.errors:
            drafts.finish(request.session, draft)
            return redirect("scoring:import", pk=run.pk) if run else redirect("scoring:mappings")
    context = {
        "draft": draft,
        "form": form,
        "known_sources": ImportForm.known_sources(),
        "steps": _steps(),
        "current": 4,
    }
    status = 422 if form.errors else 200
    return render(request, "scoring/wizard_save.html", context, status=status)


def _save(request: HttpRequest, draft: MappingDraft, form: WizardSaveForm) -> Import | None:
    """Store the mapping and queue the file if asked to; the form has an error if it cannot be."""
    writer, found = signed_in(request), form.named
    path = Path(draft.path)
    try:
        uploads.check(path, found.mapping, name=draft.name)
    except (UnreadableFile, BadMapping) as error:
        form.add_error("text", str(error))
        return None
    with told_in(form):
        form.keep(by=writer)
    if form.errors:
        return None
    if not form.cleaned_data["import_now"]:
        return None
    if draft.run_id is None:
        path = path.rename(uploads.imports_folder() / path.name)
        run, _made = uploads.submit(
            path=path,
            name=draft.name,
            source=form.cleaned_data["source"],
            mapping=found,
            by=writer,
        )
        return run
    earlier = Import.objects.get(pk=draft.run_id)
    return uploads.again(earlier, by=writer, mapping=found, source=form.cleaned_data["source"])


def _begin_with_run(request: HttpRequest, chosen: str) -> MappingDraft:
    run = get_object_or_404(Import, pk=whole_number(chosen) or 0)
    if not Path(run.file_path).is_file():
        raise UnreadableFile(_("The file is no longer here. Send it again."))
    return drafts.begin(request.session, path=Path(run.file_path), name=run.file_name, run=run)


def _begin_with_upload(request: HttpRequest, form: UploadForm) -> MappingDraft:
    path = form.keep(uploads.drafts_folder())
    try:
        return drafts.begin(request.session, path=path, name=form.file_name)
    except UnreadableFile:
        path.unlink(missing_ok=True)
        raise


def _draft(request: HttpRequest, token: str) -> MappingDraft:
    draft = drafts.find(request.session, token)
    if draft is None:
        raise Http404
    return draft


def _change(draft: MappingDraft, request: HttpRequest) -> str:
    """Bring what the form says into the draft; returns what is wrong with how the file is read."""
    post = request.POST
    file = _file_part(draft, request)
    if file != draft.data.get("file", {}):
        before = draft.data
        draft.data = {**draft.data, "file": file}
        try:
            draft.look()
        except UnreadableFile as error:
            draft.data = before
            return str(error)
        draft.propose()
        return ""
    kind = post.get("kind", draft.data["kind"])
    if kind != draft.data["kind"] and kind in FactKind.values:
        draft.propose(kind=kind)
        return ""
    fields = read_fields(post, draft.data, draft.sample())
    draft.data = read_general(post, draft.data) | {"fields": fields}
    return ""


def _file_part(draft: MappingDraft, request: HttpRequest) -> dict[str, Any]:
    file = dict(draft.data.get("file", {}))
    if request.POST.get("sheet"):
        file["sheet"] = request.POST["sheet"]
    row = whole_number(request.POST.get("header_row", ""), most=1_000)
    if row:
        file["header_row"] = row
        if row == 1:
            del file["header_row"]
    return file


def _mapping(draft: MappingDraft, sheet: WizardSheet) -> tuple[FileMapping | None, str]:
    """The draft as a mapping that fits the file; or None and what is wrong, unless a row shows it."""
    try:
        mapping = parse(dump(draft.data), name=draft.name)
        mapping.fitted(sheet.columns, file_name=draft.name)
    except BadMapping as error:
        return None, place_error(sheet.rows, str(error))
    return mapping, ""


def _preview(mapping: FileMapping, draft: MappingDraft, *, shown: int) -> ImportPreview:
    zone = Company.current().time_zone
    return preview(mapping, draft.sample(), company_zone=zone, shown=shown)


def _worksheets(draft: MappingDraft) -> list[str]:
    try:
        return sheets_of(Path(draft.path), name=draft.name)
    except UnreadableFile:
        return []
