"""Settings of the nights that tests start, stop and kill: a database of their own, real workers."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["NIGHT_DATABASE"]
CELERY_TASK_ALWAYS_EAGER = False
NIGHT_STEPS = "tests.scoring.night_process.steps"
