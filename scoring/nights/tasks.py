"""What Celery workers do for nights; each task only calls an operation."""

from celery import shared_task

from scoring.models import NightRun
from scoring.nights import runner, schedule


@shared_task(name="scoring.tasks.run_night")
def run_night(run_id: int) -> str:
    """Carry out a night that was asked for; delivered twice, the second finds it done."""
    return runner.perform(NightRun.objects.get(pk=run_id)).status


@shared_task(name="scoring.tasks.run_night_if_due")
def run_night_if_due() -> str | None:
    """Carry out the scheduled night when the company's hour has come; beat asks again and again."""
    run = schedule.start_if_due()
    return runner.perform(run).status if run else None
