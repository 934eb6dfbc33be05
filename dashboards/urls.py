"""Addresses of the pages that cut across apps."""

from django.urls import path

from dashboards import views, views_search
from dashboards.urls_wallboards import urlpatterns as wallboards

app_name = "dashboards"

urlpatterns = [
    path("", views.home, name="home"),
    path("team/", views.team, name="team"),
    path("theme/", views.theme, name="theme"),
    path("search/", views_search.find, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
    *wallboards,
]
