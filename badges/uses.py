"""What of this app names a KPI or a measure."""

from badges import battle_uses

__all__ = ["battle_uses"]
