"""Addresses of goals."""

from django.urls import path

from scoring.goals import views

urlpatterns = [
    path("goals/", views.goals, name="goals"),
    path("goals/new/", views.goal_edit, name="goal_new"),
    path("goals/<int:pk>/", views.goal, name="goal"),
    path("goals/<int:pk>/edit/", views.goal_edit, name="goal_edit"),
    path("goals/<int:pk>/acknowledge/", views.goal_acknowledge, name="goal_acknowledge"),
    path("goals/<int:pk>/withdraw/", views.goal_withdraw, name="goal_withdraw"),
    path("goals/<int:pk>/assess/", views.goal_assess, name="goal_assess"),
]
