"""The own profile, and the language switch that works signed out as well."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from incentives.org import addresses, names
from incentives.org.access import signed_in
from incentives.org.forms import ProfileForm
from incentives.org.models import Person
from incentives.org.notices import GROUPS, chosen
from incentives.org.tasks import hand_over, send_address_link


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone of the person who is signed in."""
    person = Person.objects.get(pk=signed_in(request).pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST":
        with names.giving():
            if form.is_valid():
                form.save()
    if form.is_bound and not form.errors:
        with translation.override(person.locale):
            messages.success(request, _("Your profile is saved."))
        return redirect("org:me")
    context = {"form": form, "person": person, "groups": notice_groups(person)}
    context["address_confirmed"] = addresses.is_confirmed(person)
    status = 422 if form.errors else 200
    return render(request, "org/me.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@login_required
def address(request: HttpRequest) -> HttpResponse:
    """Confirm the own e-mail address: ask for the link, then follow it while signed in."""
    person = signed_in(request)
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method == "POST" and not key:
        if person.email and _may_send(person):
            link = f"{reverse('org:address')}?{urlencode({'key': addresses.key_for(person)})}"
            hand_over(send_address_link, person.pk, request.build_absolute_uri(link))
        text = _(
            "A link is on its way to %(address)s. Open it on a device where you are signed in."
        )
        messages.success(request, text % {"address": person.email})
        return redirect("org:me")
    usable = addresses.is_key_of(person, key)
    if request.method == "POST" and usable:
        try:
            with names.giving():
                addresses.confirm(person)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Your address is confirmed."))
        return redirect("org:me")
    context = {"key": key, "usable": usable, "person": person}
    return render(request, "org/address.html", context, status=200 if usable else 410)


def _may_send(person: Person) -> bool:
    """Three links an hour are enough for anyone's mailbox."""
    key = f"address-links:{person.pk}"
    cache.add(key, 0, 3600)
    return bool(cache.incr(key) <= 3)


def notice_groups(person: Person) -> list[tuple[str, str, bool]]:
    """What the bell can tell this person: group, its name, whether they get it."""
    wanted = chosen(person)
    steering = {"tasks": ("supervisor", "manager", "administrator"),
                "operations": ("manager", "administrator")}  # fmt: skip
    return [
        (group, str(label), group in wanted)
        for group, label in GROUPS.items()
        if group not in steering or person.has_role(*steering[group])
    ]


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and come back to the page; open to visitors, who get a cookie."""
    chosen = request.POST.get("language", "")
    response = redirect(way_back(request))
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, Person):
            Person.objects.filter(pk=request.user.pk).update(locale=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def way_back(request: HttpRequest) -> str:
    """The page of this site that a form names as `next`, else the start page."""
    target = request.POST.get("next", "")
    # A word without a slash would be taken for the name of a view.
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"
