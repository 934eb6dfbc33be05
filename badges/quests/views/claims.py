"""Evidence: handed in, taken back, downloaded, decided."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badges.quests import claims, files
from badges.quests.claims import Evidence
from badges.quests.forms.claims import QuestClaimForm, RefuseForm
from badges.quests.making import MAKERS
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import Quest
from badges.quests.views.quests import quest_page
from incentives.org.access import require_role, signed_in
from incentives.org.inputs import whole_number
from incentives.org.refusals import Refused, told_in, told_to


@require_POST
@login_required
def quest_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in evidence for a quest."""
    person = signed_in(request)
    shown = get_object_or_404(Quest.objects.visible_to(person).with_standing(person), pk=pk)
    form = QuestClaimForm(request.POST, request.FILES, quest=shown)
    if not form.is_valid():
        return quest_page(request, shown, status=422, claim_form=form)
    sent = form.cleaned_data
    evidence = Evidence(sent.get("text", ""), sent.get("link", ""), sent.get("file"))
    today = person.company_today
    try:
        claims.claim(quest=shown, by=person, evidence=evidence, on=today, token=sent["token"])
    except Refused as error:
        return quest_page(request, shown, status=422, error=str(error))
    messages.success(request, _("Handed in. Your supervisor looks at it."))
    return redirect("badges:quest", pk=pk)


@require_POST
@login_required
def quest_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own evidence back while it waits."""
    person = signed_in(request)
    mine = get_object_or_404(QuestClaim.objects.filter(person=person), pk=pk)
    with told_to(request):
        claims.withdraw(claim=mine, by=person)
        messages.success(request, _("Taken back."))
    return redirect("badges:quest", pk=mine.quest_id)


@require_GET
@login_required
def quest_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a claim, for the claimant and whoever decides; always as a download."""
    person = signed_in(request)
    found = QuestClaim.objects.visible_to(person).exclude(file_path="")
    claim = get_object_or_404(found.exclude(status=QuestClaim.Status.WITHDRAWN), pk=pk)
    path = files.where(claim.file_path)
    if not path.is_file():
        raise Http404
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=files.shown_name(claim.file_name, claim.file_type),
        content_type=claim.file_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@require_role(*MAKERS)
def quest_approve(request: HttpRequest) -> HttpResponse:
    """Approve one claim, or all that are ticked."""
    person = signed_in(request)
    wanted = [whole_number(pk) or 0 for pk in request.POST.getlist("claim")[:500]]
    mine = QuestClaim.objects.to_decide(person).filter(pk__in=wanted)
    found = list(mine.select_related("person", "quest").order_by("pk"))
    approved, problems = claims.approve_all(claims=found, by=person)
    for problem in problems:
        messages.warning(request, problem)
    if approved:
        text = ngettext("%(count)d claim approved.", "%(count)d claims approved.", approved)
        messages.success(request, text % {"count": approved})
    elif not problems:
        messages.info(request, _("Tick the claims that you approve."))
    return redirect("badges:quest_board")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*MAKERS)
def quest_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a claim with a reason."""
    person = signed_in(request)
    found = QuestClaim.objects.to_decide(person).select_related("person", "quest", "decided_by")
    claim = get_object_or_404(found, pk=pk)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            claims.refuse(claim=claim, by=person, reason=form.cleaned_data["reason"])
        if not form.errors:
            messages.success(request, _("Refused. The agent reads why."))
            return redirect("badges:quest_board")
    status = 422 if form.errors else 200
    return render(
        request, "badges/quest_refuse.html", {"claim": claim, "form": form}, status=status
    )
