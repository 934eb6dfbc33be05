"""Is this process alive, and can it do its work?"""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis, RedisError


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks no other service, so a broken one restarts nothing."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, cache and queue answer, else 503 naming the ones that do not."""
    checks = {name: _answers(check) for name, check in CHECKS.items()}
    good = all(checks.values())
    body = {"status": "ok" if good else "unavailable", **checks}
    return JsonResponse(body, status=200 if good else 503)


def _answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (Error, RedisError):
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


CHECKS: dict[str, Callable[[], object]] = {
    "database": _ask_database,
    "cache": lambda: cache.get("health"),
    "queue": lambda: _queue().ping(),
}


def _queue() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)


class HealthMiddleware:
    """Answers before sessions, people and languages are asked for: they need what may be away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer questions about health; pass everything else on."""
        view = {"/health/live": live, "/health/ready": ready}.get(request.path_info)
        return view(request) if view else self.get_response(request)
