"""Receiving large files: a file over the limit is never written to disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from incentives.org.inputs import refuse_unstorable

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Quota(FileUploadHandler):
    """Passes a file on until it is larger than INGEST_MAX_BYTES, then drops it."""

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.exceeded = False
        self._received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count each file by itself."""
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a chunk through while the file is small enough."""
        self._received += len(raw_data)
        if self._received > settings.INGEST_MAX_BYTES:
            self.exceeded = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind."""


def takes_large_files(view: View[P]) -> View[P]:
    """Put the quota before the view, and before anything that reads the request's body.

    The check of forged requests reads the body too, so it moves behind the quota.
    """
    protected = csrf_protect(view)

    @wraps(view)
    def receiving(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST":
            request.upload_handlers.insert(0, Quota(request))
            refuse_unstorable(request.POST)
        return protected(request, *args, **kwargs)

    return csrf_exempt(receiving)


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was dropped for its size."""
    return any(isinstance(each, Quota) and each.exceeded for each in request.upload_handlers)
