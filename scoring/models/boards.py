"""Leaderboards and their standings, the names people choose to appear under, and sums of points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models import Site, Team
from incentives.org.models.history import tracked
from incentives.org.models.named import TwoNames

from .kpis import Kpi
from .sources import Channel


class BoardPeriod(models.TextChoices):
    """The stretches of days that boards rank over; the season is the one of the points ledger."""

    DAY = "day", pgettext_lazy("period", "Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    SEASON = "season", _("Season")
    ALL = "all", _("All time")


@tracked(exclude=["entered_on"])
class Leaderboard(TwoNames):
    """What is ranked, over which period, among whom. Lists are always from the best down.

    `least` is the volume below which someone is listed without rank: the KPI's denominator (its
    value, for a plain count); contacts handled, on agents' boards by points or score; people, as
    employment shares, on teams' boards by points or score. `shown` is how many of the top everyone
    sees. `entered_on` is the last day that the night has brought the board up to; NULL asks for
    all its kept periods anew.
    """

    class Subject(models.TextChoices):
        AGENT = "agent", _("Agents")
        TEAM = "team", _("Teams")

    class By(models.TextChoices):
        POINTS = "points", _("Points")
        SCORE = "score", _("Score")
        KPI = "kpi", _("KPI")

    class League(models.TextChoices):
        ALL = "all", _("Everyone")
        NEWCOMERS = "newcomers", _("Newcomers (first 90 days)")
        IMPROVED = "improved", _("Most improved, against one's own four weeks before")

    class Within(models.TextChoices):
        COMPANY = "company", _("All together")
        TEAM = "team", _("Each team by itself")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    subject = models.CharField(
        _("who is listed"), max_length=5, choices=Subject.choices, default=Subject.AGENT
    )
    by = models.CharField(_("ranked by"), max_length=6, choices=By.choices, default=By.POINTS)
    kpi = models.ForeignKey(
        Kpi,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leaderboards",
        verbose_name=_("KPI"),
    )
    period = models.CharField(
        _("period"), max_length=6, choices=BoardPeriod.choices, default=BoardPeriod.WEEK
    )
    league = models.CharField(_("league"), max_length=9, choices=League.choices, default=League.ALL)
    within = models.CharField(
        _("ranked among"), max_length=7, choices=Within.choices, default=Within.COMPANY
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only this team"),
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only this site"),
    )
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only this channel"),
    )
    least = models.PositiveIntegerField(_("least volume"), default=0)
    normalised = models.BooleanField(_("per full-time person"), default=False)
    shown = models.PositiveSmallIntegerField(
        _("places that everyone sees"),
        default=10,
        validators=[MinValueValidator(3), MaxValueValidator(50)],
    )
    shipped = models.BooleanField(_("shipped with the product"), default=False)
    archived = models.BooleanField(_("archived"), default=False)
    entered_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("leaderboard")
        verbose_name_plural = _("leaderboards")
        constraints = [
            models.CheckConstraint(
                name="leaderboard_kpi",
                condition=Q(by="kpi", kpi__isnull=False) | (~Q(by="kpi") & Q(kpi__isnull=True)),
            ),
            models.CheckConstraint(
                name="leaderboard_score_period",
                condition=~Q(by="score") | Q(period__in=["day", "week", "month"]),
            ),
            models.CheckConstraint(
                name="leaderboard_teams_together",
                condition=~Q(subject="team") | Q(within="company", league="all", team=None),
            ),
        ]

    @property
    def of_agents(self) -> bool:
        """Whether it lists people rather than teams."""
        return self.subject == self.Subject.AGENT

    @property
    def sign(self) -> int:
        """1 where more is better, −1 where less is; an improvement is always better when more."""
        lower = self.kpi is not None and self.kpi.direction == Kpi.Direction.LOWER
        return -1 if lower and self.league != self.League.IMPROVED else 1

    @property
    def moves_daily(self) -> bool:
        """Whether movement is against the day before, and not against the period before.

        Scores are kept per period only, and an improvement hardly moves in a day.
        """
        return self.by != self.By.SCORE and self.league != self.League.IMPROVED


class Standing(models.Model):
    """One line of a board in one period: a value and the place that follows from it.

    `starts_on` is the period's first day. On agents' boards `team` is the one that the agent was
    in on the last day counted; on teams' boards `agent` is NULL. Those of one `pool` are ranked
    against each other: the team's id where each team is ranked by itself, else 0. `value` is
    unrounded but for the tenth decimal. `rank` is the competition rank (1, 2, 2, 4), NULL below
    the least volume; `position` counts the lines of the pool from 1, in the order of ranks, then
    names. `previous_rank` is the rank before the last day counted, or of the period before.
    """

    id = models.BigAutoField(primary_key=True)
    board = models.ForeignKey(
        Leaderboard,
        on_delete=models.CASCADE,
        related_name="standings",
        db_index=False,
        db_constraint=False,
    )
    starts_on = models.DateField(_("from"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    pool = models.BigIntegerField(default=0)
    value: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        _("value"), max_digits=34, decimal_places=10
    )
    volume: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("volume"), max_digits=24, decimal_places=6, null=True
    )
    rank = models.PositiveIntegerField(_("rank"), null=True)
    previous_rank = models.PositiveIntegerField(_("rank before"), null=True)
    position = models.PositiveIntegerField(_("line"))

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            models.UniqueConstraint(
                fields=["board", "starts_on", "agent"],
                condition=Q(agent__isnull=False),
                name="standing_of_agent",
            ),
            models.UniqueConstraint(
                fields=["board", "starts_on", "team"],
                condition=Q(agent__isnull=True),
                name="standing_of_team",
            ),
        ]
        indexes = [
            models.Index(
                fields=["board", "starts_on", "pool", "position"], name="standing_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.starts_on} {self.rank}"


@tracked()
class BoardAlias(models.Model):
    """The name under which someone who does not wish to be named appears on boards."""

    person: models.OneToOneField[Any, Any] = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="board_alias",
    )
    name = models.CharField(_("name on boards"), max_length=30)

    class Meta:
        verbose_name = _("name on boards")
        verbose_name_plural = _("names on boards")
        constraints = [models.UniqueConstraint(Lower("name"), name="boardalias_once")]

    def __str__(self) -> str:
        return self.name


class PeriodPoints(models.Model):
    """An agent's points of one period by the day they count on: the ledger, added up for boards."""

    pk = models.CompositePrimaryKey("period", "starts_on", "agent_id")
    period = models.CharField(max_length=6, choices=BoardPeriod.choices)
    starts_on = models.DateField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    points = models.BigIntegerField()

    class Meta:
        verbose_name = _("points of a period")
        verbose_name_plural = _("points of periods")

    def __str__(self) -> str:
        return f"{self.agent_id} {self.period} {self.starts_on} {self.points}"


class AddedUp(models.Model):
    """How far the ledger is added up into PeriodPoints, for each kind of period.

    `entry` is the highest entry that is in, `followed` the highest that the standings know;
    `seasons` is what the seasons' days were then, so that moved seasons are added up anew.
    """

    period = models.CharField(primary_key=True, max_length=6, choices=BoardPeriod.choices)
    entry = models.BigIntegerField(default=0)
    followed = models.BigIntegerField(default=0)
    since = models.DateField(null=True)
    seasons: models.JSONField[list[list[str]]] = models.JSONField(default=list)

    class Meta:
        verbose_name = _("state of added points")
        verbose_name_plural = _("states of added points")
        constraints = [models.CheckConstraint(name="addedup_entry", condition=Q(entry__gte=0))]

    def __str__(self) -> str:
        return f"{self.period} {self.entry}"
