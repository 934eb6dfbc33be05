"""Where Celery workers find the tasks of scoring; each stands with what it is about."""

from scoring.figures.tasks import recompute_totals
from scoring.ingest.tasks import catch_up, run_import
from scoring.nights.tasks import run_night, run_night_if_due

__all__ = ["catch_up", "recompute_totals", "run_import", "run_night", "run_night_if_due"]
