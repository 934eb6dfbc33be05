"""What Celery workers do for imports; each task only calls an operation."""

from celery import shared_task

from scoring.ingest import progress, runs
from scoring.models import Import


@shared_task(name="scoring.tasks.run_import")
def run_import(import_id: int) -> str:
    """Carry out an uploaded import; safe to deliver twice."""
    return progress.carry_out(Import.objects.get(pk=import_id)).status


@shared_task(name="scoring.tasks.catch_up")
def catch_up() -> int:
    """Recompute what follows from people who changed team or became known meanwhile."""
    return runs.catch_up()
