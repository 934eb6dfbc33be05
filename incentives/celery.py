"""Entry point of workers and beat: `celery -A incentives worker`."""

import os

from celery import Celery

from incentives import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incentives.settings")
embedded.ensure_missing()

app = Celery("incentives")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
