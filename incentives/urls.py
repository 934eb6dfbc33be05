"""Addresses of the whole site; each app lists its own."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from incentives import health

# The admin has no sign-in of its own: second factors and rate limits hold there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]

APPS = [name for name in ("incentives.org", "scoring", "dashboards") if find_spec(f"{name}.urls")]

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path("", include(f"{name}.urls")) for name in APPS),
]
