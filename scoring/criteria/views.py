"""The sentence builder's own answers: rows added and taken away, sentence and dry run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from incentives.org.access import require_role, signed_in
from scoring.criteria.forms import CriteriaBuilder

WRITERS = ("supervisor", "manager", "hr", "administrator")


@require_POST
@require_role(*WRITERS)
def criteria_builder(request: HttpRequest, prefix: str) -> HttpResponse:
    """The builder as it stands in the form that was sent; nothing is saved."""
    viewer = signed_in(request)
    required = request.POST.get(f"{prefix}-required", "1") == "1"
    builder = CriteriaBuilder(request.POST, prefix=prefix, required=required)
    context = {"builder": builder, "dry_run": builder.dry_run(viewer), "checked": True}
    return render(request, "components/criteria_builder.html", context)
