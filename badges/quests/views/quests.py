"""Quests of today, one quest, and the archive."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from badges.awards.medals import evidence_lines
from badges.awards.models.awards import Award
from badges.quests.board import MOST_PEOPLE, own_results, standings_of_people
from badges.quests.days import over_days
from badges.quests.forms.claims import QuestCancelForm, QuestClaimForm
from badges.quests.making import MAKERS
from badges.quests.members import takes_part
from badges.quests.models.quests import Quest, QuestResult
from badges.quests.standings import quests_of, recent_quests_of, reward, standing
from incentives.org.access import signed_in
from incentives.org.models import Person
from incentives.org.wording import readers_language
from scoring.criteria import CriteriaError, load_criteria, sentence
from scoring.figures.expressions import ExpressionError
from scoring.figures.kpis import UnknownMetric

PAGE = 25


@require_GET
@login_required
def quests(request: HttpRequest) -> HttpResponse:
    """One's own quests of today with their progress."""
    person = signed_in(request)
    found = quests_of(person, on=person.company_today)
    recent = recent_quests_of(person, on=person.company_today)
    context = {
        "today": person.company_today,
        "open": [each for each in [*found, *recent] if each.state == "open"],
        "others": [each for each in found if each.state != "open"],
        "recent": [each for each in recent if each.state != "open"],
        "done": sum(each.is_done for each in found),
        "count": len(found),
        "tabs": quest_tabs(person, "quests"),
    }
    return render(request, "badges/quests.html", context)


def quest_tabs(person: Person, current: str) -> list[dict[str, Any]]:
    """The pages about quests that are open to someone."""
    pages = [("quests", _("Today"))]
    if person.has_role(*MAKERS):
        pages.append(("quest_board", _("Quest board")))
        pages.append(("quest_pool", _("Pool")))
    pages.append(("quests_past", _("Past quests")))
    return [
        {"label": label, "url": reverse(f"badges:{name}"), "current": name == current}
        for name, label in pages
    ]


@require_GET
@login_required
def quest(request: HttpRequest, pk: int) -> HttpResponse:
    """One quest: what it asks for, how one stands, evidence; for leaders who is where."""
    person = signed_in(request)
    shown = get_object_or_404(Quest.objects.visible_to(person).with_standing(person), pk=pk)
    return quest_page(request, shown)


def quest_page(
    request: HttpRequest, shown: Quest, *, error: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of a quest that was read `with_standing`, with forms as they were sent."""
    person = signed_in(request)
    today = person.company_today
    mine = takes_part(shown, person, on=today)
    claims = shown.claims.filter(person=person).select_related("decided_by")
    stands = standing(shown, on=today)
    claimable = mine and stands.state == "open" and shown.takes_claims(today)
    context = {
        "quest": shown,
        "standing": stands,
        "mine": mine,
        "error": error,
        "reward": reward(shown.points),
        "asked": asked(shown),
        "teams": list(shown.teams.all()),
        "claims": list(claims) if shown.is_claimed else [],
        "claim_form": QuestClaimForm(quest=shown) if claimable else None,
        "lines": _evidence(shown, person),
        "people": standings_of_people(shown, viewer=person),
        "most_people": MOST_PEOPLE,
        "cancel_form": QuestCancelForm() if _may_cancel(shown, person) else None,
        "today": today,
    }
    return render(request, "badges/quest.html", context | forms, status=status)


def _may_cancel(shown: Quest, person: Person) -> bool:
    running = shown.is_open and shown.ends_on >= person.company_today
    return running and Quest.objects.manageable_by(person).filter(pk=shown.pk).exists()


def _evidence(shown: Quest, person: Person) -> list[Any]:
    results = QuestResult.objects.filter(quest=shown, state=QuestResult.State.DONE)
    result = results.filter(person=person).first()
    # Results carry evidence as awards do, and are told in the same words.
    return evidence_lines(cast("Award", result), linked=True) if result else []


def asked(shown: Quest) -> str:
    """What has to be met over the quest's days, in the reader's language."""
    if shown.is_claimed or not shown.criteria:
        return ""
    try:
        criteria = load_criteria(shown.criteria)
        bound = over_days(criteria, start=shown.starts_on, end=shown.ends_on)
        return sentence(bound, readers_language())
    except (CriteriaError, UnknownMetric, ExpressionError):
        return ""


@require_GET
@login_required
def quests_past(request: HttpRequest) -> HttpResponse:
    """Quests that are over, with what came of them for the reader or the teams they lead."""
    person = signed_in(request)
    today = person.company_today
    past = Quest.objects.visible_to(person).filter(ends_on__lt=today, starts_on__lte=today)
    called_off = Quest.objects.visible_to(person).filter(status=Quest.Status.CANCELLED)
    found = (past | called_off).distinct().order_by("-ends_on", "-pk")
    page: Page[Quest] = Paginator(found.with_standing(person), PAGE).get_page(
        request.GET.get("page")
    )
    counts = own_results(list(page), viewer=person)
    context = {
        "page": page,
        "rows": [(standing(each, on=today), counts.get(each.pk)) for each in page],
        "leads": person.has_role(*MAKERS),
        "state": {},
        "tabs": quest_tabs(person, "quests_past"),
    }
    return render(request, "badges/quests_past.html", context)


def makes_no_quests(person: Person) -> bool:
    """People who look at quests of others and make none."""
    return not person.has_role(*MAKERS)
