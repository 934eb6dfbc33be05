"""Days far busier than usual, to be proposed to the manager as days that do not count alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from incentives.org.models import CalendarDay
from scoring.figures.windows import Span
from scoring.models import TeamDay

# Against the same weekday of the eight weeks before: three standard deviations, and half as much
# again as usual, so that a very even past does not turn every ripple into a peak.
_SQL = f"""
WITH daily AS (
    SELECT day, sum(handled) AS handled FROM {TeamDay._meta.db_table}
    WHERE day BETWEEN %s - 70 AND %s GROUP BY day
), usual AS (
    SELECT day, handled, avg(handled) OVER past AS mean, stddev_samp(handled) OVER past AS spread,
        count(*) OVER past AS weeks
    FROM daily
    WINDOW past AS (
        PARTITION BY extract(isodow FROM day) ORDER BY day ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
    )
)
SELECT day, handled / mean FROM usual
WHERE day >= %s AND weeks >= 4 AND mean > 0 AND handled > 1.5 * mean
    AND handled > mean + 3 * coalesce(spread, 0)
    AND day NOT IN (SELECT day FROM {CalendarDay._meta.db_table})
ORDER BY day DESC LIMIT 12
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """A day with `times` as much work as the same weekday usually brings."""

    day: date
    times: Decimal


def find_peaks(span: Span) -> list[Peak]:
    """Unusually busy days of a closed span that the calendar does not know, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [span.start, span.end, span.start])
        return [Peak(day, Decimal(times)) for day, times in cursor.fetchall()]
