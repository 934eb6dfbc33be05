"""Addresses of the pages that cut across apps."""

from django.urls import path

from dashboards import installable, views, views_search
from dashboards.analytics import views as views_analytics

urlpatterns = [
    path("", views.home, name="home"),
    path("team/", views.team, name="team"),
    path("theme/", views.theme, name="theme"),
    path("analytics/", views_analytics.analytics, name="analytics"),
    path("analytics/people/<int:pk>/", views_analytics.person_analytics, name="person_analytics"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("service-worker.js", installable.service_worker, name="service_worker"),
    path("offline/", installable.offline, name="offline"),
    path("search/", views_search.find, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
