"""Levels: a KPI of all teams that fight, over the battle's days, judged exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from scoring.criteria.evaluation import judge
from scoring.criteria.schema import Criterion
from scoring.figures.frames import MILLION, By, read_sums
from scoring.figures.metrics import Metric
from scoring.figures.windows import Span

#: Of the numerator and the denominator, in millionths; None where nothing was measured.
Sums = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class ObjectiveLevel:
    """How a level stands: `share` of the way (1 exactly where met), the value, and on how much."""

    met: bool
    share: float
    value: float | None
    volume: Decimal


def read_levels(
    battles: Mapping[Battle, Sequence[BattleObjective]], metrics: Mapping[str, Metric]
) -> dict[int, ObjectiveLevel]:
    """By objective id, how each level stands; one query for teams and one for the company."""
    wanted = {
        battle: [each for each in objectives if not each.is_amount]
        for battle, objectives in battles.items()
    }
    spans = {str(battle.pk): battle.span for battle, levels in wanted.items() if levels}
    teams = {str(battle.pk): battle.team_ids for battle in wanted if str(battle.pk) in spans}
    keys = dict.fromkeys(each.key for levels in wanted.values() for each in levels)
    sums = sums_of(teams, spans, [metrics[key] for key in keys])
    return {
        each.pk: judged(each, battle.span, metrics[each.key], sums.get((str(battle.pk), each.key)))
        for battle, levels in wanted.items()
        for each in levels
    }


def sums_of(
    teams: Mapping[str, Sequence[int] | None], spans: Mapping[str, Span], metrics: Sequence[Metric]
) -> dict[tuple[str, str], Sums]:
    """(name, KPI key) → numerator and denominator of the named teams in the named span.

    Teams of None stand for the whole company, with what is credited to no team.
    """
    found: dict[tuple[str, str], Sums] = {}
    whole = {name: spans[name] for name, ids in teams.items() if ids is None}
    some = {name: spans[name] for name, ids in teams.items() if ids is not None}
    for by, windows in (("company", whole), ("team", some)):
        if not windows or not metrics:
            continue
        kind: By = "team" if by == "team" else "company"
        frame = read_sums(metrics=metrics, spans=windows, by=kind)
        for name in windows:
            rows = frame.filter(pl.col("window") == name)
            ids = teams[name]
            rows = rows if ids is None else rows.filter(pl.col("team_id").is_in(list(ids)))
            for metric in metrics:
                parts = (rows[f"{metric.key}.{part}"].to_list() for part in "nd")
                top, bottom = (_added(part) for part in parts)
                found[name, metric.key] = top, bottom
    return found


def _added(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def judged(
    objective: BattleObjective, days: Span, metric: Metric, sums: Sums | None
) -> ObjectiveLevel:
    """One level against its sums; without any it is not met."""
    top, bottom = sums or (None, None)
    frame = pl.DataFrame(
        {"subject_id": [objective.pk or 0], "n": [top], "d": [bottom]},
        schema={"subject_id": pl.Int64, "n": pl.Int128, "d": pl.Int128},
    )
    leaf = Criterion.model_validate(objective.criterion(days))
    row = judge(frame, leaf=leaf, metric=metric).row(0, named=True)
    return ObjectiveLevel(
        met=bool(row["met"]),
        share=float(row["progress"] or 0),
        value=row["value"],
        volume=Decimal(bottom or 0) / MILLION,
    )
