"""Agents in the files whom nobody has matched: find the person behind a key, or make one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org import names
from incentives.org.access import signed_in
from incentives.org.inputs import whole_number
from incentives.org.models import Alias, Person
from incentives.org.people import create_people
from incentives.org.querysets import PersonQuerySet
from scoring.ingest import unmatched as held
from scoring.ingest import workers
from scoring.ingest.tasks import catch_up
from scoring.ingest.views.importers import importers_only
from scoring.models import Source

PAGE = 50
CANDIDATES = 12


@require_GET
@importers_only
def held_agents(request: HttpRequest) -> HttpResponse:
    """The keys that wait, with their source and how many facts wait with them."""
    waiting = [row for row in held.waiting() if row[1]]
    page: Page[tuple[Source, str, int]] = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(request, "scoring/held.html", {"page": page, "many": len(waiting)})


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@importers_only
def held_match(request: HttpRequest) -> HttpResponse:
    """Search the person behind a key; matching stores the key as another key of theirs."""
    source, key, facts = _waiting(request)
    people = Person.objects.visible_to(signed_in(request))
    if request.method == "POST":
        number = whole_number(request.POST.get("person", ""))
        person = get_object_or_404(people, pk=number or 0)
        if person == request.user and not person.is_staff:
            messages.error(request, _("Someone else has to say that these are your facts."))
            return redirect("scoring:held")
        with names.giving():
            if why := names.Names.in_use().clash(names.NameKind.ALIAS, key, who=person.pk):
                messages.error(request, f"“{key}”: {why}")
                return redirect("scoring:held")
            Alias.objects.get_or_create(source=source.name, key=key, defaults={"person": person})
            workers.send(catch_up)
        messages.success(
            request, _("“%(key)s” is %(name)s now.") % {"key": key, "name": person.display_name}
        )
        return redirect("scoring:held")
    text = request.GET.get("q", key)
    context = {"source": source, "key": key, "facts": facts, "q": text}
    context["candidates"] = _candidates(people, text)
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "scoring/held_match.html" + ("#candidates" if partial else "")
    return render(request, template, context)


@require_POST
@importers_only
def held_create(request: HttpRequest) -> HttpResponse:
    """Make a person for one key, or for all that wait."""
    if "all" in request.POST:
        keys = {key for _source, key, _facts in held.waiting() if key}
    else:
        keys = {_waiting(request)[1]}
    with transaction.atomic():
        made = create_people(dict.fromkeys(keys, ""))
        workers.send(catch_up)
    for key in sorted(keys - made.keys())[:CANDIDATES]:
        text = _("“%(key)s” cannot be a new person's key: match it to the person whose it is.")
        messages.error(request, text % {"key": key})
    messages.success(
        request,
        ngettext("%(n)s person was created.", "%(n)s people were created.", len(made))
        % {"n": len(made)},
    )
    return redirect("scoring:held")


def _waiting(request: HttpRequest) -> tuple[Source, str, int]:
    """The source, key and number of facts that the request names; 404 when none wait."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = (given.get("source", ""), given.get("key", ""))
    for source, key, facts in held.waiting():
        if key and (str(source.pk), key) == wanted:
            return source, key, facts
    raise Http404


def _candidates(people: PersonQuerySet, text: str) -> list[Person]:
    """People whose name or key holds the words; with none of them, those who hold any word."""
    words = [word for word in text.replace("\x00", "").replace(".", " ").split() if word][:5]
    if not words:
        return []
    each = [Q(display_name__icontains=word) | Q(key__icontains=word) for word in words]
    whole, some = each[0], each[0]
    for condition in each[1:]:
        whole, some = whole & condition, some | condition
    found = list(people.filter(whole)[:CANDIDATES])
    return found or list(people.filter(some)[:CANDIDATES])
