"""Sites and teams, and the days on which people belong to or supervise them."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked
from incentives.org.models.people import Person
from incentives.org.querysets import MembershipQuerySet, SupervisionQuerySet, TeamQuerySet

#: First day of a membership whose real beginning nobody told us.
SINCE_ALWAYS = date(1900, 1, 1)


def period() -> Func:
    """The days from `starts_on` to `ends_on` as a range."""
    return Func(F("starts_on"), F("ends_on"), models.Value("[]"), function="daterange")


def only(column: str) -> Func:
    """A number as a range of one, for constraints that exclude overlaps."""
    # A range of one number compares like the number, and GiST indexes ranges without the extension
    # btree_gist, which not every PostgreSQL carries.
    return Func(F(column), F(column), models.Value("[]"), function="int8range")


def dates_in_order(name: str) -> models.CheckConstraint:
    """No last day before the first one."""
    return models.CheckConstraint(
        name=name,
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
        violation_error_message=_("The last day is before the first day. Correct one of them."),
    )


@tracked()
class Site(models.Model):
    """A place where teams work."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name", "key"]

    def __str__(self) -> str:
        return self.name


@tracked()
class Team(models.Model):
    """A group of agents with a supervisor."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=200)
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name=_("site"),
    )
    archived_on = models.DateField(_("archived on"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "key"]
        constraints = [models.CheckConstraint(name="org_team_has_key", condition=~Q(key=""))]

    def __str__(self) -> str:
        return self.name


@tracked()
class Membership(models.Model):
    """The days someone is in a team, both ends included; one team on any day."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("team")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["person", "starts_on"]
        constraints = [
            dates_in_order("org_membership_dates"),
            ExclusionConstraint(
                name="org_one_team_on_a_day",
                expressions=[
                    (only("person"), RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is in another team on some of these days."),
            ),
        ]
        indexes = [models.Index(fields=["team", "starts_on"], name="org_membership_team")]

    def __str__(self) -> str:
        return f"{self.person} · {self.team} · {self.starts_on}"


@tracked()
class Supervision(models.Model):
    """The days someone supervises a team; a team may have several supervisors."""

    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="supervisions", verbose_name=_("team")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="supervisions", verbose_name=_("person")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        ordering = ["team", "starts_on"]
        constraints = [
            dates_in_order("org_supervision_dates"),
            ExclusionConstraint(
                name="org_one_supervision_on_a_day",
                expressions=[
                    (only("team"), RangeOperators.EQUAL),
                    (only("person"), RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person supervises the team already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.team} · {self.starts_on}"


class TeamChange(models.Model):
    """Someone's team, position or employment is another one from a day on; the night has to know.

    A trigger on people notes employment.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()

    def __str__(self) -> str:
        return f"{self.person_id} · {self.first_day}"
