"""Django admin, for administrators only: to look things up and mend what has no page of its own.

Who is in which team changes through the pages and files alone, because totals follow a change.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db import models
from django.http import HttpRequest

from incentives.org.forms import DayField
from incentives.org.models import (
    Alias,
    Company,
    Membership,
    Person,
    Position,
    RoleGrant,
    Site,
    Supervision,
    Team,
)


def _administrators_only(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and request.user.is_staff


# Typed as a plain attribute on purpose: the one site of the project has no class of its own.
cast("Any", admin.site).has_permission = _administrators_only


# The admin's days are of the same years as everyone's.
DAYS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.DateField: {"form_class": DayField, "widget": AdminDateWidget}
}


class ReadOnly:
    """Rows to look at; operations elsewhere change them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes here: history is kept."""
        return False


class MembershipRows(ReadOnly, admin.TabularInline[Membership, Person]):
    model = Membership
    extra = 0


class SupervisionRows(ReadOnly, admin.TabularInline[Supervision, Person]):
    model = Supervision
    extra = 0


class PositionRows(ReadOnly, admin.TabularInline[Position, Person]):
    model = Position
    extra = 0


class AliasRows(ReadOnly, admin.TabularInline[Alias, Person]):
    model = Alias
    extra = 0


class RoleRows(ReadOnly, admin.TabularInline[RoleGrant, Person]):
    model = RoleGrant
    extra = 0


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    """People are made, named and let go on their pages, which check what a name may be."""

    list_display = ("display_name", "key", "login", "is_active", "left_on")
    list_filter = ("is_active", "locale", "role_grants__role")
    search_fields = ("display_name", "key", "login", "email", "aliases__key")
    fields = ("display_name", "key", "login", "email", "locale", "time_zone", "hired_on",
              "employment_share", "left_on", "is_active", "last_login")  # fmt: skip
    readonly_fields = ("display_name", "key", "login", "email", "left_on", "is_active",
                       "last_login")  # fmt: skip
    formfield_overrides = DAYS
    inlines = (MembershipRows, SupervisionRows, PositionRows, RoleRows, AliasRows)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People are added on their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Leaving is an operation on the person's page; history stays."""
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """Teams are archived, never deleted."""

    list_display = ("name", "key", "site", "archived_on")
    list_filter = ("site",)
    search_fields = ("name", "key")
    formfield_overrides = DAYS

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        """Facts point at teams."""
        return False


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin[Site]):
    """Places."""

    list_display = ("name", "key")
    search_fields = ("name", "key")


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    """The one row of the company."""

    list_display = ("name", "time_zone", "locale", "currency", "country")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one already."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        """There is always one."""
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnly, admin.ModelAdmin[Membership]):
    """Who was in which team."""

    list_display = ("person", "team", "starts_on", "ends_on")
    list_filter = ("team",)
    search_fields = ("person__display_name", "person__key", "team__name")
    list_select_related = ("person", "team")


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnly, admin.ModelAdmin[RoleGrant]):
    """Who may do what."""

    list_display = ("person", "role", "team", "site")
    list_filter = ("role",)
    search_fields = ("person__display_name", "person__key")
    list_select_related = ("person", "team", "site")
