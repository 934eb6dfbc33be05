"""People: agents in the facts, users of the pages, or both; and their other keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.dated import covers
from incentives.org.models.company import LOCALES, Company, validate_time_zone
from incentives.org.models.history import tracked
from incentives.org.models.roles import Role
from incentives.org.querysets import PersonQuerySet

#: The days of which someone belongs to the company: nobody without access has any, unless they left.
_EMPLOYED = "{0}.hired_on, {0}.left_on, {0}.is_active OR {0}.left_on IS NOT NULL"
# From the first day that is judged differently on; where no day is known, since always.
_NOTE_EMPLOYMENT = """
    INSERT INTO org_teamchange (person_id, first_day) VALUES (NEW.id, CASE
        WHEN (OLD.hired_on, OLD.is_active OR OLD.left_on IS NOT NULL)
            IS NOT DISTINCT FROM (NEW.hired_on, NEW.is_active OR NEW.left_on IS NOT NULL)
            THEN least(OLD.left_on, NEW.left_on)
        WHEN OLD.hired_on <> NEW.hired_on THEN least(OLD.hired_on, NEW.hired_on, OLD.left_on)
        ELSE DATE '1900-01-01' END);
    RETURN NULL;
"""


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Makes people who can sign in; reads come from PersonQuerySet."""

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person with a login; the key is the login unless given."""
        fields.setdefault("key", login)
        fields.setdefault("display_name", login)
        person: Person = self.model(login=login, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> Person:
        """Create an administrator (the createsuperuser command)."""
        person = self.create_user(login, password, **fields)
        person.role_grants.create(role=Role.ADMINISTRATOR)
        return person


@tracked(exclude=["password", "last_login", "cards_put_away"])
class Person(AbstractBaseUser):
    """Someone of the company: an agent in the facts, a user of these pages, or both."""

    login = models.CharField(_("login name"), max_length=150, unique=True, null=True, blank=True)
    key = models.CharField(
        _("key"), max_length=200, unique=True, help_text=_("The agent's key in exports.")
    )
    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    locale = models.CharField(_("language"), max_length=10, choices=LOCALES, default="en")
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    employment_share = models.DecimalField(
        _("employment share"), max_digits=4, decimal_places=3, default=Decimal(1)
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Beside the person, so that asking which cards to show costs no query of its own.
    cards_put_away: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, editable=False
    )

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["display_name", "key"]
        constraints = [
            models.UniqueConstraint(Lower("login"), name="org_login_unique_any_case"),
            models.CheckConstraint(name="org_login_not_empty", condition=~Q(login="")),
            models.CheckConstraint(name="org_person_has_key", condition=~Q(key="")),
            models.CheckConstraint(
                name="org_employment_share",
                condition=Q(employment_share__gt=0, employment_share__lte=1),
                violation_error_message=_("The employment share is above 0 and at most 1."),
            ),
            models.CheckConstraint(
                name="org_hired_before_left",
                condition=Q(left_on__isnull=True)
                | Q(hired_on__isnull=True)
                | Q(left_on__gte=F("hired_on")),
                violation_error_message=_("The last day is before the first day."),
            ),
        ]
        triggers = [
            # Whichever door it came through: a page, a file, a bulk statement.
            pgtrigger.Trigger(
                name="employment_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"(({_EMPLOYED.format('OLD')}) IS DISTINCT FROM ({_EMPLOYED.format('NEW')}))"
                ),
                func=_NOTE_EMPLOYMENT,
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        """The name to greet and list this person with."""
        return self.display_name

    @cached_property
    def company_today(self) -> date:
        """The company-local date, read once per loaded person (in a view: once per request)."""
        return Company.current().today()

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles of today: granted ones, and those that a team makes (agent, supervisor)."""
        today = self.company_today
        supervising = self.supervisions.filter(covers(today)).order_by()
        member = self.memberships.filter(covers(today)).order_by()
        rows = (
            self.role_grants.order_by()
            .values_list("role")
            .union(
                supervising.values_list(models.Value(Role.SUPERVISOR.value)),
                member.values_list(models.Value(Role.AGENT.value)),
            )
        )
        return frozenset(role for (role,) in rows)

    def has_role(self, *roles: str) -> bool:
        """Whether this person is active and has at least one of the roles."""
        return self.is_active and not self.roles.isdisjoint(roles)

    @cached_property
    def sees_everyone(self) -> bool:
        """HR, executives, administrators, and managers of the whole company see all people."""
        return self.has_role(Role.HR, Role.EXECUTIVE) or self.runs_the_company

    @cached_property
    def runs_the_company(self) -> bool:
        """Administrators and managers of the whole company change what holds for everyone.

        Seeing everyone is not enough: HR who also manage one site run that site.
        """
        if self.has_role(Role.ADMINISTRATOR):
            return True
        whole = Q(role=Role.MANAGER, team__isnull=True, site__isnull=True)
        return self.has_role(Role.MANAGER) and self.role_grants.filter(whole).exists()

    def forget_roles(self) -> None:
        """Read roles again at the next question (after a grant in the same process)."""
        for name in ("roles", "sees_everyone", "runs_the_company", "company_today"):
            self.__dict__.pop(name, None)

    @property
    def is_staff(self) -> bool:
        """Django admin is for administrators only; the role is the one truth."""
        return self.has_role(Role.ADMINISTRATOR)

    @property
    def is_superuser(self) -> bool:
        """See is_staff."""
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Model permissions exist only for the Django admin: administrators have all."""
        return self.is_staff

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        """See has_perm."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """See has_perm."""
        return self.is_staff


@tracked()
class Alias(models.Model):
    """Another key under which a person appears in exports of a source ("" = any source)."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("person")
    )
    source = models.CharField(_("source"), max_length=100, blank=True, default="")
    key = models.CharField(_("key"), max_length=200)

    class Meta:
        verbose_name = _("other key")
        verbose_name_plural = _("other keys")
        ordering = ["key", "source"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="org_alias_unique"),
            models.CheckConstraint(name="org_alias_has_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return self.key
