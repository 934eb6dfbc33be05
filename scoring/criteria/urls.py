"""Address of the sentence builder's own answers."""

from django.urls import path

from scoring.criteria import views as criteria

urlpatterns = [
    path("criteria/<slug:prefix>/", criteria.criteria_builder, name="criteria_builder"),
]
