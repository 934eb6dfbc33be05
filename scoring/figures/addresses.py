"""Where a figure of a person is explained."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from incentives.org.models import Person


def explain_address(person: Person, day: date, period: str = "day") -> str:
    """The page that explains a day, week or month of an agent."""
    return reverse("scoring:explain", args=[person.pk, day]) + f"?period={period}"
