"""Badges that leave the house: the owner's page, and what the public may read and check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from badges.awards.medals import award_medal
from badges.awards.models.awards import Award
from badges.credentials import checking, documents, issuing, status
from badges.credentials import keys as credentials_keys
from badges.credentials.checking import CredentialFinding, finding_of
from badges.credentials.issuing import signed_status_list
from badges.credentials.models import Credential, SigningKey
from badges.credentials.picture import medal_svg
from incentives.org.access import require_role, signed_in
from incentives.org.models import Company
from incentives.org.refusals import Refused

MOST_BYTES = 200_000
JWT = "application/vc+jwt"
SVG = "image/svg+xml"


def public_base(request: HttpRequest) -> str:
    """The installation's address as credentials name it, without a slash at the end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


# The owner's page


@require_http_methods(["GET", "POST"])
@login_required
def credential(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an award of one's own along: sign it, download it, open or close its public page."""
    owner = signed_in(request)
    awards = Award.objects.select_related("badge", "version", "person", "credential")
    award = get_object_or_404(awards.filter(person=owner), public_id=public_id)
    problem = ""
    if request.method == "POST":
        try:
            text = _act(request, award)
        except Refused as error:
            problem = str(error)
        else:
            messages.success(request, text)
            return redirect("badges:credential", public_id=public_id)
    signed = getattr(award, "credential", None)
    context = {
        "award": award,
        "medal": award_medal(award, on=owner.company_today),
        "held": award.is_held(on=owner.company_today),
        "credential": signed,
        "link": f"{public_base(request)}{_address(signed)}" if signed else "",
        "problem": problem,
    }
    return render(request, "badges/credential.html", context, status=422 if problem else 200)


def _act(request: HttpRequest, award: Award) -> str:
    action, signed = request.POST.get("action", ""), getattr(award, "credential", None)
    if action == "unshare" and signed:
        issuing.unshare(credential=signed)
        return _("The public page is closed. Files that others have stay valid.")
    if action not in ("sign", "share"):
        raise Http404
    if action == "sign" or signed is None:
        figures = request.POST.get("with_evidence") == "on"
        signed = issuing.issue(
            award=award,
            by=signed_in(request),
            base=public_base(request),
            with_evidence=figures,
        )
    if action == "share":
        issuing.share(credential=signed)
        return _("Whoever has the link can see this badge now.")
    return _("Your badge is signed: download it and keep it.")


def _address(signed: Credential) -> str:
    return reverse("badges:verify_one", args=[signed.public_id])


@require_GET
@login_required
def own_file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """One's own signed badge as a file, whether shared or not."""
    owned = _stored().filter(award__person=signed_in(request), award__public_id=public_id)
    return _file(get_object_or_404(owned), kind)


def _stored() -> Any:
    return Credential.objects.select_related("award__badge", "award__version", "award__person")


def _file(signed: Credential, kind: str) -> HttpResponse:
    name = f"{signed.award.badge.key}-{signed.award.tier}.{kind}"
    if kind == "svg":
        text = medal_svg(signed.award.badge, signed.award.tier, token=signed.token)
        answer = HttpResponse(text, content_type=SVG)
    else:
        answer = HttpResponse(signed.token, content_type=JWT)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# What everyone may read


@require_GET
def verify_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The public page of a badge that its owner shares: what, who, when, and whether it holds."""
    signed = _shared(public_id)
    found = finding_of(signed, now=timezone.now())
    return render(request, "badges/verify.html", _told(found))


@require_GET
def public_file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """A shared badge as a file."""
    return _open(_file(_shared(public_id), kind))


def _shared(public_id: UUID) -> Credential:
    found: Credential = get_object_or_404(
        _stored().exclude(shared_at=None).filter(key__compromised_at=None), public_id=public_id
    )
    return found


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a badge that somebody holds in their hands: a file or a token."""
    if request.method == "GET":
        return render(request, "badges/verify.html", {})
    sent = request.FILES.get("file")
    text = request.POST.get("token", "")
    if sent is not None:
        if (sent.size or 0) > MOST_BYTES:
            text = ""
        else:
            text = sent.read().decode("utf-8", errors="replace")
    found = checking.check(text[:MOST_BYTES], now=timezone.now())
    return render(request, "badges/verify.html", _told(found), status=200 if found.holds else 422)


def _told(found: CredentialFinding) -> dict[str, Any]:
    if found.credential is None or found.claims is None:
        return {"finding": found}
    award = found.credential.award
    subject = found.claims["credentialSubject"]
    return {
        "finding": found,
        "award": award,
        "medal": award_medal(award, on=Company.current().today()),
        "company": found.claims["issuer"]["name"],
        "criteria": subject["achievement"]["criteria"]["narrative"],
        "description": subject["achievement"]["description"],
        "language": subject["achievement"]["inLanguage"],
        "evidence": [each["narrative"] for each in found.claims.get("evidence", [])],
        "files": found.credential if found.credential.shared_at else None,
    }


@require_GET
@cache_control(public=True, max_age=3600)
def did(request: HttpRequest) -> HttpResponse:
    """The issuer's keys, the earlier ones included, for whoever resolves its did:web."""
    credentials_keys.current_key()
    keys = SigningKey.objects.filter(compromised_at=None)
    return _open(JsonResponse(documents.did_document(public_base(request), keys)))


@require_GET
@cache_control(public=True, max_age=3600)
def keys(request: HttpRequest) -> HttpResponse:
    """The same keys as a JSON Web Key Set."""
    credentials_keys.current_key()
    found = [key.public for key in SigningKey.objects.filter(compromised_at=None)]
    return _open(JsonResponse({"keys": found}))


@require_GET
@cache_control(public=True, max_age=3600)
def issuer(request: HttpRequest) -> HttpResponse:
    """The issuer's profile."""
    return _open(JsonResponse(documents.profile(public_base(request))))


@require_GET
@cache_control(public=True, max_age=300)
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """A list of which credentials were revoked, signed; it names nobody."""
    if number >= status.lists():
        raise Http404
    token = signed_status_list(public_base(request), number, status.revoked_in(number))
    return _open(HttpResponse(token, content_type=JWT))


@require_GET
@cache_control(public=True, max_age=3600)
def achievement(
    request: HttpRequest, key: str, version: int, tier: str, kind: str = "json"
) -> HttpResponse:
    """What a signed badge was given for, or its picture; only for badges that somebody has signed."""
    signed = _stored().filter(
        award__badge__key=key, award__version__version=version, award__tier=tier
    )
    first = signed.order_by("pk").first()
    if first is None:
        raise Http404
    if kind == "svg":
        return _open(HttpResponse(medal_svg(first.award.badge, tier), content_type=SVG))
    with translation.override(Company.current().locale):
        return _open(JsonResponse(documents.achievement(first.award, first.base)))


def _open(answer: HttpResponse) -> HttpResponse:
    """Let checkers that run in other sites' pages read it."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# The keys, for administrators


@require_http_methods(["GET", "POST"])
@require_role("administrator")
def signing_keys(request: HttpRequest) -> HttpResponse:
    """The keys that badges are signed with, and putting a new one in place."""
    if request.method == "POST":
        compromised = request.POST.get("why") == "compromised"
        credentials_keys.rotate(compromised=compromised)
        many = issuing.renew()
        if compromised:
            text = _("A new key signs from now on; %(n)s badges were signed anew.") % {"n": many}
        else:
            text = _("A new key signs from now on; what the old one signed stays valid.")
        messages.success(request, text)
        return redirect("badges:signing_keys")
    credentials_keys.current_key()
    context = {"keys": SigningKey.objects.all(), "did": documents.issuer_did(public_base(request))}
    return render(request, "badges/signing_keys.html", context)
