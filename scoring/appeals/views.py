"""Appeals: what waits for a decision, one's own, the form to raise one, and the page of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import agents_seen_by, signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Person
from incentives.org.refusals import told_in, told_to
from scoring.appeals import operations
from scoring.appeals.forms import (
    ClaimForm,
    DecisionForm,
    FactAppealForm,
    ScoreAppealForm,
    is_contested,
)
from scoring.appeals.operations import (
    decide,
    may_decide,
    raise_about_fact,
    raise_about_score,
)
from scoring.appeals.settling import settle_now
from scoring.figures.contributions import Contribution
from scoring.figures.windows import Period, last_day
from scoring.ingest.corrections import PARTS, find_fact
from scoring.models import Appeal, PointEntry, Score

PAGE = 25


@require_GET
@login_required
def appeals(request: HttpRequest) -> HttpResponse:
    """The inbox of those who decide, one's own appeals, and the history of both."""
    person = signed_in(request)
    waiting = operations.to_decide(person)
    decides = person.has_role("supervisor", "manager", "administrator", "hr", "executive")
    shown = request.GET.get("show") or ("inbox" if decides else "mine")
    if not decides or shown not in ("inbox", "mine", "all"):
        shown = "mine"
    found: QuerySet[Appeal] = {
        "inbox": waiting,
        "mine": Appeal.objects.filter(agent=person),
        "all": Appeal.objects.visible_to(person).exclude(agent=person),
    }[shown].select_related("agent", "source", "kpi", "decided_by")
    page: Page[Appeal] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": shown,
        "state": {"show": shown},
        "today": person.company_today,
        "rows": [(each, in_words(each)) for each in page],
        "tabs": _tabs(shown, waiting.count()) if decides else [],
    }
    return render(request, "scoring/appeals.html", context)


def _tabs(shown: str, many: int) -> list[dict[str, Any]]:
    labels = {
        "inbox": _("To decide (%(n)d)") % {"n": many},
        "mine": _("My own"),
        "all": _("All of my people"),
    }
    return [
        {"label": label, "url": f"?show={name}", "current": name == shown}
        for name, label in labels.items()
    ]


def in_words(appeal: Appeal) -> str:
    """What an appeal is about, in the reader's language."""
    words = {
        "id": appeal.external_id,
        "part": PARTS[appeal.part].label if appeal.part in PARTS else appeal.part,
        "kpi": appeal.kpi.name if appeal.kpi else "",
    }
    if appeal.about == Appeal.About.SCORE:
        return _("Score: %(kpi)s") % words if appeal.kpi else _("Score")
    if appeal.about == Appeal.About.RATING:
        return _("%(part)s of ticket %(id)s") % words
    if appeal.claimed_for_id == appeal.agent_id:
        return _("Ticket %(id)s is mine") % words
    return _("Ticket %(id)s is not mine") % words


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is about to be contested: its form, and what stands beside it."""

    form: forms.Form
    fact: Contribution | None = None
    score: Score | None = None

    @property
    def until(self) -> date | None:
        """The last day of the contested score."""
        score = self.score
        return last_day(Period(score.period), score.starts_on) if score else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal_new(request: HttpRequest) -> HttpResponse:
    """Raise an appeal about a ticket (kind, source, id), a score, or a ticket of someone else."""
    person = signed_in(request)
    subject = _subject(request, person)
    form = subject.form
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            raised = _raise(subject, person)
        if not form.errors:
            messages.success(request, _("Sent. You find the answer here."))
            return redirect("scoring:appeal", pk=raised.pk)
    context = {
        "form": form,
        "fact": subject.fact,
        "score": subject.score,
        "until": subject.until,
    }
    status = 422 if form.errors else 200
    return render(request, "scoring/appeal_new.html", context, status=status)


def _subject(request: HttpRequest, person: Person) -> _Subject:
    """Read the address; what is not one's own is not there."""
    data, asked = request.POST or None, request.GET
    if "claim" in asked:
        return _Subject(ClaimForm(data))
    if "score" in asked:
        scores = Score.objects.select_related("scorecard").filter(agent=person)
        score = get_object_or_404(scores, pk=whole_number(asked["score"]) or 0)
        return _Subject(ScoreAppealForm(data, score=score, kpi=asked.get("kpi", "")), score=score)
    kind, source = asked.get("kind", "tickets"), whole_number(asked.get("source", "")) or 0
    # PostgreSQL's text has no NUL: such an id is nobody's.
    external_id = asked.get("id", "").replace("\x00", "")
    fact = find_fact(kind, source, external_id) if is_contested(kind) else None
    if fact is None or fact.agent_id != person.pk or fact.deleted:
        raise Http404
    form = FactAppealForm(data, agent=person, fact=fact, part=asked.get("part", ""))
    return _Subject(form, fact=Contribution(fact, None, None))


