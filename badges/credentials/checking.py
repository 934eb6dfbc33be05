"""Checking a credential that somebody holds in their hands: is it ours, unchanged, still valid?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
from django.utils.translation import gettext as _

from badges.credentials.issuing import ALGORITHM
from badges.credentials.models import Credential, SigningKey

LONGEST = 100_000
# Whether a badge has expired is a finding of its own, not a fault of its signature.
_ANY_TIME: Any = {"verify_exp": False, "verify_nbf": False, "verify_sub": False}
_BAKED = re.compile(r'<openbadges:credential\b[^>]*\bverify="([\w.-]+)"')


@dataclass(frozen=True, slots=True)
class CredentialFinding:
    """What a check found: `holds`, a sentence, and the credential where it is one of ours.

    `claims` is what the signature covers; None where it covers nothing.
    """

    holds: bool
    text: str
    credential: Credential | None = None
    claims: dict[str, Any] | None = None


def check(text: str, *, now: datetime) -> CredentialFinding:
    """Check a token, or an image with a token inside, that was pasted or sent."""
    token = _token_in(text)
    if token is None:
        return CredentialFinding(
            False, _("This is no signed badge: paste the whole file or token.")
        )
    claims = _verified(token)
    if not claims:
        return _not_ours()
    credential = _stored(claims)
    if credential is None:
        return CredentialFinding(False, _("This badge is not known here."), None, claims)
    return finding_of(credential, now=now, claims=claims)


def finding_of(
    credential: Credential, *, now: datetime, claims: dict[str, Any] | None = None
) -> CredentialFinding:
    """Whether a credential of ours holds at a moment; `claims` if they are verified already."""
    signed = claims or _verified(credential.token)
    if not signed:
        return _not_ours()
    if credential.award.is_revoked:
        return CredentialFinding(False, _("This badge was revoked."), credential, signed)
    if "exp" in signed and signed["exp"] < now.timestamp():
        return CredentialFinding(False, _("This badge has expired."), credential, signed)
    return CredentialFinding(True, _("This badge is genuine and valid."), credential, signed)


def _not_ours() -> CredentialFinding:
    text = _("The signature is not ours, or the badge was changed after it was signed.")
    return CredentialFinding(False, text)


def _token_in(text: str) -> str | None:
    text = text.strip()
    baked = _BAKED.search(text) if "<" in text else None
    token = baked.group(1) if baked else text
    return (
        token if len(token) <= LONGEST and re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token) else None
    )


def _verified(token: str) -> dict[str, Any] | None:
    """The claims that one of our own keys has signed; the key in the header is not believed."""
    for key in SigningKey.objects.filter(compromised_at=None):
        try:
            return dict(jwt.decode(token, jwt.PyJWK(key.public), [ALGORITHM], options=_ANY_TIME))
        except jwt.PyJWTError:
            continue
    return None


def _stored(claims: dict[str, Any]) -> Credential | None:
    try:
        public_id = UUID(str(claims.get("jti", "")).removeprefix("urn:uuid:"))
    except ValueError:
        return None
    found = Credential.objects.select_related("award__badge", "award__version", "award__person")
    return found.filter(public_id=public_id).first()
