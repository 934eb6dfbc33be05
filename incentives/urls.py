"""Addresses of the whole site; each app lists its own."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from incentives import celery, faults

# The admin has no sign-in of its own: second factors and rate limits hold there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]

# Pages hand work to the task queue: with the site its app is there.
__all__ = ["celery", "handler400", "handler500", "urlpatterns"]

urlpatterns = [
    # The one page about one's own address is the profile.
    path("accounts/email/", RedirectView.as_view(pattern_name="org:me")),
    path("accounts/", include("allauth.urls")),
    # No row has an address of its own; the admin's way to one asks tables that do not exist.
    path("admin/r/<path:rest>", faults.no_such_page),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("incentives.org.urls")),
    path("", include("scoring.urls")),
    path("", include("badges.urls")),
    path("", include("dashboards.urls")),
]

# The pages of what went wrong ask no database; /health/ is answered by HealthMiddleware.
handler400 = "incentives.faults.bad_request"
handler500 = "incentives.faults.server_error"
