"""Boss battles: the list, one battle, the designer and what is done with a battle."""

from django.urls import URLPattern, path

from badges.battles.views import battles
from badges.battles.views import designer as battle_designer
from badges.battles.views import steps as battle_steps

urlpatterns: list[URLPattern] = [
    path("battles/", battles.battles, name="battles"),
    path("battles/new/", battle_designer.battle_edit, name="battle_new"),
    path("battles/<int:pk>/", battles.battle, name="battle"),
    path("battles/<int:pk>/edit/", battle_designer.battle_edit, name="battle_edit"),
    path("battles/<int:pk>/announce/", battle_steps.battle_publish, name="battle_publish"),
    path("battles/<int:pk>/rehearse/", battle_steps.battle_rehearse, name="battle_rehearse"),
    path("battles/<int:pk>/extend/", battle_steps.battle_extend, name="battle_extend"),
    path("battles/<int:pk>/cancel/", battle_steps.battle_cancel, name="battle_cancel"),
    path("battles/<int:pk>/delete/", battle_steps.battle_delete, name="battle_delete"),
    path("battles/<int:pk>/again/", battle_steps.battle_again, name="battle_again"),
    path("battles/<int:pk>/guests/", battle_steps.battle_guests, name="battle_guests"),
    path(
        "battles/<int:pk>/guests/<int:member>/leave/",
        battle_steps.battle_guest_leaves,
        name="battle_guest_leaves",
    ),
]
