"""Addresses of screens: making them, and what televisions open."""

from django.urls import path

from dashboards.wallboard import views as views_wall
from dashboards.wallboard import views_editing as views_wallboards

urlpatterns = [
    path("wallboards/", views_wallboards.wallboards, name="wallboards"),
    path("wallboards/new/", views_wallboards.wallboard_new, name="wallboard_new"),
    path("wallboards/<int:pk>/edit/", views_wallboards.wallboard_edit, name="wallboard_edit"),
    path("wallboards/<int:pk>/link/", views_wallboards.wallboard_link, name="wallboard_link"),
    path("wallboards/<int:pk>/switch/", views_wallboards.wallboard_switch, name="wallboard_switch"),
    path("wall/<str:token>/", views_wall.wall, name="wall"),
    path("wall/<str:token>/scenes/", views_wall.wall_scenes, name="wall_scenes"),
]
