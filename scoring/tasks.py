"""What Celery workers do for scoring; each task only calls an operation."""

from __future__ import annotations

from celery import shared_task

from scoring.figures import totals
from scoring.ingest import progress, runs
from scoring.models import Import, NightRun
from scoring.nights import runner, schedule


@shared_task
def run_import(import_id: int) -> str:
    """Carry out an uploaded import; safe to deliver twice."""
    return progress.carry_out(Import.objects.get(pk=import_id)).status


@shared_task
def recompute_totals() -> int:
    """Recompute every total from the facts (a measure or a channel's target has changed)."""
    return totals.recompute_everything()


@shared_task
def catch_up() -> int:
    """Recompute what follows from people who changed team or became known meanwhile."""
    return runs.catch_up()


@shared_task
def run_night(run_id: int) -> str:
    """Carry out a night that was asked for; delivered twice, the second finds it done."""
    return runner.perform(NightRun.objects.get(pk=run_id)).status


@shared_task
def run_night_if_due() -> str | None:
    """Carry out the scheduled night when the company's hour has come; beat asks again and again."""
    run = schedule.start_if_due()
    return runner.perform(run).status if run else None
