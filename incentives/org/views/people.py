"""The list of people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from incentives.org import names
from incentives.org.access import require_role, signed_in
from incentives.org.forms import PeopleFilter, PersonForm
from incentives.org.models import Membership, Person, Supervision
from incentives.org.querysets import PersonQuerySet
from incentives.org.refusals import told_in

PAGE = 50


@require_safe
@require_role("administrator", "hr", "manager", "supervisor")
def people(request: HttpRequest) -> HttpResponse:
    """Everyone in the reader's scope, by name, team, role and whether they are still here."""
    user = signed_in(request)
    form = PeopleFilter(request.GET or None, user=user)
    found = _chosen(Person.objects.visible_to(user), form, user)
    page = Paginator(_with_team(found, user), PAGE).get_page(request.GET.get("page"))
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "org/people.html#rows" if partial else "org/people.html"
    return render(request, template, {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role("administrator")
def new_person(request: HttpRequest) -> HttpResponse:
    """Add one person by hand."""
    form = PersonForm(request.POST or None)
    with names.giving():
        if request.method == "POST" and form.is_valid():
            form.instance.set_unusable_password()
            with told_in(form):
                form.save()
            if not form.errors:
                return redirect(reverse("org:person", args=[form.instance.pk]))
    status = 422 if form.errors else 200
    return render(request, "org/person_new.html", {"form": form}, status=status)


def _chosen(people: PersonQuerySet, form: PeopleFilter, user: Person) -> PersonQuerySet:
    wanted = form.cleaned_data if form.is_valid() else {}
    on = user.company_today
    state = wanted.get("state", "")
    here = Person.objects.active(on=on).values("pk")
    if state == "left":
        people = people.exclude(pk__in=here)
    elif state == "":
        people = people.filter(pk__in=here)
    if team := wanted.get("team"):
        people = people.in_team(team, on=on)
    if role := wanted.get("role"):
        people = people.with_role(role, on=on)
    return people.search(wanted.get("q", ""))


def _with_team(people: PersonQuerySet, user: Person) -> PersonQuerySet:
    current = Membership.objects.active(on=user.company_today).select_related("team")
    leading = Supervision.objects.active(on=user.company_today)
    return people.order_by("display_name", "key").prefetch_related(
        Prefetch("memberships", queryset=current, to_attr="teams_today"),
        Prefetch("supervisions", queryset=leading, to_attr="supervises_today"),
        "role_grants",
    )
