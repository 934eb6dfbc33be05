"""Addresses of appeals."""

from django.urls import path

from scoring.appeals import views

urlpatterns = [
    path("appeals/", views.appeals, name="appeals"),
    path("appeals/new/", views.appeal_new, name="appeal_new"),
    path("appeals/<int:pk>/", views.appeal, name="appeal"),
    path("appeals/<int:pk>/withdraw/", views.appeal_withdraw, name="appeal_withdraw"),
    path("appeals/<int:pk>/hand-on/", views.appeal_hand_on, name="appeal_hand_on"),
]
