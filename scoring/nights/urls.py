"""Addresses of the nights."""

from django.urls import path

from scoring.nights import views as nights

urlpatterns = [
    path("nights/", nights.nights, name="nights"),
    path("nights/new/", nights.night_new, name="night_new"),
    path("nights/<int:pk>/", nights.night, name="night"),
]
