"""Address of the sentence builder's own answers."""

from django.urls import path

from scoring.views import criteria

urlpatterns = [
    path("criteria/<slug:prefix>/", criteria.criteria_builder, name="criteria_builder"),
]
