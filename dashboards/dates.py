"""Dates as people say them; kept for those who still import it from here."""

from incentives.org.notation import moment, said

__all__ = ["moment", "said"]
