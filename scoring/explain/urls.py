"""Addresses of explanations."""

from django.urls import path

from scoring.explain import views

urlpatterns = [
    path("why/", views.explain_own, name="explain_own"),
    path("why/<int:pk>/<day:day>/", views.explain_page, name="explain"),
]
