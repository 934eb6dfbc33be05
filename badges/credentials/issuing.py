"""Signing awards, opening and closing their public pages, and signing anew after a key was lost."""

from __future__ import annotations

from typing import Any

import jwt
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from badges.awards.models.awards import Award
from badges.credentials.documents import issuer_did, payload, status_list
from badges.credentials.keys import current_key, hold_keys, private_key
from badges.credentials.models import Credential, SigningKey
from incentives.org.models import Person
from incentives.org.refusals import Refused

ALGORITHM = "EdDSA"


def issue(*, award: Award, by: Person, base: str, with_evidence: bool) -> Credential:
    """Sign one's own award, or sign it anew with or without its figures.

    `base` is the address under which others reach the installation. The words are in the owner's
    language. Raises Refused for awards that are not held, or of somebody else, and in production
    while nobody has set the address: what is signed names its issuer for good.
    """
    if not (settings.PUBLIC_URL or settings.DEVELOPMENT):
        raise Refused(
            _(
                "Badges cannot be signed yet: an administrator has to set PUBLIC_URL, the address"
                " under which others reach this installation."
            )
        )
    if award.person_id != by.pk:
        raise Refused(_("A badge is shared by the one who earned it."))
    if not award.is_held(on=by.company_today):
        raise Refused(_("This badge is no longer held, so it cannot be shared."))
    current_key()
    with transaction.atomic():
        _one_at_a_time(award.pk)
        key = current_key()
        fields = {"key": key, "base": base, "with_evidence": with_evidence}
        found = Credential.objects.filter(award=award).first()
        credential = found or Credential(award=award, issued_at=timezone.now(), **fields)
        if found:
            for name, value in fields.items():
                setattr(found, name, value)
        # The number is the credential's place in the status lists, so it is stored first.
        credential.save()
        credential.token = _signed(credential, by.locale)
        credential.save(update_fields=["token"])
    return credential


def _one_at_a_time(award: int) -> None:
    """Two clicks at once, or a click while keys change: the second one waits and signs anew."""
    Award.objects.select_for_update(of=("self",)).get(pk=award)
    hold_keys()


def share(*, credential: Credential) -> None:
    """Open the public page."""
    Credential.objects.filter(pk=credential.pk, shared_at=None).update(shared_at=timezone.now())


def unshare(*, credential: Credential) -> None:
    """Close the public page; files that others have already stay valid."""
    Credential.objects.filter(pk=credential.pk).update(shared_at=None)


def renew() -> int:
    """Sign anew what compromised keys have signed; how many credentials. Run it as often as needed."""
    lost = Credential.objects.filter(key__compromised_at__isnull=False)
    done = 0
    for award in list(lost.order_by("pk").values_list("award", flat=True)):
        with transaction.atomic():
            _one_at_a_time(award)
            # Read now: its owner may have signed it anew meanwhile, perhaps without the figures.
            found = lost.select_related("award__person", "award__badge", "award__version")
            credential = found.filter(award=award).first()
            if credential is None:
                continue
            credential.key = current_key()
            credential.token = _signed(credential, credential.award.person.locale)
            credential.save(update_fields=["key", "token"])
        done += 1
    return done


def signed_status_list(base: str, number: int, revoked: list[int]) -> str:
    """A status list as a signed token."""
    key = current_key()
    return sign(status_list(base, number, revoked), key=key, base=base)


def sign(claims: dict[str, Any], *, key: SigningKey, base: str) -> str:
    """A compact JSON Web Token with the public key in its header, as the specification asks."""
    header = {
        "kid": f"{issuer_did(base)}#{key.kid}",
        "jwk": {name: key.public[name] for name in ("kty", "crv", "x")},
    }
    return jwt.encode(claims, private_key(key), algorithm=ALGORITHM, headers=header)


def _signed(credential: Credential, language: str) -> str:
    with translation.override(language):
        return sign(payload(credential), key=credential.key, base=credential.base)
