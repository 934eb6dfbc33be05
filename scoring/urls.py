"""Addresses of scoring."""

from scoring.urls_agreements import urlpatterns as urlpatterns_agreements
from scoring.urls_boards import urlpatterns as urlpatterns_boards
from scoring.urls_criteria import urlpatterns as urlpatterns_criteria
from scoring.urls_imports import urlpatterns_imports
from scoring.urls_kpis import urlpatterns_kpis
from scoring.urls_nights import urlpatterns as urlpatterns_nights
from scoring.urls_points import urlpatterns as urlpatterns_points
from scoring.urls_scorecards import urlpatterns as urlpatterns_scorecards

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
