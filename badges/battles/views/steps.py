"""What is done with a battle: announce, rehearse, extend, call off, delete, repeat, invite guests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from badges.battles import cancelling, publishing
from badges.battles import members as battles_members
from badges.battles.boss import banner_facts, boss_of, known_state, objective_lines
from badges.battles.forms.designer import next_monday
from badges.battles.forms.steps import BattleCancelForm, ExtendForm, GuestForm
from badges.battles.models.battles import RUNNERS, Battle
from badges.battles.models.ledger import BattleMember
from badges.battles.words import rewards
from incentives.org.access import require_role, signed_in
from incentives.org.models import Person, Team
from incentives.org.refusals import Refused, told_in, told_to
from scoring.points.decisions import waits_for_second


def _run_by(request: HttpRequest, pk: int) -> Battle:
    found = Battle.objects.run_by(signed_in(request)).select_related("state")
    return get_object_or_404(found.prefetch_related("objectives", "teams"), pk=pk)


def _step(
    request: HttpRequest, battle: Battle, template: str, status: int = 200, **context: Any
) -> HttpResponse:
    state, today = known_state(battle), signed_in(request).company_today
    lines = objective_lines(battle, list(battle.objectives.all()), state.objectives)
    facts = banner_facts(lines, begun=state.as_of is not None)
    boss = boss_of(battle, state, today=today, facts=facts)
    shown = {"battle": battle, "boss": boss, **context}
    return render(request, f"badges/{template}.html", shown, status=status)


@require_http_methods(["GET", "POST"])
@require_role(*RUNNERS)
def battle_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a battle, after a look at whom it reaches and what it promises."""
    battle = _run_by(request, pk)
    if not battle.is_editable:
        return redirect("badges:battle", pk=pk)
    person, refused = signed_in(request), []
    if request.method == "POST":
        try:
            done = publishing.publish(battle=battle, by=person, today=person.company_today)
        except Refused as error:
            refused = error.messages
        else:
            text = _("“%(name)s” is announced.") % {"name": battle.name}
            messages.success(request, waits_for_second() if done.is_hidden else text)
            return redirect("badges:battle", pk=pk)
    return _step(
        request,
        battle,
        "battle_publish",
        422 if refused else 200,
        refused=refused,
        people=_reached(battle, person),
        rewards=rewards(battle),
    )


def _reached(battle: Battle, person: Person) -> str:
    """How many people would be told."""
    today = person.company_today
    many = Person.objects.taking_part(on=today, teams=battle.team_ids).count()
    return ngettext("%(people)d person", "%(people)d people", many) % {"people": many}


@require_POST
@require_role(*RUNNERS)
def battle_rehearse(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a draft be fought unseen."""
    battle, person = _run_by(request, pk), signed_in(request)
    with told_to(request):
        publishing.rehearse(battle=battle, by=person, today=person.company_today)
        messages.success(request, _("The rehearsal runs. Nobody else sees it."))
    return redirect("badges:battle", pk=pk)


@require_POST
@require_role(*RUNNERS)
def battle_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a battle that nobody was told of."""
    battle = _run_by(request, pk)
    with told_to(request):
        publishing.discard(battle=battle, by=signed_in(request))
        messages.success(request, _("The draft “%(name)s” is deleted.") % {"name": battle.name})
        return redirect("badges:battles")
    return redirect("badges:battle", pk=pk)


@require_POST
@require_role(*RUNNERS)
def battle_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with the terms of this battle, from next Monday on."""
    battle, person = _run_by(request, pk), signed_in(request)
    first, _last = next_monday(person.company_today)
    with told_to(request):
        copy = publishing.fight_again(battle=battle, by=person, starts_on=first)
        return redirect("badges:battle_edit", pk=copy.pk)
    return redirect("badges:battle", pk=pk)


@require_http_methods(["GET", "POST"])
@require_role(*RUNNERS)
def battle_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a battle off, with a reason that everyone reads."""
    battle, person = _run_by(request, pk), signed_in(request)
    form = BattleCancelForm(request.POST or None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        with told_in(form):
            cancelling.cancel(battle=battle, by=person, reason=reason, today=person.company_today)
        if not form.errors:
            messages.success(request, _("“%(name)s” is called off.") % {"name": battle.name})
            return redirect("badges:battle", pk=pk)
    return _step(request, battle, "battle_cancel", _status(form), form=form)


@require_http_methods(["GET", "POST"])
@require_role(*RUNNERS)
def battle_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a battle more days."""
    battle, person = _run_by(request, pk), signed_in(request)
    form = ExtendForm(request.POST or None, initial={"until": battle.ends_on})
    if form.is_bound and form.is_valid():
        until = form.cleaned_data["until"]
        with told_in(form):
            cancelling.extend(battle=battle, by=person, until=until, today=person.company_today)
        if not form.errors:
            messages.success(request, _("The new last day is announced."))
            return redirect("badges:battle", pk=pk)
    return _step(request, battle, "battle_extend", _status(form), form=form)


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound else 200


def _led(request: HttpRequest, pk: int) -> Battle:
    """A battle of today in which a team fights that this person leads."""
    person = signed_in(request)
    running = Battle.objects.visible_to(person).running(on=person.company_today)
    led = Battle.teams.through.objects.filter(
        battle=OuterRef("pk"), team__in=Team.objects.decided_by(person).values("pk")
    )
    found = (
        running.filter(Exists(led)).select_related("state").prefetch_related("objectives", "teams")
    )
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "POST"])
@require_role("supervisor", "manager")
def battle_guests(request: HttpRequest, pk: int) -> HttpResponse:
    """Guests of a battle: who they are, and one more."""
    battle, person = _led(request, pk), signed_in(request)
    today = person.company_today
    form = GuestForm(request.POST or None, battle=battle, by=person, today=today)
    if form.is_bound and form.is_valid():
        with told_in(form):
            guest = battles_members.add_guest(
                battle=battle, by=person, today=today, **form.cleaned_data
            )
        if not form.errors:
            name = {"name": guest.person.display_name}
            messages.success(request, _("%(name)s is a guest of this battle.") % name)
            return redirect("badges:battle_guests", pk=pk)
    return _step(
        request, battle, "battle_guests", _status(form), form=form, guests=_guests(battle, person)
    )


def _guests(battle: Battle, person: Person) -> QuerySet[BattleMember]:
    guests = battle.members.filter(
        how=BattleMember.How.GUEST, team__in=Team.objects.decided_by(person)
    )
    return guests.select_related("person", "team").order_by("joined_on", "pk")


@require_POST
@require_role("supervisor", "manager")
def battle_guest_leaves(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """A guest fights no longer: what they did until yesterday stays."""
    battle, person = _led(request, pk), signed_in(request)
    guest = get_object_or_404(_guests(battle, person), pk=member)
    with told_to(request):
        battles_members.remove_guest(member=guest, by=person, today=person.company_today)
        messages.success(request, _("What they did until yesterday stays."))
    return redirect("badges:battle_guests", pk=pk)
