"""The documents that others read: credentials, status lists, the issuer and its keys.

Open Badges Specification 3.0 (1EdTech), sections 8.2 (JSON Web Token proof format) and B (data
model); Bitstring Status List 1.0 and did:web (W3C). A credential's JWT payload is the credential
itself, with the registered claims beside it.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from badges.awards.medals import evidence_lines, own_language, sentences
from badges.awards.models.awards import Award
from badges.credentials.models import Credential, SigningKey
from incentives.org.models import Company
from incentives.org.wording import reads_chinese

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
#: Places in one status list: the smallest number that hides who is meant (Bitstring Status List).
LIST_SIZE = 131_072
#: How long others may keep a status list.
STATUS_LASTS = timedelta(days=1)


def issuer_did(base: str) -> str:
    """The issuer's name as a did:web of the installation's address."""
    return "did:web:" + urlsplit(base).netloc.replace(":", "%3A")


def did_document(base: str, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """Which keys speak for the issuer, for whoever resolves its did."""
    did = issuer_did(base)
    methods = [
        {
            "id": f"{did}#{key.kid}",
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": key.public,
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def profile(base: str) -> dict[str, Any]:
    """The issuer as credentials name it."""
    return {
        "id": issuer_did(base),
        "type": ["Profile"],
        "name": Company.current().name,
        "url": f"{base}/",
    }


def payload(credential: Credential) -> dict[str, Any]:
    """What is signed, in the language that is active now; ids and dates are the credential's."""
    award, base = credential.award, credential.base
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"urn:uuid:{credential.public_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.badge.name,
        "issuer": profile(base),
        "validFrom": _text(credential.issued_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(award)],
            "achievement": achievement(award, base),
        },
        "credentialStatus": _status_entry(credential),
        "credentialSchema": [SCHEMA],
        "iss": issuer_did(base),
        "jti": f"urn:uuid:{credential.public_id}",
        "nbf": int(credential.issued_at.timestamp()),
    }
    ends = _ends(award)
    if ends:
        found |= {"validUntil": _text(ends), "exp": int(ends.timestamp())}
    if credential.with_evidence:
        found["evidence"] = _evidence(award)
    return found


def achievement(award: Award, base: str) -> dict[str, Any]:
    """What was achieved: a tier of a version of a badge, for everyone to read.

    It tells nothing of one award, and what a secret badge is for stays a secret.
    """
    badge, version = award.badge, award.version
    address = f"{base}/credentials/achievements/{badge.key}/{version.version}/{award.tier}"
    tier: dict[str, Any] = next((each for each in version.tiers if each["tier"] == award.tier), {})
    about = badge.name if badge.secret else badge.about or badge.name
    told = "" if badge.secret else sentences([tier], [own_language()])[0].get(own_language(), "")
    found: dict[str, Any] = {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": f"{badge.name} ({award.get_tier_display()})",
        "description": about,
        "criteria": {"narrative": told or about},
        "image": {"id": f"{address}.svg", "type": "Image"},
        "inLanguage": "zh-Hans" if reads_chinese() else "en",
        "version": str(version.version),
    }
    return found


def status_list(base: str, number: int, revoked: Iterable[int]) -> dict[str, Any]:
    """The status list of credentials number × LIST_SIZE and on; `revoked` are ids of credentials."""
    now = datetime.now(UTC).replace(microsecond=0)
    address = status_address(base, number)
    return {
        "@context": CONTEXT[:1],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did(base),
        "validFrom": _text(now),
        "validUntil": _text(now + STATUS_LASTS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(each % LIST_SIZE for each in revoked),
        },
        "iss": issuer_did(base),
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int((now + STATUS_LASTS).timestamp()),
    }


def status_address(base: str, number: int) -> str:
    """Where a status list is found."""
    return f"{base}/credentials/status/{number}"


def encoded(places: Iterable[int]) -> str:
    """A bitstring with these places set, the first one leftmost: gzipped, multibase base64url."""
    bits = bytearray(LIST_SIZE // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def _status_entry(credential: Credential) -> dict[str, Any]:
    number, place = divmod(credential.pk, LIST_SIZE)
    address = status_address(credential.base, number)
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def _identity(award: Award) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": award.person.display_name,
        "identityType": "name",
    }


def _evidence(award: Award) -> list[dict[str, Any]]:
    """The figures, or what someone wrote; of a secret badge not what was asked for."""
    lines = evidence_lines(award, linked=False)
    asked = not award.badge.secret
    parts = [(line.name, line.value, line.when, line.asked if asked else "") for line in lines]
    said = [" · ".join(filter(None, each)) for each in parts] or [award.reason]
    return [{"type": ["Evidence"], "narrative": text} for text in said if text]


def _ends(award: Award) -> datetime | None:
    """The end of the last day on which the award holds, in the company's time."""
    if award.expires_on is None:
        return None
    zone = ZoneInfo(Company.current().time_zone)
    return datetime.combine(award.expires_on, time(23, 59, 59), zone)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
