"""Which credentials do not hold any more: whoever checks one asks a list, not for a person."""

from __future__ import annotations

from badges.credentials.documents import LIST_SIZE
from badges.credentials.models import Credential


def revoked_in(number: int) -> list[int]:
    """The ids of the list's credentials whose award was revoked."""
    first = number * LIST_SIZE
    found = Credential.objects.filter(pk__range=(first, first + LIST_SIZE - 1))
    return list(found.exclude(award__revoked_at=None).order_by("pk").values_list("pk", flat=True))


def lists() -> int:
    """How many status lists there are."""
    last = Credential.objects.order_by("-pk").values_list("pk", flat=True).first()
    return 1 if last is None else last // LIST_SIZE + 1
