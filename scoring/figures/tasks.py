"""What Celery workers do for totals; each task only calls an operation."""

from celery import shared_task

from scoring.figures import totals


@shared_task(name="scoring.tasks.recompute_totals")
def recompute_totals() -> int:
    """Recompute every total from the facts (a measure or a channel's target has changed)."""
    return totals.recompute_everything()
