"""What of scoring can be worked out again and compared."""

from scoring.audit import checks

__all__ = ["checks"]
