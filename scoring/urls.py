"""Addresses of scoring."""

from scoring.appeals.urls import urlpatterns as urlpatterns_agreements
from scoring.boards.urls import urlpatterns as urlpatterns_boards
from scoring.criteria.urls import urlpatterns as urlpatterns_criteria
from scoring.explorer.urls import urlpatterns_kpis
from scoring.ingest.urls import urlpatterns_imports
from scoring.nights.urls import urlpatterns as urlpatterns_nights
from scoring.points.urls import urlpatterns as urlpatterns_points
from scoring.scorecards.urls import urlpatterns as urlpatterns_scorecards

app_name = "scoring"
urlpatterns = [
    *urlpatterns_agreements,
    *urlpatterns_boards,
    *urlpatterns_criteria,
    *urlpatterns_kpis,
    *urlpatterns_imports,
    *urlpatterns_nights,
    *urlpatterns_points,
    *urlpatterns_scorecards,
]
