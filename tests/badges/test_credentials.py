"""Badges that leave the house: another library must agree, and nothing private may go along."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jwt.algorithms import OKPAlgorithm
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from badges.awards.revoking import revoke
from badges.credentials import checking, issuing, keys
from badges.credentials.documents import LIST_SIZE, encoded
from badges.credentials.keys import KEYS_LOCK, KeyUnreadable, private_key
from badges.models import Award, Credential, SigningKey
from incentives import nightly
from incentives.org.refusals import Refused
from scoring.figures.changes import Changes
from tests.badges.badge_data import REASON, badge_for_pages, won
from tests.org.cast import Cast
from tests.scoring.processes import blocking

pytestmark = pytest.mark.django_db
BASE = "https://incentives.example"
DID = "did:web:incentives.example"


@pytest.fixture
def award(cast: Cast, settings: Any) -> Award:
    """A badge that the agent holds, in an installation with an address of its own."""
    settings.PUBLIC_URL = BASE
    return earned(cast)


def earned(cast: Cast) -> Award:
    badge = badge_for_pages("praise", "bronze", "silver", today=cast.agent.company_today)
    return won(badge, cast.agent)


def signed(award: Award, **how: Any) -> Credential:
    fields = {"with_evidence": False} | how
    return issuing.issue(award=award, by=award.person, base=BASE, **fields)


class Web:
    """What a checker elsewhere would download from us."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        assert url.startswith(f"{BASE}/"), url
        self.asked.append(url)
        answer = self.client.get(url.removeprefix(BASE))
        assert answer.status_code == 200, url
        assert answer["Access-Control-Allow-Origin"] == "*"
        return bytes(answer.content)


def independent(credential: Credential, web: Web, token: str = "") -> Any:
    """The credential as openbadgeslib reads it, its issuer's keys and status looked up."""
    verifier = OB3Verifier.for_issuer_did(DID, download=web)
    return verifier.verify(token or credential.token, check_status=True, download=web)


def test_another_library_finds_the_badge_genuine(award: Award) -> None:
    credential = signed(award)
    web = Web(Client())
    found = independent(credential, web)
    assert found.id == f"urn:uuid:{credential.public_id}"
    assert found.issuer.id == DID
    assert found.achievement.name.startswith(award.badge.name)
    assert found.achievement.criteria_narrative
    assert [each.identity_hash for each in found.identifiers] == [award.person.display_name]
    assert web.asked == [f"{BASE}/.well-known/did.json", f"{BASE}/credentials/status/0"]


def test_what_was_changed_after_signing_is_refused_by_both(award: Award) -> None:
    credential = signed(award)
    head, body, proof = credential.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody else"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    token = f"{head}.{forged}.{proof}"
    with pytest.raises(OB3VerificationError):
        independent(credential, Web(Client()), token)
    assert not checking.check(token, now=timezone.now()).holds


def test_a_badge_signed_by_a_key_of_its_own_is_not_ours(award: Award) -> None:
    credential = signed(award)
    stranger = Ed25519PrivateKey.generate()
    claims = dict(checking.check(credential.token, now=timezone.now()).claims or {})
    header = {"jwk": json.loads(OKPAlgorithm.to_jwk(stranger.public_key()))}
    token = jwt.encode(claims, stranger, algorithm="EdDSA", headers=header)
    assert not checking.check(token, now=timezone.now()).holds
    with pytest.raises(OB3VerificationError):
        independent(credential, Web(Client()), token)


def test_revoked_badges_are_on_the_list_and_only_they(award: Award, cast: Cast) -> None:
    credential = signed(award)
    other = signed(won(award.badge, cast.teammate))
    revoke(award=award, by=cast.manager, reason="It was given by mistake.")
    with pytest.raises(OB3VerificationError, match="revocation"):
        independent(credential, Web(Client()))
    assert independent(other, Web(Client()))
    assert not checking.check(credential.token, now=timezone.now()).holds


def test_an_expired_badge_no_longer_holds(award: Award) -> None:
    soon = award.person.company_today + timedelta(days=5)
    credential = signed(won(award.badge, award.person, tier="silver", expires_on=soon))
    assert checking.check(credential.token, now=timezone.now()).holds
    later = checking.check(credential.token, now=timezone.now() + timedelta(days=8))
    assert (later.holds, later.text) == (False, "This badge has expired.")


def test_earlier_keys_go_on_proving_what_they_signed(award: Award, cast: Cast) -> None:
    credential = signed(award)
    first = SigningKey.objects.get()
    second = keys.rotate()
    newer = signed(won(award.badge, cast.teammate))
    assert (credential.key, newer.key) == (first, second)
    for each in (credential, newer):
        assert independent(each, Web(Client()))


