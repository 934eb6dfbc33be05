"""Badges as signed credentials."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
