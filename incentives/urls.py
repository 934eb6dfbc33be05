"""Addresses of the whole site; each capability lists its own."""

from importlib import import_module

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from incentives import celery, faults
from incentives.capabilities import capabilities, namespace
from incentives.org import converters

# The admin has no sign-in of its own: second factors and rate limits hold there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]

# Pages hand work to the task queue: with the site its app is there.
# Addresses name days: the converter is known before them.
__all__ = ["celery", "converters", "handler400", "handler500", "urlpatterns"]


def capability_urls() -> list[URLResolver]:
    """The addresses of all capabilities, named within their app: badges:battles."""
    apps: dict[str, list[URLPattern | URLResolver]] = {}
    for each in capabilities():
        if each.urls:
            apps.setdefault(namespace(each), []).extend(import_module(each.urls).urlpatterns)
    return [path("", include((patterns, name))) for name, patterns in apps.items()]


urlpatterns = [
    # The one page about one's own address is the profile.
    path("accounts/email/", RedirectView.as_view(pattern_name="org:me")),
    path("accounts/", include("allauth.urls")),
    # No row has an address of its own; the admin's way to one asks tables that do not exist.
    path("admin/r/<path:rest>", faults.no_such_page),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    *capability_urls(),
]

# The pages of what went wrong ask no database; /health/ is answered by HealthMiddleware.
handler400 = "incentives.faults.bad_request"
handler500 = "incentives.faults.server_error"
