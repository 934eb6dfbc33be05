"""Mappings: the company's own and those that ship with the product."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import signed_in
from incentives.org.refusals import told_in
from scoring.ingest.forms.mappings import MappingForm
from scoring.ingest.library import shipped_mappings
from scoring.ingest.views.importers import importers_only
from scoring.models import Import, Mapping
from scoring.models.sources import FactKind


@require_GET
@importers_only
def mappings(request: HttpRequest) -> HttpResponse:
    """All mappings, and how often each was used."""
    used = (
        Import.objects.filter(mapping_name=OuterRef("name"))
        .order_by()
        .values("mapping_name")
        .annotate(n=Count("pk"))
    )
    own = Mapping.objects.select_related("updated_by").annotate(
        uses=Coalesce(Subquery(used.values("n")), 0)
    )
    shipped = [(each, FactKind(each.mapping.kind).label) for each in shipped_mappings()]
    return render(request, "scoring/mappings.html", {"own": own, "shipped": shipped})


@require_http_methods(["GET", "POST"])
@importers_only
def mapping_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write or change a mapping as TOML; `?copy=` begins from a shipped one or one's own."""
    writer = signed_in(request)
    instance = get_object_or_404(Mapping, pk=pk) if pk else None
    initial = {} if instance else _copied(request.GET.get("copy", ""))
    form = MappingForm(request.POST or None, instance=instance, initial=initial)
    if form.is_bound and form.is_valid():
        with told_in(form):
            saved = form.keep(by=writer)
        if not form.errors:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
            return redirect("scoring:mappings")
    used = Import.objects.filter(mapping_name=instance.name).count() if instance else 0
    context = {"form": form, "mapping": instance, "uses": used}
    status = 422 if form.errors else 200
    return render(request, "scoring/mapping_edit.html", context, status=status)


@require_POST
@importers_only
def mapping_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a mapping that no import has used."""
    found = get_object_or_404(Mapping, pk=pk)
    if Import.objects.filter(mapping_name=found.name).exists():
        messages.error(
            request,
            _("“%(name)s” was used by imports and stays, so that they can be run again.")
            % {"name": found.name},
        )
        return redirect("scoring:mapping_edit", pk=pk)
    found.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("scoring:mappings")


@require_GET
@importers_only
def shipped(request: HttpRequest, name: str) -> HttpResponse:
    """A shipped mapping to read and to copy."""
    found = next((each for each in shipped_mappings() if each.name == name), None)
    if found is None:
        raise Http404
    return render(request, "scoring/mapping_shipped.html", {"mapping": found})


def _copied(name: str) -> dict[str, str]:
    own = Mapping.objects.filter(name=name).first()
    if own is not None:
        return {"name": _free_name(name), "text": own.text}
    found = next((each for each in shipped_mappings() if each.name == name), None)
    return {"name": _free_name(name), "text": found.text} if found else {}


def _free_name(name: str) -> str:
    taken = set(Mapping.objects.values_list("name", flat=True))
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
