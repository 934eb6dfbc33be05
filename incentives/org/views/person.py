"""One person: who they are, where they were, what they may do. Changes are the administrator's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org import names
from incentives.org.access import require_role, signed_in
from incentives.org.forms import (
    JoinForm,
    KeyAliasForm,
    LeaveForm,
    PasswordForm,
    PersonForm,
    PositionForm,
    RoleForm,
)
from incentives.org.models import Alias, Person, RoleGrant
from incentives.org.people import (
    grant_role,
    join_team,
    leave_company,
    revoke_role,
    set_position,
)
from incentives.org.positions import known_words
from incentives.org.refusals import told_in


@require_http_methods(["GET", "HEAD"])
@require_role("administrator", "hr", "manager", "supervisor")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person with team history, roles and other keys."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    return _page(request, shown)


@require_POST
@require_role("administrator")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save name, keys, language and hours."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = PersonForm(request.POST, instance=shown)
    with names.giving():
        if form.is_valid():
            with told_in(form):
                form.save()
    if form.errors:
        return _page(request, Person.objects.get(pk=pk), person_form=form)
    return _done(request, shown, _("Saved."))


@require_POST
@require_role("administrator")
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a first or new password; open sessions end."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = PasswordForm(request.POST, person=shown)
    if not form.is_valid():
        return _page(request, shown, password_form=form)
    shown.set_password(form.cleaned_data["password"])
    shown.save(update_fields=["password"])
    return _done(request, shown, _("The password is set. Hand it over in person."))


@require_POST
@require_role("administrator")
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Move to another team from a day on."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = JoinForm(request.POST, on=signed_in(request).company_today)
    if form.is_valid():
        with told_in(form):
            join_team(person=shown, **form.cleaned_data)
    if form.errors:
        return _page(request, shown, join_form=form)
    team = form.cleaned_data["team"]
    return _done(request, shown, _("%(name)s is in %(team)s from that day.") % _words(shown, team))


@require_POST
@require_role("administrator")
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """Change job and level from a day on."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = PositionForm(request.POST)
    if form.is_valid():
        with told_in(form):
            set_position(person=shown, **form.cleaned_data)
    if form.errors:
        return _page(request, shown, position_form=form)
    return _done(request, shown, _("The position is changed from that day on."))


@require_POST
@require_role("administrator")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End all access at once and keep the history."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = LeaveForm(request.POST)
    if form.is_valid():
        with told_in(form):
            leave_company(person=shown, on=form.cleaned_data["on"])
    if form.errors:
        return _page(request, Person.objects.get(pk=pk), leave_form=form)
    return _done(request, shown, _("Access has ended. The history stays."))


@require_POST
@require_role("administrator")
def let_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Give someone who left their access back; they need a team and a password again."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    shown.is_active, shown.left_on = True, None
    shown.save(update_fields=["is_active", "left_on"])
    return _done(request, shown, _("Welcome back. Choose a team and set a password."))


@require_POST
@require_role("administrator")
def add_alias(request: HttpRequest, pk: int) -> HttpResponse:
    """Add another key under which exports know this person."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = KeyAliasForm(request.POST, instance=Alias(person=shown))
    with names.giving():
        if form.is_valid():
            with told_in(form):
                form.save()
    if form.errors:
        return _page(request, shown, alias_form=form)
    return _done(
        request, shown, _("The key is added. It holds for files that are read from now on.")
    )


@require_POST
@require_role("administrator")
def remove_alias(request: HttpRequest, pk: int, alias: int) -> HttpResponse:
    """Take another key away."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    get_object_or_404(shown.aliases, pk=alias).delete()
    return _done(request, shown, _("The key is removed."))


@require_POST
@require_role("administrator")
def add_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant a role."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        with told_in(form):
            grant_role(person=shown, **form.cleaned_data)
    if form.errors:
        return _page(request, shown, role_form=form)
    return _done(request, shown, _("The role is given."))


@require_POST
@require_role("administrator")
def remove_role(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Revoke a role; the last administrator keeps theirs."""
    shown = get_object_or_404(Person.objects.visible_to(signed_in(request)), pk=pk)
    given = get_object_or_404(RoleGrant.objects.filter(person=shown), pk=grant)
    try:
        revoke_role(person=shown, role=given.role, team=given.team, site=given.site)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("org:person", pk=pk)
    return _done(request, shown, _("The role is taken away."))


def _page(request: HttpRequest, shown: Person, **forms: Any) -> HttpResponse:
    user = signed_in(request)
    context: dict[str, Any] = {
        "person": shown,
        "on": user.company_today,
        "memberships": shown.memberships.select_related("team").order_by("-starts_on"),
        "positions": shown.positions.order_by("-starts_on"),
        "supervisions": shown.supervisions.select_related("team").order_by("-starts_on"),
        "grants": shown.role_grants.select_related("team", "site"),
        "aliases": shown.aliases.all(),
        "may_change": user.is_staff,
        "kpis_url": figures_of(shown, user),
        "share": f"{plain_share(shown)} %",
    }
    if user.is_staff:
        context |= _forms(shown, user)
    status = 422 if forms else 200
    return render(request, "org/person.html", context | forms, status=status)


def figures_of(shown: Person, user: Person) -> str:
    """Where the person's figures are; empty for those without any, or not for this reader."""
    theirs = shown.memberships.exists()
    leads = shown == user or Person.objects.led_by(user).filter(pk=shown.pk).exists()
    return reverse("scoring:kpi_agent", args=[shown.pk]) if theirs and leads else ""


def plain_share(shown: Person) -> str:
    """The hours of someone in percent of full time, without zeros that say nothing: 80, 62.5."""
    return f"{(shown.employment_share * 100).normalize():f}"


def _forms(shown: Person, user: Person) -> dict[str, Any]:
    return {
        "person_form": PersonForm(instance=shown),
        "password_form": PasswordForm(person=shown),
        "join_form": JoinForm(on=user.company_today),
        "position_form": PositionForm(initial={"on": user.company_today}),
        "position_words": known_words(),
        "leave_form": LeaveForm(initial={"on": user.company_today}),
        "alias_form": KeyAliasForm(),
        "role_form": RoleForm(),
    }


def _done(request: HttpRequest, shown: Person, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("org:person", pk=shown.pk)


def _words(shown: Person, team: object) -> dict[str, str]:
    return {"name": shown.display_name, "team": str(team)}
