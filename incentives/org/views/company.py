"""The company's own settings, and who administers it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incentives.org.access import require_role, signed_in
from incentives.org.company_form import CompanyForm
from incentives.org.models import Company, Person, Role


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMINISTRATOR)
def company(request: HttpRequest) -> HttpResponse:
    """Name, time zone, country, language and currency; administrators beside them."""
    reader = signed_in(request)
    Company.current()
    with transaction.atomic():  # of two who save at once the second one starts from the first
        row = Company.objects.select_for_update().get()
        form = CompanyForm(request.POST or None, instance=row)
        saved = form.is_valid()
        if saved:
            form.save()
    if saved:
        messages.success(request, _("The company's settings are saved."))
        return redirect("org:company")
    administrators = Person.objects.filter(role_grants__role=Role.ADMINISTRATOR, is_active=True)
    context = {
        "form": form,
        "administrators": list(administrators.order_by("display_name").distinct()),
        "reader": reader,
    }
    return render(request, "org/company.html", context, status=422 if form.is_bound else 200)
