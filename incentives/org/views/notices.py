"""The bell, the page of notices behind it, and what people want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from incentives.fragments import fragment
from incentives.org import notices as operations
from incentives.org.access import signed_in
from incentives.org.models import Notice
from incentives.org.views.profile import way_back

PAGE = 30


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told: unread first, then the newest."""
    found = Notice.objects.filter(person=signed_in(request).pk)
    ordered = found.order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    rows = [(each, operations.kind_of(each)) for each in page]
    context = {
        "page": page,
        "rows": [(each, kind.icon, kind.text(each.data)) for each, kind in rows],
    }
    return render(request, "org/notices.html", context)


@require_safe
@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for asking again; 304 while nothing came."""
    return fragment(request, "components/bell.html", {"bell": operations.bell(signed_in(request))})


@require_POST
@login_required
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    person = signed_in(request)
    notice = get_object_or_404(Notice.objects.filter(person=person.pk), pk=pk)
    operations.mark_read(person, at=timezone.now(), notice=notice.pk)
    here = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if here else "org:notices")


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    operations.mark_read(signed_in(request), at=timezone.now())
    messages.success(request, _("All read."))
    return redirect("org:notices")


@require_POST
@login_required
def notices_celebrated(request: HttpRequest) -> HttpResponse:
    """What was won has been shown; it is shown once."""
    operations.celebrated(signed_in(request))
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    return redirect(way_back(request))


@require_POST
@login_required
def notices_choose(request: HttpRequest) -> HttpResponse:
    """Keep which groups of notices one wants."""
    operations.choose(signed_in(request), groups=request.POST.getlist("group"))
    messages.success(request, _("Saved. It holds for what happens from now on."))
    return redirect("org:me")
