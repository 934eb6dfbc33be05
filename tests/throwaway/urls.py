"""Addresses of thanks."""

from django.urls import path

from tests.throwaway import views

urlpatterns = [path("thanks/", views.thanks, name="thanks")]
