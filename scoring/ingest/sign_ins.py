"""What an import may change about people who can sign in, and what it did change."""

from __future__ import annotations

from django.utils.translation import gettext as _

from incentives.org.models import Person, Role
from incentives.org.people import Sender, SignInChange
from scoring.models import Import


def sender_of(run: Import) -> Sender:
    """What this import may change for people who can sign in, and for its sender."""
    by = run.created_by
    if by is None:  # the shell, or the drop folder, which confirms nothing
        return Sender(everything=run.changes_sign_ins)
    if not by.has_role(Role.ADMINISTRATOR):
        return Sender(outsider=by.pk, page=True)
    if run.dry_run:
        return Sender(page=True, everything=True)
    return Sender(page=True, approved=_approved(run))


def sign_ins_of(run: Import) -> list[dict[str, str]]:
    """What an import changes for people who can sign in, in words: person, what, before, after."""
    names = {"login": _("login name"), "email": _("e-mail"), "role": _("role"),
             "supervisor": _("supervises")}  # fmt: skip
    people = Person.objects.in_bulk([change["person"] for change in run.sign_ins])
    return [
        {
            "name": str(people[change["person"]]),
            "key": people[change["person"]].key,
            "what": names[change["field"]],
            "before": change["before"] or "–",
            "after": change["after"] or "–",
        }
        for change in run.sign_ins
    ]


def _approved(run: Import) -> frozenset[SignInChange]:
    """What the dry run showed that an administrator confirmed, if it was of the same file."""
    trial = run.trial
    if trial is None or not run.changes_sign_ins:
        return frozenset()
    same = (trial.digest, trial.source_id) == (run.digest, run.source_id)
    return frozenset(SignInChange(**change) for change in trial.sign_ins) if same else frozenset()
