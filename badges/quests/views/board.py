"""The quest board: what runs, what waits for approval, quests made in a minute, called off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badges.quests.board import tallies
from badges.quests.forms.claims import QuestCancelForm
from badges.quests.forms.quests import QuestForm
from badges.quests.making import MAKERS, cancel, make
from badges.quests.models.claims import QuestClaim
from badges.quests.models.pool import QuestTemplate
from badges.quests.models.quests import Quest
from badges.quests.views.quests import quest_page, quest_tabs
from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person, Team
from incentives.org.refusals import Refused, told_in
from scoring.points.decisions import waits_for_second

PAGE = 20
OFFERED = 24


@require_GET
@require_role(*MAKERS)
def quest_board(request: HttpRequest) -> HttpResponse:
    """Running quests of the teams one leads, and the claims that wait, the oldest first."""
    person = signed_in(request)
    today = person.company_today
    waiting = (
        QuestClaim.objects.to_decide(person).waiting().select_related("person", "quest", "team")
    )
    page: Page[QuestClaim] = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    teams = Team.objects.led_by(person).order_by().values("pk")
    led = Quest.objects.filter(Q(teams__in=teams) | Q(teams=None)).order_by().values("pk")
    running = Quest.objects.filter(
        pk__in=led, status=Quest.Status.OPEN, ends_on__gte=today
    ).order_by("starts_on", "ends_on", "pk")
    shown = list(running.select_related("made_by").prefetch_related("teams"))
    now = [quest for quest in shown if quest.starts_on <= today]
    context = {
        "page": page,
        "claims": list(page),
        "tallies": tallies(now, viewer=person, on=today),
        "coming": [quest for quest in shown if quest.starts_on > today],
        "state": {},
        "tabs": quest_tabs(person, "quest_board"),
    }
    return render(request, "badges/quest_board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*MAKERS)
def quest_new(request: HttpRequest) -> HttpResponse:
    """Make a quest in a minute: from the pool, or one's own."""
    person = signed_in(request)
    template = _template(request.GET.get("from", ""))
    form = QuestForm(request.POST or None, person=person, template=template)

    def save() -> HttpResponse | None:
        with told_in(form):
            teams = list(form.cleaned_data["teams"])
            made = make(quest=form.quest(), teams=teams, by=person, today=person.company_today)
        if form.errors:
            return None
        told = _("The quest is made, and everyone it is for is told.")
        waits = made.status == Quest.Status.WAITING
        messages.success(request, waits_for_second() if waits else told)
        return redirect("badges:quest", pk=made.pk)

    return editor_page(
        request,
        form,
        "badges/quest_new.html",
        save=save,
        context=lambda: {
            "template": template,
            "pool": _offered(person),
            "dry_run": form.builder.dry_run(person) if form.editing else None,
        },
        part="",
    )


def _template(key: str) -> QuestTemplate | None:
    found = QuestTemplate.objects.filter(archived_on=None, key=key[:60]) if key else None
    return found.prefetch_related("teams").first() if found is not None else None


def _offered(person: Person) -> list[QuestTemplate]:
    """The templates that are for one of the person's teams."""
    led = Team.objects.led_by(person).order_by().values("pk")
    for_them = QuestTemplate.objects.filter(Q(teams=None) | Q(teams__in=led), archived_on=None)
    ids = for_them.order_by().values("pk")
    return list(QuestTemplate.objects.filter(pk__in=ids).order_by("length", "name_en")[:OFFERED])


@require_POST
@require_role(*MAKERS)
def quest_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a quest off before its end."""
    person = signed_in(request)
    shown = get_object_or_404(
        Quest.objects.filter(pk__in=Quest.objects.manageable_by(person).values("pk")).with_standing(
            person
        ),
        pk=pk,
    )
    form = QuestCancelForm(request.POST)
    if not form.is_valid():
        return quest_page(request, shown, status=422, cancel_form=form)
    try:
        reason = form.cleaned_data["reason"]
        cancel(quest=shown, by=person, reason=reason, today=person.company_today)
    except Refused as error:
        return quest_page(request, shown, status=422, error=str(error))
    messages.success(request, _("Called off. Everyone who takes part is told."))
    return redirect("badges:quest", pk=pk)
