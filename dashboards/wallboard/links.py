"""The link of a screen: signed, so that no secret is stored, and ended by raising a version.

A television has no account. Whoever has the link sees what the screen shows, and nothing else:
everything on it is meant for a room with visitors.
"""

from __future__ import annotations

from datetime import date

from django.core.signing import BadSignature, Signer
from django.db.models import F

from dashboards.models import Wallboard

# Parts are joined by a full stop: it needs no escaping in an address.
_signer = Signer(salt="dashboards.wallboard", sep=".")


def token_of(board: Wallboard) -> str:
    """What stands in the link's address."""
    return _signer.sign(f"{board.pk}-{board.version}")


def open_link(token: str, *, on: date) -> Wallboard | None:
    """The screen behind a link; None when it was tampered with, replaced, ended or switched off.

    A wrong signature costs no query.
    """
    try:
        pk, version = (int(part) for part in _signer.unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    board = Wallboard.objects.select_related("team").filter(pk=pk, version=version).first()
    return board if board and is_open(board, on=on) else None


def is_open(board: Wallboard, *, on: date) -> bool:
    """Whether the link works on a day: switched on, not past its last day, of a team in use."""
    team = board.team
    archived = team is not None and team.archived_on is not None and team.archived_on <= on
    return board.is_on and not archived and (board.ends_on is None or on <= board.ends_on)


def replace_link(board: Wallboard) -> None:
    """End every link given out so far; a new one takes their place."""
    Wallboard.objects.filter(pk=board.pk).update(version=F("version") + 1)
    board.refresh_from_db(fields=["version"])
