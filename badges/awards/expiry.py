"""Until when an award holds."""

from __future__ import annotations

from datetime import date, timedelta

from badges.awards.models.badges import BadgeVersion
from scoring.figures.windows import Period, last_day, next_first_day


def expiry_of(version: BadgeVersion, awarded_on: date, *, period: Period) -> date | None:
    """The last day on which an award won on a day holds; None for ever.

    `period` is the one that the badge is won for again: “until the end of the next one” is the
    last day of the period after the one that `awarded_on` lies in.
    """
    if version.expires_after_days is not None:
        return awarded_on + timedelta(days=version.expires_after_days)
    if version.expires_with_next:
        return last_day(period, next_first_day(period, awarded_on))
    return None
