"""How far everyone is towards the next tier of each badge: one row a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl
from django.db import connection
from django.db.models import F, Max, Q
from django.utils.translation import ngettext

from badges.awards.models.awards import Award, BadgeJudgement, BadgeProgress
from badges.awards.tiers import TierSpec, published_tiers, staff
from incentives.capabilities import StepResult
from incentives.org.dated import covers
from scoring.copying import copy_in
from scoring.criteria import evaluate
from scoring.figures.changes import Changes
from scoring.figures.windows import Period, Span, first_day
from scoring.models import Season

_TABLE = BadgeProgress._meta.db_table
_STORE = f"""
    INSERT INTO {_TABLE} (person_id, as_of, shares)
    SELECT n.person_id, n.as_of, n.shares FROM new_progress n
    JOIN org_person p ON p.id = n.person_id
    ON CONFLICT (person_id) DO UPDATE
    SET as_of = excluded.as_of, shares = excluded.shares, measured_at = now()
"""


def measure_progress(changes: Changes) -> StepResult:
    """Measure the people whose facts or awards have changed.

    Once a week everyone: windows go on also for those of whom nothing new is known.
    """
    judged = BadgeJudgement.objects.aggregate(day=Max("judged_on"))["day"]
    measured = _measure(changes, max(changes.as_of, judged or changes.as_of))
    line = ngettext(
        "progress of %(n)d person measured", "progress of %(n)d people measured", measured
    )
    return StepResult(line % {"n": measured}, {"people": measured})


def _measure(changes: Changes, as_of: date) -> int:
    tiers = [spec for spec in published_tiers() if spec.version.holds_on(as_of)]
    whole = changes.everything or _is_first_of_week(as_of)
    people = None if whole else sorted({*changes.agents, *_moved()})
    if not tiers or (people is not None and not people):
        return 0
    season = Season.objects.filter(covers(as_of)).first()
    frames = evaluate(
        {spec.key: spec.criteria for spec in tiers},
        as_of=as_of,
        subjects=people,
        season=Span(season.starts_on, season.ends_on) if season else None,
        evidence=False,
    )
    rows = _shares(tiers, frames, as_of)
    _store(rows)
    return rows.height


def _moved() -> set[int]:
    """Who won or lost an award since being measured."""
    measured = F("person__badge_progress__measured_at")
    since = Q(recorded_at__gte=measured) | Q(revoked_at__gte=measured)
    since |= Q(person__badge_progress=None)
    return set(Award.objects.filter(since).order_by().values_list("person", flat=True).distinct())


def _is_first_of_week(as_of: date) -> bool:
    """Whether no one has been measured in this week yet."""
    newest = BadgeProgress.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return newest is None or newest < first_day(Period.WEEK, as_of)


def _shares(tiers: list[TierSpec], frames: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """person_id, as_of, and shares as JSON text: of each badge the first tier that is not won."""
    rows = frames[tiers[0].key].select("subject_id")
    won, outside = _won(tiers, rows["subject_id"].to_list()), _outside(tiers, rows, as_of)
    columns: dict[int, list[pl.Expr]] = {}
    for spec in tiers:
        without = [*won.get(spec.place, []), *outside.get(spec.version.pk, [])]
        has = pl.col("subject_id").is_in(without)
        share = frames[spec.key]["progress"].fill_null(0.0)
        rows = rows.with_columns(share.alias(spec.key))
        text = pl.format(
            f'"{spec.version.badge_id}":["{spec.tier}",{{}}]', pl.col(spec.key).round(4)
        )
        columns.setdefault(spec.version.badge_id, []).append(pl.when(~has).then(text))
    told = [pl.coalesce(each) for each in columns.values()]
    joined = pl.concat_str(told, separator=",", ignore_nulls=True)
    return rows.select(
        person_id="subject_id",
        as_of=pl.lit(as_of, dtype=pl.Date),
        shares=pl.concat_str(pl.lit("{"), joined, pl.lit("}")),
    )


def _outside(tiers: list[TierSpec], people: pl.DataFrame, as_of: date) -> dict[int, list[int]]:
    """By version whom (ids) it is not for on that day; versions for everyone are left out."""
    scopes = {spec.version.pk: spec.scope for spec in tiers if not spec.scope.is_everyone}
    if not scopes:
        return {}
    known = staff()
    pairs = people.select("subject_id", as_of=pl.lit(as_of, dtype=pl.Date))
    found = {}
    for version, scope in scopes.items():
        allowed = known.allowed(pairs, scope)
        found[version] = pairs.join(allowed, on="subject_id", how="anti")["subject_id"].to_list()
    return found


def _won(tiers: list[TierSpec], people: Collection[int]) -> dict[tuple[int, str], list[int]]:
    """By badge and tier who of them has won it; what is won again in each period is never done."""
    once = {spec.version.badge_id for spec in tiers if not spec.repeats}
    found: dict[tuple[int, str], list[int]] = {}
    rows = Award.objects.standing().filter(badge__in=once, person__in=people).order_by()
    for badge, tier, person in rows.values_list("badge", "tier", "person"):
        found.setdefault((badge, tier), []).append(person)
    return found


def _store(rows: pl.DataFrame) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS new_progress"
            " (person_id bigint, as_of date, shares jsonb) ON COMMIT DROP"
        )
        cursor.execute("TRUNCATE new_progress")
        copy_in(cursor, "new_progress", rows)
        cursor.execute(_STORE)
