"""The windows of criteria: those of `scoring.figures.windows`, and the season."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from scoring.figures.expressions import near
from scoring.figures.windows import (
    LONGEST_ROLLING_DAYS,
    CalendarWindow,
    FixedWindow,
    Period,
    RollingWindow,
)

WORDS = ("day", "week", "month", "quarter", "season", "all")
_FORMS = (
    {"rolling_days"},
    {"from", "to"},
    {"period"},
    {"period", "back"},
)


class SeasonWindow(BaseModel):
    """The season that the day lies in; without one, nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    season: Literal[True] = True


CriterionWindow: TypeAlias = CalendarWindow | RollingWindow | FixedWindow | SeasonWindow


def read_window(raw: Any) -> CriterionWindow:
    """A window as criteria write it. Raises ValueError with one sentence."""
    if isinstance(raw, CriterionWindow):
        return raw
    if isinstance(raw, str):
        return _named(raw)
    if isinstance(raw, Mapping) and set(raw) in _FORMS:
        return _written_out(raw)
    raise ValueError(
        _("A window is %(words)s, a number of last days, or two days from – to: choose one.")
        % {"words": ", ".join(WORDS)}
    )


def window_data(window: CriterionWindow) -> Any:
    """The window as JSON data; `read_window` gives it back."""
    match window:
        case SeasonWindow():
            return "season"
        case RollingWindow(rolling_days=days):
            return {"rolling_days": days}
        case FixedWindow(start=start, end=end):
            return {"from": start.isoformat(), "to": end.isoformat()}
        case CalendarWindow(period=period, back=0):
            return period.value
        case CalendarWindow(period=period, back=back):
            return {"period": period.value, "back": back}


def _named(word: str) -> CriterionWindow:
    if word == "season":
        return SeasonWindow()
    if word not in WORDS:
        raise ValueError(_("There is no window “%(word)s”.") % {"word": word} + near(word, WORDS))
    return CalendarWindow(period=Period(word))


def _written_out(raw: Mapping[str, Any]) -> CriterionWindow:
    try:
        if "rolling_days" in raw:
            return RollingWindow.model_validate(raw)
        if "from" in raw:
            return FixedWindow(start=_day(raw["from"]), end=_day(raw["to"]))
        return CalendarWindow.model_validate(raw)
    except ValidationError as error:
        raise ValueError(_problem(raw, error)) from None


def _day(raw: Any) -> date:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(
            _("“%(text)s” is no day: write it as 2026-11-03.") % {"text": raw}
        ) from None


def _problem(raw: Mapping[str, Any], error: ValidationError) -> str:
    if "rolling_days" in raw:
        return _("The number of last days is a whole number from 1 to %(most)d.") % {
            "most": LONGEST_ROLLING_DAYS
        }
    if "from" in raw:
        return _("The window ends before it starts: swap the two days.")
    return _("The window's period is one of %(words)s, and “back” a number from 0 to 600.") % {
        "words": ", ".join(Period)
    }
