"""What criteria would do: by how many people they would be met now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from incentives.org.dated import covers
from incentives.org.models import Person, Team
from scoring.criteria.compile import Subjects, evaluate
from scoring.criteria.schema import Criteria
from scoring.figures.previews import last_days
from scoring.figures.windows import Span
from scoring.models import Season


@dataclass(frozen=True, slots=True)
class DryRun:
    """On `as_of` the criteria are met by `met` of the `asked` people (teams)."""

    met: int
    asked: int
    as_of: date


def dry_run(criteria: Criteria, *, viewer: Person, by: Subjects = "agent") -> DryRun | None:
    """Judge criteria for everyone whose figures the viewer sees in full, on the last day that has totals.

    None while there are no totals at all.
    """
    known = last_days()
    if known is None or known.end is None:
        return None
    frame = evaluate({"it": criteria}, as_of=known.end, by=by, season=_season_of(known.end))["it"]
    if not viewer.sees_everyone:
        rows = (Person if by == "agent" else Team).objects.led_by(viewer)
        frame = frame.filter(frame["subject_id"].is_in(list(rows.values_list("pk", flat=True))))
    return DryRun(int(frame["met"].sum()), frame.height, known.end)


def _season_of(day: date) -> Span | None:
    season = Season.objects.filter(covers(day)).first()
    return Span(season.starts_on, season.ends_on) if season else None
