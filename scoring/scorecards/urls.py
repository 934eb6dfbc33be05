"""Addresses of scorecards and the calendar."""

from django.urls import path

from scoring.scorecards.views import calendar, scorecards
from scoring.scorecards.views import versions as scorecard_versions

urlpatterns = [
    path("scorecards/", scorecards.scorecards, name="scorecards"),
    path("scorecards/new/", scorecards.scorecard_edit, name="scorecard_new"),
    path("scorecards/<int:pk>/", scorecards.scorecard, name="scorecard"),
    path("scorecards/<int:pk>/edit/", scorecards.scorecard_edit, name="scorecard_edit"),
    path(
        "scorecards/<int:pk>/publish/",
        scorecard_versions.scorecard_publish,
        name="scorecard_publish",
    ),
    path(
        "scorecards/<int:pk>/revise/", scorecard_versions.scorecard_revise, name="scorecard_revise"
    ),
    path("scorecards/<int:pk>/copy/", scorecard_versions.scorecard_copy, name="scorecard_copy"),
    path(
        "scorecards/<int:pk>/discard/",
        scorecard_versions.scorecard_discard,
        name="scorecard_discard",
    ),
    path(
        "scorecards/<int:pk>/retire/", scorecard_versions.scorecard_retire, name="scorecard_retire"
    ),
    path(
        "scorecards/<int:pk>/read/",
        scorecard_versions.scorecard_acknowledge,
        name="scorecard_acknowledge",
    ),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar, name="calendar_year"),
]
