"""The task queue: `celery -A incentives worker`, and every web process through `urls`."""

import os

from celery import Celery

from incentives import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incentives.settings")
embedded.ensure_missing()

app = Celery("incentives")
# Threads of a web server do not inherit the app of the thread that made it.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
