"""Settings of tests and type checks: the product's own, on servers of their own under var/test."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["ENVIRONMENT"] = "development"
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test"))
os.environ.setdefault("EMBEDDED_DURABLE", "0")

from tests.databases import claim_slot  # noqa: E402

TEST_SLOT = claim_slot(Path(os.environ["VAR_DIR"]))

from incentives import environment  # noqa: E402
from incentives.settings import *  # noqa: E402, F403
from incentives.settings import CACHES, DATABASES, REDIS_URL, STORAGES, VAR_DIR  # noqa: E402

SECRET_KEY = "tests only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Pages are tested without collectstatic; the hashed storage has tests of its own.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
REDIS_URL = environment.redis_database(REDIS_URL, 2 * TEST_SLOT)
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CACHES["default"]["LOCATION"] = environment.redis_database(REDIS_URL, 1)
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
MEDIA_ROOT = VAR_DIR / f"media-{TEST_SLOT}"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Rate limits are switched on by the tests that are about them.
ACCOUNT_RATE_LIMITS = False
