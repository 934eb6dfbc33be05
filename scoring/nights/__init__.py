"""The night: what its steps are given, and how it is carried out. Start reading at `runner`."""

from scoring.nights.changes import DAYS_SCHEMA, Changes, Step, StepResult

__all__ = ["DAYS_SCHEMA", "Changes", "Step", "StepResult"]
