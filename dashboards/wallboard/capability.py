"""Screens on the wall."""

from django.utils.translation import gettext_lazy as _

from dashboards.wallboard.results import week_scene
from dashboards.wallboard.wins import latest_wins
from incentives.capabilities import Audience, Capability, Entry, Group, single_scene

CAPABILITY = Capability(
    "wallboards",
    urls="dashboards.wallboard.urls",
    parts=(
        Entry(
            "dashboards:wallboards", _("Wallboards"), "screen", Audience.STEERING, 70, Group.RESULTS
        ),
        single_scene(
            "results",
            20,
            _("The week's figures against their targets"),
            "dashboards/wallboard_results.html",
            lambda team, on: week_scene(team, on=on),
        ),
        single_scene(
            "wins",
            30,
            _("Latest awards and levels, without reasons"),
            "dashboards/wallboard_wins.html",
            lambda team, on: latest_wins(team, on=on),
        ),
    ),
)
