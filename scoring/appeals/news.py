"""Whom an appeal concerns, and in which words the bell tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.models import Company, Membership, Role, Supervision
from incentives.org.notices import NoticeKind, notify
from incentives.org.roles import grants_of, ids_of
from scoring.models import (
    Appeal,
)

Data = Mapping[str, Any]


def appeal_raised(appeal: Appeal) -> None:
    """Ask whoever decides it."""
    kind = "appeal_handed_on" if appeal.escalated_at else "appeal_to_decide"
    notify(
        people=deciders(appeal),
        kind=kind,
        source_key=str(appeal.pk),
        data=_about(appeal) | {"due": appeal.due_on.isoformat()},
        url=reverse("scoring:appeal", args=[appeal.pk]),
    )


def appeal_decided(appeal: Appeal) -> None:
    """Tell whoever raised it that there is an answer."""
    notify(
        people=[appeal.agent_id],
        kind="appeal_decided",
        source_key=str(appeal.pk),
        data=_about(appeal) | {"granted": appeal.status == Appeal.Status.GRANTED},
        url=reverse("scoring:appeal", args=[appeal.pk]),
    )


def _about(appeal: Appeal) -> dict[str, Any]:
    name = appeal.agent.display_name
    return {"about": appeal.about, "id": appeal.external_id, "name": name}


def deciders(appeal: Appeal) -> set[int]:
    """Ids of the people who are asked for a decision: supervisors, once handed on managers.

    Where there is nobody of the kind, the next one: managers, then administrators.
    """
    today = Company.current().today()
    memberships = Membership.objects.filter(person=appeal.agent_id)
    teams = memberships.active(on=today) | memberships.active(on=appeal.day)
    ids, sites = ids_of(teams, "team"), ids_of(teams, "team__site")
    themselves = {appeal.agent_id, appeal.claimed_for_id}
    found: set[int] = set()
    if appeal.escalated_at is None and appeal.due_on >= today:
        supervisions = Supervision.objects.active(on=today).filter(team__in=ids)
        granted = grants_of(Role.SUPERVISOR).filter(team__in=ids)
        found = (ids_of(supervisions, "person") | ids_of(granted, "person")) - themselves
    if not found:
        reach = Q(team__in=ids) | Q(site__in=sites) | Q(team=None, site=None)
        found = ids_of(grants_of(Role.MANAGER).filter(reach), "person") - themselves
    return found or ids_of(grants_of(Role.ADMINISTRATOR), "person") - themselves


def _day(data: Data, name: str) -> str:
    return date_format(date.fromisoformat(data[name]), "DATE_FORMAT")


def _decided(data: Data) -> str:
    if data["about"] == Appeal.About.SCORE:
        if data["granted"]:
            return _("Your appeal about a score is granted.")
        return _("Your appeal about a score is answered. Read the reason.")
    if data["granted"]:
        return _("Your appeal about ticket %(id)s is granted.") % data
    return _("Your appeal about ticket %(id)s is answered. Read the reason.") % data


def _to_decide(data: Data) -> str:
    words = {**data, "due": _day(data, "due")}
    if data["about"] == Appeal.About.SCORE:
        return _("%(name)s contests a score. Please decide by %(due)s.") % words
    return _("%(name)s contests ticket %(id)s. Please decide by %(due)s.") % words


def _handed_on(data: Data) -> str:
    return _("An appeal of %(name)s has come to you for a decision.") % data


KINDS = (
    NoticeKind("appeal_decided", "agreements", "check", _decided),
    NoticeKind("appeal_to_decide", "tasks", "warning", _to_decide),
    NoticeKind("appeal_handed_on", "tasks", "warning", _handed_on),
)
