"""The additive measures by key: each is declared on its column, in `scoring.models.totals`."""

from __future__ import annotations

from scoring.models import AgentDay
from scoring.models.measures import Measure, measures_of

MEASURES: dict[str, Measure] = measures_of(AgentDay)
