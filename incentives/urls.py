"""Addresses of the whole site; each app lists its own."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from incentives import celery, health

# The admin has no sign-in of its own: second factors and rate limits hold there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]

# Pages hand work to the task queue: with the site its app is there.
__all__ = ["celery", "urlpatterns"]

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    # The one page about one's own address is the profile.
    path("accounts/email/", RedirectView.as_view(pattern_name="org:me")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("incentives.org.urls")),
    path("", include("scoring.urls")),
    path("", include("badges.urls")),
    path("", include("dashboards.urls")),
]
