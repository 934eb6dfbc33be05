"""Badges as signed credentials: the owner's page, public documents, checking, keys."""

from django.urls import URLPattern, path, re_path

from badges.credentials import views as credentials

_FILES = r"(?P<kind>svg|jwt)"
_UUID = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_ACHIEVEMENT = (
    r"^credentials/achievements/(?P<key>[\w-]+)/(?P<version>\d{1,6})/(?P<tier>gold|silver|bronze)"
)

urlpatterns: list[URLPattern] = [
    path("badges/awards/<uuid:public_id>/share/", credentials.credential, name="credential"),
    re_path(rf"^badges/awards/{_UUID}/badge\.{_FILES}$", credentials.own_file, name="own_file"),
    path("badges/keys/", credentials.signing_keys, name="signing_keys"),
    path("verify/", credentials.verify, name="verify"),
    path("verify/<uuid:public_id>/", credentials.verify_one, name="verify_one"),
    re_path(rf"^verify/{_UUID}/badge\.{_FILES}$", credentials.public_file, name="public_file"),
    path(".well-known/did.json", credentials.did, name="did"),
    path("credentials/keys", credentials.keys, name="public_keys"),
    path("credentials/issuer", credentials.issuer, name="issuer"),
    path("credentials/status/<int:number>", credentials.status_list, name="status_list"),
    re_path(rf"{_ACHIEVEMENT}$", credentials.achievement, name="achievement"),
    re_path(
        rf"{_ACHIEVEMENT}\.svg$",
        credentials.achievement,
        {"kind": "svg"},
        name="achievement_picture",
    ),
]
