"""Addresses of point rules, ledgers, awards, budgets and seasons."""

from django.urls import path

from scoring.points.views import decisions, points, seasons
from scoring.points.views import rules as point_rules

urlpatterns = [
    path("points/", points.my_points, name="points"),
    path("points/people/<int:pk>/", points.points_of, name="points_of"),
    path("points/award/", decisions.award_points, name="award_points"),
    path("points/awards/<int:pk>/take-back/", decisions.take_back_award, name="take_back_award"),
    path("points/decisions/", decisions.point_decisions, name="decisions"),
    path("points/decisions/<int:pk>/", decisions.point_decision, name="decision"),
    path("points/budgets/", decisions.award_budgets, name="award_budgets"),
    path("points/budgets/<int:pk>/", decisions.set_award_budget, name="set_award_budget"),
    path("points/limits/", decisions.point_limits, name="point_limits"),
    path("points/rules/", point_rules.point_rules, name="point_rules"),
    path("points/rules/new/", point_rules.point_rule_edit, name="point_rule_new"),
    path("points/rules/<int:pk>/", point_rules.point_rule, name="point_rule"),
    path("points/rules/<int:pk>/edit/", point_rules.point_rule_edit, name="point_rule_edit"),
    *(
        path(
            f"points/rules/<int:pk>/{action}/",
            point_rules.point_rule_change,
            {"action": action},
            name=f"point_rule_{action}",
        )
        for action in ("publish", "version", "end", "delete")
    ),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/new/", seasons.season_edit, name="season_new"),
    path("seasons/<int:pk>/", seasons.season, name="season"),
    path("seasons/<int:pk>/edit/", seasons.season_edit, name="season_edit"),
    path("seasons/<int:pk>/close/", seasons.season_close, name="season_close"),
]
