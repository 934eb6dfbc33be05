"""A page with a form that embeds the sentence builder, for tests in a real browser."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from incentives.urls import urlpatterns as site
from scoring.criteria.forms import CriteriaBuilder

PAGE = """{% extends "base.html" %}{% block content %}<form method="post">{% csrf_token %}
<button class="visually-hidden" tabindex="-1" aria-hidden="true" name="criteria-button" value="preview">Preview</button>
{% include "components/criteria_builder.html" %}<button class="btn btn-primary" name="save">Save</button></form>
<output>{{ saved }}</output>{% endblock %}"""


def embedding(request: HttpRequest) -> HttpResponse:
    """Show the builder; say what would be saved."""
    builder = CriteriaBuilder(request.POST if request.method == "POST" else None)
    saved = builder.is_bound and not builder.editing and builder.criteria
    context = {"builder": builder, "saved": saved.as_data() if saved else ""}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


urlpatterns = [path("builder/", embedding), *site]
