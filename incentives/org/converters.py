"""Converters for addresses."""

from datetime import date

from django.urls import register_converter

from incentives.org.inputs import calendar_day


class DayConverter:
    """A day in an address, within the years of the calendar: 2026-11-03."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means no match, for days that do not exist."""
        found = calendar_day(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: date) -> str:
        """The day as ISO 8601."""
        return value.isoformat()


register_converter(DayConverter, "day")
