"""Badges, sets and the badge designer."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
