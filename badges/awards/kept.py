"""Verdicts that are kept: who meets tiers that compare people, at moments that are over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl
from django.db import connection

from badges.awards.models.verdicts import KeptVerdict
from badges.awards.tiers import TierSpec
from scoring.copying import copy_out
from scoring.criteria.many_days import PAIRS

# A day without anyone of those who are asked for is known all the same.
_READ = f"""
    SELECT p.id, k.day FROM {KeptVerdict._meta.db_table} k
    LEFT JOIN LATERAL unnest(k.people) p(id) ON p.id = ANY (%s::bigint[])
    WHERE k.version_id = %s AND k.tier = %s AND k.day = ANY (%s::date[])
"""


def keep(spec: TierSpec, days: Sequence[date], met: pl.DataFrame) -> None:
    """Replace what is kept of a tier's moments by the pairs (subject_id, as_of) that meet it."""
    people = dict(met.group_by("as_of").agg(pl.col("subject_id").sort()).iter_rows())
    KeptVerdict.objects.bulk_create(
        [
            KeptVerdict(version=spec.version, tier=spec.tier, day=day, people=people.get(day, []))
            for day in days
        ],
        update_conflicts=True,
        unique_fields=["version", "tier", "day"],
        update_fields=["people"],
    )


def read(
    spec: TierSpec, days: Sequence[date], people: Collection[int]
) -> tuple[pl.DataFrame, list[date]]:
    """Of these people (ids) and days the pairs that meet a tier; and the days of which nothing is kept."""
    params = [list(people), spec.version.pk, spec.tier, list(days)]
    with connection.cursor() as cursor:
        rows = copy_out(cursor, _READ, PAIRS, params)
    known = set(rows["as_of"])
    return rows.drop_nulls(), [day for day in days if day not in known]
