"""What quests are made of, the pool of templates, and how the pool rotates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import tracked
from incentives.org.models.named import Described
from incentives.org.models.scoped import ForTeams
from scoring.figures.windows import ONE_DAY, Period, last_day

LONGEST_DAYS = 92
MOST_POINTS = 5000


class Length(models.TextChoices):
    """How long a quest made from a template lasts."""

    DAY = "day", _("A day")
    WEEK = "week", _("A week (Monday to Sunday)")
    OWN = "own", _("A number of days")


class QuestContent(Described):
    """What a quest asks for and gives, shared by templates and quests.

    An `automatic` one is judged by `criteria`, counted over the quest's own days whatever window
    they were written with: as soon as they are met (`settles` reached), or over all days once they
    are over (end). A `claimed` one is done with `count` approved claims. `points` go to the
    person, or to everyone in the team.
    """

    class Audience(models.TextChoices):
        PERSON = "person", _("each person")
        TEAM = "team", _("the team together")

    class Way(models.TextChoices):
        AUTOMATIC = "automatic", _("figures decide")
        CLAIMED = "claimed", _("claimed with evidence")

    class Settles(models.TextChoices):
        REACHED = "reached", _("as soon as it is met")
        END = "end", _("over all days, at the end")

    class Evidence(models.TextChoices):
        TEXT = "text", _("a text")
        LINK = "link", _("a link to a ticket")
        FILE = "file", _("a file (picture or PDF)")

    about_en = models.TextField(_("English description"), max_length=1000, blank=True)
    about_zh = models.TextField(_("Chinese description"), max_length=1000, blank=True)
    audience = models.CharField(
        _("for"), max_length=10, choices=Audience.choices, default=Audience.PERSON
    )
    way = models.CharField(
        _("how it is done"), max_length=10, choices=Way.choices, default=Way.AUTOMATIC
    )
    criteria: models.JSONField[dict[str, Any] | None] = models.JSONField(
        _("criteria"), null=True, blank=True
    )
    settles = models.CharField(
        _("judged"), max_length=10, choices=Settles.choices, default=Settles.REACHED
    )
    evidence = models.CharField(_("evidence"), max_length=5, choices=Evidence.choices, blank=True)
    count = models.PositiveSmallIntegerField(_("how many"), default=1)
    points = models.PositiveIntegerField(_("points"))

    class Meta:
        abstract = True

    @property
    def is_claimed(self) -> bool:
        """Whether someone has to say that it is done, with evidence."""
        return self.way == self.Way.CLAIMED

    @property
    def for_team(self) -> bool:
        """Whether a team does it together."""
        return self.audience == self.Audience.TEAM


#: The names of the fields of QuestContent.
CONTENT = (
    "name_en", "name_zh", "about_en", "about_zh", "audience", "way", "criteria", "settles",
    "evidence", "count", "points",
)  # fmt: skip


def is_sound() -> Q:
    """The database's own check of what a quest asks for."""
    figures = Q(way="automatic", criteria__isnull=False, evidence="", count=1)
    claimed = Q(way="claimed", criteria__isnull=True, count__gte=1) & ~Q(evidence="")
    return (figures | claimed) & Q(points__gt=0, points__lte=MOST_POINTS) & ~Q(name_en="")


@tracked()
class QuestTemplate(QuestContent, ForTeams):
    """A quest of the pool: made again and again, by the rotation or by a supervisor.

    `teams` limits whom it is for (none: everyone); among templates that rested equally long, the
    one with more `weight` comes first.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    length = models.CharField(_("lasts"), max_length=4, choices=Length.choices, default=Length.DAY)
    days = models.PositiveSmallIntegerField(_("days"), default=1)
    in_rotation = models.BooleanField(_("opens by itself in turn"), default=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    archived_on = models.DateField(_("archived on"), null=True, blank=True)
    shipped = models.BooleanField(_("shipped with the product"), default=False)

    class Meta:
        ordering = ["name_en", "pk"]
        verbose_name = _("quest of the pool")
        verbose_name_plural = _("pool of quests")
        constraints = [
            models.CheckConstraint(name="questtemplate_sound", condition=is_sound()),
            models.CheckConstraint(
                name="questtemplate_days",
                condition=Q(days__gte=1, days__lte=LONGEST_DAYS, weight__gte=1),
            ),
            models.CheckConstraint(
                name="questtemplate_rotation",
                condition=Q(in_rotation=False) | ~Q(length=Length.OWN),
            ),
        ]

    def last_day(self, start: date) -> date:
        """The last day of a quest that begins on `start`; a week ends on its Sunday."""
        if self.length == Length.WEEK:
            return last_day(Period.WEEK, start)
        return start + timedelta(days=self.days if self.length == Length.OWN else 1) - ONE_DAY


@tracked()
class QuestSettings(models.Model):
    """How the pool rotates: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    daily = models.PositiveSmallIntegerField(_("quests a day"), default=2)
    weekly = models.PositiveSmallIntegerField(_("quests a week"), default=1)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=2)

    MOST: ClassVar[int] = 10

    class Meta:
        verbose_name = _("rotation of quests")
        verbose_name_plural = _("rotation of quests")
        constraints = [
            models.CheckConstraint(name="questsettings_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="questsettings_limits",
                condition=Q(daily__lte=10, weekly__lte=10, grace_days__lte=30),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.daily} / {self.weekly}"

    @classmethod
    def current(cls) -> QuestSettings:
        """The row, with defaults when there is none yet (it is then not stored)."""
        return cls._default_manager.filter(pk=1).first() or cls()


def in_order() -> Q:
    """The database's own check of a quest's days."""
    return Q(ends_on__gte=F("starts_on"), grace_days__lte=30)
