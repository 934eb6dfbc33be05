"""Roles, and what they are granted for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked


class Role(models.TextChoices):
    """What someone may do; a person can have several."""

    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    HR = "hr", _("HR")
    EXECUTIVE = "executive", _("Executive")
    ADMINISTRATOR = "administrator", _("Administrator")


@tracked()
class RoleGrant(models.Model):
    """A role given to a person: for the whole company, or a supervisor's or manager's scope."""

    person = models.ForeignKey(
        "org.Person", on_delete=models.CASCADE, related_name="role_grants", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    team = models.ForeignKey(
        "org.Team",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="role_grants",
        verbose_name=_("team"),
    )
    site = models.ForeignKey(
        "org.Site",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="role_grants",
        verbose_name=_("site"),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["person", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "team", "site"],
                nulls_distinct=False,
                name="org_role_granted_once",
            ),
            models.CheckConstraint(
                name="org_role_scope",
                condition=Q(team__isnull=True, site__isnull=True)
                | Q(role=Role.SUPERVISOR, site__isnull=True)
                | (Q(role=Role.MANAGER) & (Q(team__isnull=True) | Q(site__isnull=True))),
                violation_error_message=_(
                    "Only a supervisor (team) or a manager (team or site) can have a scope."
                ),
            ),
            models.CheckConstraint(name="org_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {Role(self.role).label}"
