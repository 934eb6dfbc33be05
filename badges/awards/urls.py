"""Badges, sets and the badge designer."""

from django.urls import URLPattern, path

from badges.awards.views import badges, designer, granting, sets

urlpatterns: list[URLPattern] = [
    path("badges/", badges.own_cabinet, name="cabinet"),
    path("badges/of/<int:pk>/", badges.cabinet_of, name="cabinet_of"),
    path("badges/awards/<uuid:public_id>/", badges.award, name="award"),
    path("badges/awards/<uuid:public_id>/revoke/", granting.revoke, name="revoke"),
    path("badges/grant/", granting.grant, name="grant_any"),
    path("badges/sets/", sets.sets, name="sets"),
    path("badges/sets/new/", sets.set_edit, name="set_new"),
    path("badges/sets/<slug:key>/edit/", sets.set_edit, name="set_edit"),
    path("badges/sets/<slug:key>/archive/", sets.set_archive, name="set_archive"),
    path("badges/new/", designer.badge_edit, name="badge_new"),
    path("badges/all/", badges.badges, name="badges"),
    path("badges/all/<slug:key>/", badges.badge, name="badge"),
    path("badges/all/<slug:key>/grant/", granting.grant, name="grant"),
    path("badges/all/<slug:key>/edit/", designer.badge_edit, name="badge_edit"),
    *(
        path(
            f"badges/all/<slug:key>/{action}/",
            designer.badge_change,
            {"action": action},
            name=f"badge_{action}",
        )
        for action in ("publish", "version", "archive", "delete")
    ),
]
