"""What whoever brings a file may change about people who can sign in.

Addresses, login names, roles and supervised teams decide who gets into whose account and what they
may do there. They change on the pages; by a file only as an administrator has seen and confirmed
it after a dry run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.utils.translation import gettext as _

from incentives.org.addresses import CONFIRMED
from incentives.org.models import Person, Supervision

#: Fields of a people file that concern how someone signs in; a role is one as well.
GUARDED = ("login", "email")


@dataclass(frozen=True, slots=True)
class SignInChange:
    """One thing that changes, in the words of the file; empty: there was, or will be, none."""

    person: int
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who brings a file. The default is the drop folder, which HR's own system fills.

    `outsider` is the id of someone who sent it by a page and is no administrator: they change
    nothing about themselves, and end nobody's access. `page` files do not say who supervises whom
    among those who can sign in, unless it is in `approved`. `everything` is for dry runs that
    show the changes, and for the shell.
    """

    outsider: int | None = None
    page: bool = False
    everything: bool = False
    approved: frozenset[SignInChange] = frozenset()

    def may(self, change: SignInChange) -> bool:
        """Whether the change may be made."""
        return self.everything or change in self.approved


@dataclass(slots=True)
class SignInGuard:
    """Decides over the changes of one file, and notes those that are made."""

    sender: Sender
    able: frozenset[int]
    made: list[SignInChange] = field(default_factory=list)

    @classmethod
    def of(cls, sender: Sender) -> SignInGuard:
        """A guard over everyone who can sign in now: one query."""
        able = Person.objects.filter(login__isnull=False).filter(
            ~Q(("password__startswith", UNUSABLE_PASSWORD_PREFIX)) | Q(CONFIRMED)
        )
        return cls(sender, frozenset(able.order_by().values_list("pk", flat=True)))

    def refusal(self, person: int | None, name: str, before: object, after: object) -> str:
        """Why a field of a person may not become that, or ""; what may is noted as made."""
        if person is None or person not in self.able:
            return ""
        change = SignInChange(person, name, str(before or ""), str(after or ""))
        if not self.sender.may(change):
            return _(
                "This person can sign in: an administrator changes it on the person's page, or"
                " confirms the file after a dry run."
            )
        self.made.append(change)
        return ""

    def last_day_refusal(self, person: int | None) -> str:
        """Why the sender may not say when someone leaves, or ""."""
        if self.sender.outsider is None or person not in self.able:
            return ""
        return _("This person can sign in: an administrator ends their access on their page.")

    def refused_supervisors(self, team: str, *, gone: list[Supervision], added: list[int]) -> str:
        """Why these may not stop or begin to supervise a team, or ""; all of it or nothing."""
        if not self.sender.page:
            return ""
        changes = [SignInChange(row.person_id, "supervisor", team, "") for row in gone]
        changes += [SignInChange(pk, "supervisor", "", team) for pk in added]
        changes = [change for change in changes if change.person in self.able]
        if not all(self.sender.may(change) for change in changes):
            return _(
                "Whoever supervises a team and can sign in changes on the team's page, or when an"
                " administrator confirms the file after a dry run."
            )
        self.made += changes
        return ""
