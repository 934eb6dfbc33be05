"""E-mail addresses that a link for a new password may go to: those that somebody has confirmed.

An administrator confirms an address by writing it on the person's page, a person by following a
link that was mailed to it while signed in. What a file says is not confirmed by anyone: else
whoever writes a people file could have the links of others sent to themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from incentives.org.models import Person

_SALT = "incentives.org.addresses"
LINK_SECONDS = 3 * 24 * 3600


def with_confirmed_address(address: str) -> QuerySet[Person]:
    """Those whose confirmed address this is; it is one person at most, and one who may sign in."""
    people: QuerySet[Person] = Person.objects.filter(is_active=True)
    return people.filter(CONFIRMED, email__iexact=address)


#: True of people whose address of now is confirmed.
CONFIRMED = Exists(
    EmailAddress.objects.filter(
        user=OuterRef("pk"), verified=True, email=Lower(OuterRef("email"))
    ).order_by()
)


def is_confirmed(person: Person) -> bool:
    """Whether the person's address of now is confirmed."""
    return bool(person.email) and Person.objects.filter(CONFIRMED, pk=person.pk).exists()


def confirm(person: Person) -> None:
    """Confirm the person's address of now; earlier ones of theirs no longer count.

    Raises ValidationError when it is the confirmed address of somebody else.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        forget(person)
        if person.email:
            refuse_if_taken(person.email, by=person.pk)
            EmailAddress.objects.create(
                user=person, email=person.email.lower(), verified=True, primary=True
            )


def refuse_if_taken(address: str, *, by: int | None) -> None:
    """Raise ValidationError when an address is the confirmed one of somebody else."""
    others = EmailAddress.objects.filter(verified=True, email=address.lower())
    if others.exclude(user=by).exists():
        raise ValidationError(
            _("Someone else has confirmed this address: links for a new password go to one person.")
        )


def forget(person: Person) -> None:
    """Nothing is confirmed for this person any more."""
    EmailAddress.objects.filter(user=person.pk).delete()


def confirm_many(people: Iterable[Person]) -> None:
    """Confirm the addresses of many; of several people with one address only the first gets it."""
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=person, email=person.email.lower(), verified=True, primary=True)
            for person in people
            if person.email
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )


def key_for(person: Person) -> str:
    """What stands in the link by which a person confirms their address of now."""
    return signing.dumps([person.pk, person.email], salt=_SALT)


def is_key_of(person: Person, key: str) -> bool:
    """Whether a link is this person's, for their address of now, and not too old."""
    try:
        named = signing.loads(key, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return False
    return bool(named == [person.pk, person.email] and person.email)
