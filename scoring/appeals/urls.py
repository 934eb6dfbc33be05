"""Addresses of explanations, goals and appeals."""

from django.urls import path

import scoring.explorer.urls  # noqa: F401  registers the converter of days
from scoring.appeals import views as appeals
from scoring.explain import views as explain
from scoring.goals import views as goals

urlpatterns = [
    path("why/", explain.explain_own, name="explain_own"),
    path("why/<int:pk>/<day:day>/", explain.explain_page, name="explain"),
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goals.goal_edit, name="goal_new"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/<int:pk>/edit/", goals.goal_edit, name="goal_edit"),
    path("goals/<int:pk>/acknowledge/", goals.goal_acknowledge, name="goal_acknowledge"),
    path("goals/<int:pk>/withdraw/", goals.goal_withdraw, name="goal_withdraw"),
    path("goals/<int:pk>/assess/", goals.goal_assess, name="goal_assess"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/new/", appeals.appeal_new, name="appeal_new"),
    path("appeals/<int:pk>/", appeals.appeal, name="appeal"),
    path("appeals/<int:pk>/withdraw/", appeals.appeal_withdraw, name="appeal_withdraw"),
    path("appeals/<int:pk>/hand-on/", appeals.appeal_hand_on, name="appeal_hand_on"),
]
