"""Addresses of the first days."""

from django.urls import path

from dashboards.first_use import views as views_first_use

urlpatterns = [
    path("first-steps/", views_first_use.first_steps, name="first_steps"),
    path("welcome/", views_first_use.welcome, name="welcome"),
    path("cards/", views_first_use.put_card_away, name="put_card_away"),
]
