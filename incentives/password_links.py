"""Links for a new password, sent by a worker.

The page only hands over what was typed: its answer takes as long and says the same whether or not
the address belongs to anyone.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core.context import request_context
from celery import shared_task
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

from incentives.org.addresses import with_confirmed_address
from incentives.org.tasks import hand_over

if TYPE_CHECKING:
    from django.http import HttpRequest


def ask(request: HttpRequest, address: str) -> None:
    """Let a worker send the link, if the address is one that may get it."""
    hand_over(send_links, address, request.get_host(), request.scheme or "https")


@shared_task
def send_links(address: str, host: str, scheme: str) -> None:
    """Send a link to whoever confirmed this address, in their language; to nobody else."""
    request = _as_asked(host, scheme)
    with request_context(request):
        for person in with_confirmed_address(address):
            with translation.override(person.locale):
                request_password_reset(request, person.email, [person], default_token_generator)


def _as_asked(host: str, scheme: str) -> HttpRequest:
    """A request to the site by the name that the visitor used: the link leads back there."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_HOST": host,
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if scheme == "https" else "80",
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
    }
    proxied = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if proxied:
        environ[proxied[0]] = scheme
    return WSGIRequest(environ)
