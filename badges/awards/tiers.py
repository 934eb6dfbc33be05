"""Published tiers as the night judges them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import F, Min

from badges.awards.expiry import expiry_of
from badges.awards.models.badges import Badge, BadgeVersion
from badges.awards.moments import Moments, depends_on_others
from incentives.org.models import Membership, Person
from incentives.org.scope import Scope
from scoring.criteria import Criteria, load_criteria
from scoring.figures.windows import ONE_DAY, CalendarWindow, Period, Span
from scoring.models import Season


@dataclass(frozen=True)
class TierSpec:
    """One tier of a published version; `key` names it among all of them."""

    version: BadgeVersion
    tier: str
    points: int
    criteria: Criteria
    moments: Moments
    scope: Scope

    @property
    def key(self) -> str:
        """The version's id and the tier."""
        return f"{self.version.pk}:{self.tier}"

    @property
    def place(self) -> tuple[int, str]:
        """Badge id and tier: what someone holds, whichever version gave it."""
        return self.version.badge_id, self.tier

    @property
    def repeats(self) -> bool:
        """Whether it is won for a period, and again in the next."""
        return self.version.badge.repeats == Badge.Repeats.PERIOD

    @property
    def depends_on_others(self) -> bool:
        """Whether a verdict may turn because of other people's facts."""
        return depends_on_others(self.criteria)

    @property
    def is_kept(self) -> bool:
        """Whether it is kept who met it when: won once, by being better than others."""
        leaves = self.criteria.leaves()
        return not self.repeats and any(leaf.percentile is not None for _path, leaf in leaves)

    @property
    def only_grows(self) -> bool:
        """Whether a verdict stays the same until someone's own facts change."""
        windows = {leaf.window for _path, leaf in self.criteria.leaves()}
        since_ever = windows == {CalendarWindow(period=Period.ALL)}
        return since_ever and not self.depends_on_others and self.scope.is_everyone

    def occasion(self, day: date) -> str:
        """What an award of that moment is for; empty where it is won once."""
        return self.moments.occasion(day) if self.repeats else ""

    def expires_on(self, day: date) -> date | None:
        """Until when an award of that moment holds; None for ever."""
        return expiry_of(self.version, day, period=self.moments.rhythm.period or Period.DAY)


def published_tiers() -> list[TierSpec]:
    """Every tier with criteria of every version that ever held, oldest versions first."""
    held = BadgeVersion.objects.filter(status=BadgeVersion.Status.PUBLISHED).exclude(
        ends_on__lt=F("starts_on")
    )
    versions = held.filter(badge__way=Badge.Way.CRITERIA).select_related("badge")
    context = seasons(), first_day_of_data()
    return [
        spec
        for version in versions.order_by("badge", "version")
        for spec in specs(version, *context)
    ]


def specs(
    version: BadgeVersion, seasons: Sequence[Span], first_data: date | None
) -> list[TierSpec]:
    """The tiers of one version; nothing is judged before there were data."""
    start = version.starts_on if first_data is None else max(version.starts_on, first_data)
    end = start - ONE_DAY if first_data is None else version.ends_on
    found = []
    for each in version.tiers:
        criteria = load_criteria(each["criteria"])
        moments = Moments(criteria, Span(start, end), seasons)
        found.append(
            TierSpec(version, each["tier"], each["points"], criteria, moments, version.scope)
        )
    return found


def seasons() -> list[Span]:
    """The days of every season."""
    return [
        Span(season.starts_on, season.ends_on) for season in Season.objects.order_by("starts_on")
    ]


# One step into an index for each team and rule, where a plain minimum would read years of days.
_FIRST_DAY = """
    SELECT min(first) FROM (
        SELECT (SELECT min(day) FROM scoring_agentday WHERE team_id = t.id) AS first FROM org_team t
        UNION ALL SELECT min(day) FROM scoring_agentday WHERE team_id IS NULL
        UNION ALL
        SELECT (SELECT min(occurred_on) FROM scoring_pointentry WHERE rule_id = r.id)
        FROM scoring_pointrule r
    ) days
"""


def first_day_of_data() -> date | None:
    """The first day that has totals or points of rules; None without any."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_DAY)
        found: date | None = cursor.fetchone()[0]
    return found


@dataclass(frozen=True)
class Staff:
    """Who is at work when, and in which team: what decides whether an award can be theirs."""

    people: pl.DataFrame
    memberships: pl.DataFrame

    def allowed(self, pairs: pl.DataFrame, scope: Scope) -> pl.DataFrame:
        """The pairs (subject_id, as_of) of people at work on the day whom the badge is for."""
        rows = pairs.join(self.people, on="subject_id")
        day = pl.col("as_of")
        kept = (day >= pl.col("since")) & (day <= pl.col("until"))
        if scope.people != "everyone":
            first_days = pl.duration(days=scope.newcomer_days)
            newcomer = (day < pl.col("hired_on") + first_days).fill_null(value=False)
            kept &= newcomer if scope.people == "newcomers" else ~newcomer
        rows = rows.filter(kept).select(pairs.columns)
        if scope.teams:
            rows = rows.join(
                self._members(rows, scope.teams), on=["subject_id", "as_of"], how="semi"
            )
        return rows

    def _members(self, rows: pl.DataFrame, teams: Sequence[int]) -> pl.DataFrame:
        members = self.memberships.filter(pl.col("team_id").is_in(list(teams)))
        found = rows.select("subject_id", "as_of").join(members, on="subject_id")
        return found.filter(pl.col("as_of").is_between("starts_on", "ends_on"))


def staff() -> Staff:
    """Everyone who is at work on some day, and their teams, by two queries.

    Someone whose first day is unknown comes with joining a team, or was there since ever.
    """
    able = Person.objects.exclude(left_on=None, is_active=False)
    joined = able.annotate(joined=Min("memberships__starts_on"))
    people = [
        (pk, hired or first or date.min, hired, left or date.max)
        for pk, hired, first, left in joined.order_by("pk").values_list(
            "pk", "hired_on", "joined", "left_on"
        )
    ]

    rows = Membership.objects.order_by("pk").values_list("person", "team", "starts_on", "ends_on")
    memberships = [(person, team, start, end or date.max) for person, team, start, end in rows]
    return Staff(
        _frame(people, subject_id=pl.Int64, since=pl.Date, hired_on=pl.Date, until=pl.Date),
        _frame(
            memberships, subject_id=pl.Int64, team_id=pl.Int64, starts_on=pl.Date, ends_on=pl.Date
        ),
    )


def _frame(rows: list[Any], **schema: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