def test_a_key_that_became_known_is_no_longer_believed(award: Award) -> None:
    credential = signed(award)
    stolen = credential.token
    keys.rotate(compromised=True)
    assert not checking.check(stolen, now=timezone.now()).holds
    assert (issuing.renew(), issuing.renew()) == (1, 0)
    renewed = Credential.objects.get()
    assert (renewed.public_id, renewed.pk) == (credential.public_id, credential.pk)
    with pytest.raises(OB3VerificationError):
        independent(renewed, Web(Client()), stolen)
    assert independent(renewed, Web(Client()))


def test_the_picture_carries_the_proof(award: Award, client: Client) -> None:
    signed(award)
    client.force_login(award.person)
    answer = client.get(reverse("badges:own_file", args=[award.public_id, "svg"]))
    token = OB3Verifier.extract_token_from_svg(answer.content)
    assert independent(award.credential, Web(Client()), token)
    assert checking.check(answer.content.decode(), now=timezone.now()).holds
    assert "var(" not in answer.content.decode()


def test_figures_leave_the_house_only_when_asked_for(award: Award) -> None:
    assert "evidence" not in claims_of(signed(award))
    assert claims_of(signed(award, with_evidence=True))["evidence"]
    assert Credential.objects.count() == 1


def test_what_was_written_for_a_badge_leaves_the_house_only_when_asked_for(
    cast: Cast, settings: Any
) -> None:
    settings.PUBLIC_URL = BASE
    kind = badge_for_pages("calm", today=cast.agent.company_today, way="granted")
    award = won(kind, cast.agent, evidence=[], granted_by=cast.supervisor, reason=REASON)
    plain = signed(award)
    assert REASON not in json.dumps(claims_of(plain))
    here = f"/credentials/achievements/calm/1/{award.tier}"
    told = claims_of(signed(award, with_evidence=True))["evidence"]
    assert [each["narrative"] for each in told] == [REASON]
    assert REASON not in Client().get(here).content.decode()


