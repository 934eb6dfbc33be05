"""The keys that credentials are signed with: made when first needed, rotated, never lost.

Ed25519 (RFC 8032), as JSON Web Keys (RFC 8037). Private keys are stored encrypted with a key that
is derived from the installation's secret; `SECRET_KEY_FALLBACKS` still open what they closed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from jwt.algorithms import OKPAlgorithm

from badges.credentials.models import SigningKey
from incentives.org import locks
from incentives.org.refusals import Refused

KEYS_LOCK = 0xBAD6E5


class KeyUnreadable(Refused):
    """A private key cannot be decrypted; the message says what to do."""


def current_key() -> SigningKey:
    """The key that signs now; made when there is none."""
    return SigningKey.objects.filter(retired_at=None).first() or _first_key()


def hold_keys() -> None:
    """Let no other key take the place of the current one before the transaction ends.

    Whoever signs meanwhile would else store what an earlier, perhaps a compromised, key has signed.
    Many may hold at once. Make the first key before that: it takes the same lock for itself.
    """
    locks.hold(KEYS_LOCK, shared=True)


def rotate(*, compromised: bool = False) -> SigningKey:
    """Put a new key in place of the current one.

    What the old one signed goes on being valid, unless it is `compromised`: then it is no longer
    published, and `issuing.renew` signs those credentials anew.
    """
    with transaction.atomic():
        _lock()
        now = timezone.now()
        old = SigningKey.objects.filter(retired_at=None)
        old.update(retired_at=now, compromised_at=now if compromised else None)
        return _make()


def private_key(key: SigningKey) -> Ed25519PrivateKey:
    """The private half, to sign with. Raises KeyUnreadable after the secret was changed."""
    try:
        text = _box().decrypt(key.private.encode())
    except InvalidToken as error:
        raise KeyUnreadable(
            _(
                "The signing key cannot be read: put the earlier secret into SECRET_KEY_FALLBACKS,"
                " or rotate the key."
            )
        ) from error
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))


def _first_key() -> SigningKey:
    with transaction.atomic():
        _lock()
        return SigningKey.objects.filter(retired_at=None).first() or _make()


def _lock() -> None:
    locks.hold(KEYS_LOCK)


def _make() -> SigningKey:
    made = Ed25519PrivateKey.generate()
    found = json.loads(OKPAlgorithm.to_jwk(made.public_key()))
    public = {name: found[name] for name in ("crv", "kty", "x")}
    private = _box().encrypt(base64.b64encode(made.private_bytes_raw())).decode()
    return SigningKey.objects.create(
        kid=thumbprint(public), public=public | {"alg": "EdDSA", "use": "sig"}, private=private
    )


def thumbprint(public: Mapping[str, str]) -> str:
    """The name of a key that follows from itself (RFC 7638), from its required members."""
    text = json.dumps(public, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    digest = hashlib.sha256(b"incentives signing keys\0" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