def _raise(subject: _Subject, person: Person) -> Appeal:
    form, on = subject.form, person.company_today
    text = form.cleaned_data["text"]
    if isinstance(form, ScoreAppealForm) and subject.score is not None:
        kpi = form.kpis.get(form.cleaned_data["kpi"])
        return raise_about_score(agent=person, score=subject.score, text=text, on=on, kpi=kpi)
    if isinstance(form, ClaimForm):
        return raise_about_fact(
            agent=person,
            kind="tickets",
            source_id=form.cleaned_data["source"].pk,
            external_id=form.cleaned_data["external_id"].strip(),
            text=text,
            on=on,
            claimed_for=person,
        )
    if not isinstance(form, FactAppealForm) or subject.fact is None:
        raise Http404
    fact = subject.fact.fact
    return raise_about_fact(
        agent=person,
        kind="activities" if fact._meta.model_name == "activity" else "tickets",
        source_id=fact.source_id,
        external_id=fact.external_id,
        text=text,
        on=on,
        part=form.part,
        claimed_for=form.right_agent,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal with its history; whoever it waits for decides it here."""
    person = signed_in(request)
    shown = get_object_or_404(_visible(person), pk=pk)
    deciding = may_decide(shown, person)
    form = DecisionForm(request.POST or None, appeal=shown, by=person) if deciding else None
    error = ""
    if request.method == "POST":
        if form is None:
            error = _not_deciding(shown)
        elif form.is_valid():
            _decide(request, shown, person, form)
            if not form.errors:
                return redirect("scoring:appeal", pk=pk)
    status = 422 if error or (form is not None and form.errors) else 200
    return render(
        request, "scoring/appeal.html", _context(shown, person, form, error), status=status
    )


def _visible(person: Person) -> QuerySet[Appeal]:
    found = Appeal.objects.visible_to(person)
    return found.select_related("agent", "source", "kpi", "decided_by", "claimed_for")


def _not_deciding(shown: Appeal) -> str:
    if not shown.is_open:
        return _("This appeal is decided already; see the answer below.")
    return _("This appeal is not yours to decide: a manager will.")


def _decide(request: HttpRequest, shown: Appeal, by: Person, form: DecisionForm) -> None:
    remedies = form.remedies() if form.granted else []
    with told_in(form):
        decided = decide(
            appeal=shown,
            by=by,
            granted=form.granted,
            reason=form.cleaned_data["reason"],
            remedies=remedies,
        )
    if form.errors:
        return
    if not form.granted:
        messages.success(request, _("Decided. The agent reads your reason."))
    elif settle_now(decided):
        messages.success(request, _("Granted: figures, score and points are corrected."))
    else:
        messages.success(request, _("Granted. It takes effect with the next night."))


def _context(
    shown: Appeal, person: Person, form: DecisionForm | None, error: str
) -> dict[str, Any]:
    fact = None
    if shown.source_id:
        found = find_fact(shown.kind, shown.source_id, shown.external_id)
        # Someone else's ticket is shown only to those who lead them, or who decide about it.
        if found is not None and (form is not None or _is_seen(found.agent_id, person)):
            fact = Contribution(found, None, None)
    own = shown.agent_id == person.pk
    entries = PointEntry.objects.filter(cause__appeal=shown.pk, agent=shown.agent_id)
    return {
        "appeal": shown,
        "title": in_words(shown),
        "form": form,
        "error": error,
        "fact": fact,
        "own": own,
        "overdue": shown.is_overdue(person.company_today),
        "until": last_day(Period(shown.period), shown.day) if shown.period else None,
        "effect": next((e for e in shown.effect if e["agent"] == shown.agent_id), None),
        "entries": entries.select_related("rule").order_by("pk"),
    }


def _is_seen(agent_id: int | None, person: Person) -> bool:
    return agent_id is not None and agents_seen_by(person).filter(pk=agent_id).exists()


@require_POST
@login_required
def appeal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own appeal back."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    with told_to(request):
        operations.withdraw(appeal=shown, by=signed_in(request))
        messages.success(request, _("Your appeal is taken back."))
    return redirect("scoring:appeal", pk=pk)


@require_POST
@login_required
def appeal_hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave an appeal to a manager."""
    shown = get_object_or_404(_visible(signed_in(request)), pk=pk)
    with told_to(request):
        operations.hand_on(appeal=shown, by=signed_in(request))
        messages.success(request, _("A manager will decide."))
    return redirect("scoring:appeal", pk=pk)
