"""What people give to people (points, badges): to whom, with which reason, once, out of a budget."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incentives.org.inputs import whole_number
from incentives.org.models import Person, Role
from incentives.org.querysets import PersonQuerySet
from incentives.org.refusals import Refused
from incentives.org.wording import Language
from scoring.models import PointDecision
from scoring.points.decisions import SHORTEST_REASON, decide, teams_of

GIVERS = (Role.SUPERVISOR, Role.MANAGER)


def recipients(by: Person) -> PersonQuerySet:
    """People to whom someone may give: those they lead, without themselves."""
    led: PersonQuerySet = Person.objects.decided_by(by)
    if not by.has_role(*GIVERS):
        return led.none()
    return led.active(on=by.company_today).exclude(pk=by.pk)


def may_give(*, by: Person, to: Person) -> bool:
    """Whether someone may give to this person."""
    return recipients(by).filter(pk=to.pk).exists()


def require_reason(reason: str, wanted: str) -> str:
    """The reason without spaces around it. Raises Refused with `wanted` where it is no sentence."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(wanted)
    return reason.strip()


def set_aside(
    *,
    kind: str,
    to: Person,
    points: int,
    by: Person,
    on: date,
    said: dict[Language, str],
    subject: int | None = None,
) -> PointDecision:
    """Take what one person is given out of the giver's budget of the month of `on`. Raises Refused."""
    return decide(
        kind=kind,
        subject=subject,
        by=by,
        on=on,
        each=points,
        people=[to.pk],
        said=said,
        teams=teams_of(to.pk, on=on),
    )


def reason_field(label: Any, wanted: Any) -> forms.CharField:
    """The field of a reason that the person reads; `wanted` says so where it is too short."""
    return forms.CharField(
        label=label,
        help_text=gettext_lazy("One or two sentences. They read it."),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"min_length": wanted},
    )


def recipient_field() -> forms.ModelChoiceField[Person]:
    """The field of who gets it; `GivingForm` offers the recipients."""
    return forms.ModelChoiceField(Person.objects.none(), label=pgettext_lazy("person", "To"))


class GivingForm(forms.Form):
    """Something given by a person to the one in the field `TO`; the token makes a double click one.

    `wanted` is the id of the person to offer first, as an address has it.
    """

    TO: ClassVar[str] = "person"
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, people: PersonQuerySet, wanted: str = "") -> None:
        super().__init__(data, initial={self.TO: wanted} if whole_number(wanted) else None)
        to = cast("forms.ModelChoiceField[Person]", self.fields[self.TO])
        to.queryset = people.order_by("display_name", "key")
        to.empty_label = _("Choose")
