"""What lets a phone keep the site as an app: the manifest, the service worker, the offline page."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# What the offline page needs to look like ours.
OFFLINE_FILES = (
    "vendor/tabler/css/tabler.min.css",
    "css/tokens.css",
    "css/shell.css",
    "css/components.css",
    "js/theme.js",
    "svg/mark.svg",
)


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """How a phone shows the installed site; tells visitors nothing about the company."""
    answer = JsonResponse(
        {
            "id": "/",
            "name": "incentives",
            "short_name": "incentives",
            "description": _("Your score, your points and what comes next."),
            "start_url": reverse("dashboards:home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#faf7f2",
            "theme_color": "#fffdfa",
            "icons": [
                _icon("icon-192.png", "192x192"),
                _icon("icon-512.png", "512x512"),
                _icon("maskable-512.png", "512x512", "maskable"),
                {"src": static("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Content-Type"] = "application/manifest+json"
    return answer


def _icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    return {
        "src": static(f"icons/{name}"),
        "sizes": sizes,
        "type": "image/png",
        "purpose": purpose,
    }


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the whole site: which files it keeps, and `static/js/worker.js`, what it does.

    Its text changes with the names of the files, so browsers take a new version with a release.
    """
    settings = {
        "offline": reverse("dashboards:offline"),
        "files": [static(name) for name in OFFLINE_FILES],
        "static": static("js/worker.js").rsplit("js/", 1)[0],
        "walls": reverse("dashboards:wall", args=["-"]).removesuffix("-/"),
    }
    kept = json.dumps(settings, sort_keys=True)
    version = hashlib.sha256(kept.encode()).hexdigest()[:12]
    lines = (
        f"self.KEPT = {kept};",
        f'self.VERSION = "{version}";',
        f'importScripts("{static("js/worker.js")}");',
    )
    return HttpResponse("\n".join(lines), content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection, in both languages: the worker knows nobody's choice."""
    return render(request, "dashboards/offline.html")
