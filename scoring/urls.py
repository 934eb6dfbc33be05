"""Addresses of scoring."""

from scoring.urls_imports import urlpatterns_imports
from scoring.urls_kpis import urlpatterns_kpis

app_name = "scoring"
urlpatterns = [*urlpatterns_kpis, *urlpatterns_imports]
