"""Nights: the list, "run now", and one night with its steps while they run and afterwards.

A night counts for every site at once, so they are for those who may import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from incentives.fragments import fragment
from incentives.org.access import signed_in
from scoring.figures.night_lock import is_under_way
from scoring.ingest import workers
from scoring.ingest.views.importers import importers_only
from scoring.models import NightRun
from scoring.nights import progress, runner
from scoring.nights.forms import NightForm

PAGE = 25
_RUNS = NightRun.objects.select_related("by")


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the page shows it; `state` is done, now, stopped or waits."""

    label: str
    state: str
    line: str = ""
    seconds: float | None = None
    share: float = 0
    counts: tuple[tuple[str, int], ...] = ()


@require_GET
@importers_only
def nights(request: HttpRequest) -> HttpResponse:
    """All nights, newest first; asks again while one is under way."""
    page: Page[NightRun] = Paginator(_RUNS.all(), PAGE).get_page(request.GET.get("page"))
    alive = is_under_way()
    context = {"page": page, "alive": alive, "form": NightForm(), "polls": _polls(page, alive)}
    return _answer(request, "scoring/nights.html", "rows", context)


@require_POST
@importers_only
def night_new(request: HttpRequest) -> HttpResponse:
    """Ask for a night now; the same form sent twice leads to the same night."""
    form = NightForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["once"][0]))
        return redirect("scoring:nights")
    run = form.submit(by=signed_in(request))
    return redirect("scoring:night", pk=run.pk)


@require_GET
@importers_only
def night(request: HttpRequest, pk: int) -> HttpResponse:
    """One night; the part that changes answers 304 while nothing moved and 286 at the end."""
    run = get_object_or_404(_RUNS, pk=pk)
    return _answer(request, "scoring/night.html", "run", _context(run))


def _context(run: NightRun) -> dict[str, Any]:
    interrupted = run.status == NightRun.Status.RUNNING and not is_under_way()
    if interrupted:  # it may have ended between the two looks
        run.refresh_from_db()
        interrupted = run.status == NightRun.Status.RUNNING
    waited = (timezone.now() - run.created_at).total_seconds()
    queued = run.status == NightRun.Status.QUEUED
    return {
        "run": run,
        "interrupted": interrupted,
        "polls": run.is_open and not interrupted,
        "no_worker": queued and waited > workers.PATIENCE_SECONDS and not workers.answer(),
        "percent": progress.percent(run.pk) if run.status == NightRun.Status.RUNNING else None,
        "steps": _steps(run, interrupted=interrupted),
    }


def _steps(run: NightRun, *, interrupted: bool) -> list[ShownStep]:
    """The steps that ended, the present one, and those to come."""
    labels = {step.name: step.label for step in runner.installed_steps()}
    longest = max((step["seconds"] for step in run.steps), default=0) or 1
    shown = [
        ShownStep(
            label=labels.get(step["name"], step["name"]),
            state="done",
            line=step["line"],
            seconds=step["seconds"],
            share=100 * step["seconds"] / longest,
            counts=tuple(step["counts"].items()),
        )
        for step in run.steps
    ]
    ended = {step["name"] for step in run.steps}
    if run.status == NightRun.Status.DONE:
        return shown
    goes_on = run.is_open and not interrupted
    for name, label in labels.items():
        if name not in ended:
            present = "now" if goes_on else "stopped"
            shown.append(ShownStep(label, present if name == run.step else "waits"))
    return shown


def _polls(page: Page[NightRun], alive: bool) -> bool:
    return any(
        run.status == NightRun.Status.QUEUED or (alive and run.status == NightRun.Status.RUNNING)
        for run in page
    )


def _answer(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return fragment(request, f"{template}#{part}", context, ends=not context["polls"])
    return render(request, template, context)