def test_what_a_secret_badge_is_for_stays_a_secret(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = BASE
    hidden = badge_for_pages(
        "owl", today=cast.agent.company_today, secret=True, about_en="Work after midnight."
    )
    award = won(hidden, cast.agent)
    credential = signed(award, with_evidence=True)
    here = f"/credentials/achievements/owl/1/{award.tier}"
    for said in (json.dumps(claims_of(credential)), Client().get(here).content.decode()):
        assert "Owl" in said
        assert not [each for each in ("midnight", "at least", "92 %") if each in said]
    assert "94.1" in claims_of(credential)["evidence"][0]["narrative"]


def test_in_production_nothing_is_signed_before_the_address_is_set(
    award: Award, settings: Any, client: Client
) -> None:
    settings.PUBLIC_URL, settings.DEVELOPMENT = "", False
    client.force_login(award.person)
    mine = reverse("badges:credential", args=[award.public_id])
    for action in ("sign", "share"):
        answer = client.post(mine, {"action": action})
        assert (answer.status_code, "PUBLIC_URL" in answer.content.decode()) == (422, True)
    assert not Credential.objects.exists()


def test_the_night_signs_anew_what_was_cut_off(award: Award, settings: Any) -> None:
    credential = signed(award, with_evidence=True)
    keys.rotate(compromised=True)
    (step,) = [each for each in nightly.steps() if each.name == "keys"]
    assert step.run(Changes(award.awarded_on)).counts == {"signed": 1}
    assert claims_of(Credential.objects.get())["evidence"]
    assert Credential.objects.get().key != credential.key
    keys.rotate(compromised=True)
    settings.SECRET_KEY = "another secret, long enough"
    assert "SECRET_KEY_FALLBACKS" in step.run(Changes(award.awarded_on)).line


def claims_of(credential: Credential) -> dict[str, Any]:
    return dict(checking.check(credential.token, now=timezone.now()).claims or {})


def test_nobody_signs_what_is_not_theirs_or_not_held(award: Award, cast: Cast) -> None:
    with pytest.raises(Refused):
        issuing.issue(award=award, by=cast.teammate, base=BASE, with_evidence=False)
    revoke(award=award, by=cast.manager, reason="It was given by mistake.")
    award.refresh_from_db()
    with pytest.raises(Refused):
        signed(award)


def test_the_public_page_is_there_only_while_it_is_shared(
    award: Award, client: Client, cast: Cast
) -> None:
    mine = reverse("badges:credential", args=[award.public_id])
    client.force_login(cast.teammate)
    assert client.get(mine).status_code == 404
    client.force_login(award.person)
    assert client.post(mine, {"action": "sign"}).status_code == 302
    public = reverse("badges:verify_one", args=[award.credential.public_id])
    file = reverse("badges:public_file", args=[award.credential.public_id, "jwt"])
    visitor = Client()
    assert [visitor.get(url).status_code for url in (public, file)] == [404, 404]
    client.post(mine, {"action": "share"})
    page = visitor.get(public)
    assert page.status_code == 200
    assert award.person.display_name in page.content.decode()
    assert visitor.get(file).content.decode() == award.credential.token
    revoke(award=award, by=cast.manager, reason="It was given by mistake.")
    told = visitor.get(public).content.decode()
    for words in ("This badge was revoked.", "Revoked on", award.badge.name, "Customer satisf"):
        assert words in told
    assert "by mistake" not in told
    client.post(mine, {"action": "unshare"})
    assert visitor.get(public).status_code == 404


def test_anyone_can_check_a_file_or_a_text(award: Award, client: Client) -> None:
    credential = signed(award)
    address = reverse("badges:verify")
    assert client.get(address).status_code == 200
    good = client.post(address, {"token": f"  {credential.token}\n"})
    assert (good.status_code, "genuine" in good.content.decode()) == (200, True)
    for text in ("", "nonsense", "a.b.c", credential.token[:-4] + "AAAA", "<svg/>"):
        assert client.post(address, {"token": text}).status_code == 422


def test_unknown_lists_keys_and_achievements_do_not_exist(award: Award, client: Client) -> None:
    key = award.badge.key
    here = f"/credentials/achievements/{key}/{award.version.version}/{award.tier}"
    assert client.get(here).status_code == 404
    signed(award)
    assert client.get(here).json()["id"] == f"{BASE}{here}"
    assert client.get(f"{here}.svg")["Content-Type"] == "image/svg+xml"
    assert client.get("/credentials/status/1").status_code == 404
    assert client.get(reverse("badges:verify_one", args=[uuid4()])).status_code == 404
    assert client.get("/credentials/issuer").json()["id"] == DID
    kids = [each["x"] for each in client.get("/credentials/keys").json()["keys"]]
    assert kids == [SigningKey.objects.get().public["x"]]
    assert "d" not in client.get("/credentials/keys").json()["keys"][0]


def test_only_an_administrator_changes_keys(award: Award, client: Client, cast: Cast) -> None:
    address = reverse("badges:signing_keys")
    for person, status in ((cast.agent, 403), (cast.manager, 403), (cast.administrator, 200)):
        client.force_login(person)
        assert client.get(address).status_code == status
    signed(award)
    assert client.post(address, {"why": "compromised"}).status_code == 302
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    assert Credential.objects.get().key.retired_at is None


def test_a_bit_stands_where_the_specification_counts_it() -> None:
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded([0, 9, LIST_SIZE - 1])[1:] + "=="))
    assert (bits[0], bits[1], bits[-1], len(bits)) == (0x80, 0x40, 0x01, LIST_SIZE // 8)


def test_private_keys_are_closed_by_the_secret(award: Award, settings: Any) -> None:
    key = keys.current_key()
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another secret, long enough"
    with pytest.raises(KeyUnreadable):
        private_key(key)
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert private_key(key)


@pytest.mark.parametrize("model", [SigningKey, Credential])
def test_keys_and_credentials_stay(award: Award, model: Any) -> None:
    signed(award)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.django_db(transaction=True)
def test_keys_are_not_replaced_while_somebody_signs(cast: Cast) -> None:
    award = earned(cast)
    keys.current_key()
    with blocking(f"SELECT pg_advisory_xact_lock_shared({KEYS_LOCK})"):
        signed(award)
        with pytest.raises(OperationalError, match="lock timeout"), impatient():
            keys.rotate()
    late = pytest.raises(OperationalError, match="lock timeout")
    with blocking(f"SELECT pg_advisory_xact_lock({KEYS_LOCK})"), late, impatient():
        signed(award)


@contextmanager
def impatient() -> Iterator[None]:
    """A transaction that does not wait long for locks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        yield


@pytest.mark.django_db(transaction=True)
def test_eight_first_signatures_at_once_make_one_key_and_one_credential(cast: Cast) -> None:
    award = earned(cast)
    start, found = Barrier(8, timeout=120), list[UUID]()

    def sign() -> None:
        try:
            start.wait()
            found.append(signed(award).public_id)
        finally:
            connection.close()

    threads = [Thread(target=sign) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (8, 1)
    assert SigningKey.objects.count() == 1
