"""Settings, all from the environment; docs/operations.md lists the variables.

Whatever is not named development is production, and production does not start without its secrets.
"""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from incentives import embedded, environment

# Lets annotations such as QuerySet[Ticket] and admin bases be written where Python evaluates them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = embedded.var_dir()

DEVELOPMENT = environment.is_development()
if not DEVELOPMENT:
    environment.require()

DEBUG = environment.flag("DEBUG", default=DEVELOPMENT) and DEVELOPMENT
SECRET_KEY = environment.text("SECRET_KEY") or environment.development_key(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = environment.names("SECRET_KEY_FALLBACKS")
# The address that signed badges name as their issuer; empty: the one a request came to.
PUBLIC_URL = environment.text("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")

# Applications, from the top layer down.
INSTALLED_APPS = [
    "dashboards",
    "careers",
    "rewards",
    "badges",
    "scoring",
    "incentives.org",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "pghistory",
    "pgtrigger",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "incentives.fragments.PrivateAnswersMiddleware",
    "incentives.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "incentives.faults.ReadableInputMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "incentives.org.middleware.PersonLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "incentives.fragments.FragmentMiddleware",
    "incentives.signed_out.BackToTheFormMiddleware",
    "incentives.org.refusals.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "incentives.urls"
WSGI_APPLICATION = "incentives.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data
DATABASES = {
    "default": environment.database(environment.text("DATABASE_URL") or embedded.database_url())
}
# A server that does not answer must not hold up a page, or the question whether it is there.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# Who owns the tables and migrates them; empty where the application's role does that too.
_owner = environment.text("DATABASE_OWNER_URL") or (
    "" if environment.text("DATABASE_URL") else embedded.owner_url()
)
DATABASE_OWNER = environment.database(_owner, "DATABASE_OWNER_URL") if _owner else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.text("REDIS_URL") or embedded.redis_url()
# A database of its own: clearing the cache must not empty the queue.
CACHE_URL = environment.text("CACHE_URL") or environment.redis_database(REDIS_URL, 1)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "incentives",
        # A Redis that hangs must not hold up a page or a night for long.
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}

# Tasks: a task that is lost with its worker runs again, so every task may run twice.
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
# Longer than any task: Redis hands out a task again that was not acknowledged by then.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 12 * 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_IMPORTS = ["incentives.password_links"]
CELERY_RESULT_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The night begins at the company's own hour, which beat cannot know: it asks again and again. What
# was asked while no worker was there to answer is forgotten (expires, in seconds).
NIGHT_HOUR = environment.hour("NIGHT_HOUR", 2)
# How long a supervisor has to decide an appeal before it goes to a manager.
APPEAL_WORKING_DAYS = environment.number("APPEAL_WORKING_DAYS", 5)
NIGHT_STEPS = "incentives.nightly.steps"

# What this installation can do, lower ones first; each package declares itself in its module
# `capability`.
CAPABILITIES = [
    "incentives.org",
    "scoring.figures",
    "scoring.ingest",
    "scoring.criteria",
    "scoring.scorecards",
    "scoring.points",
    "scoring.boards",
    "scoring.goals",
    "scoring.appeals",
    "scoring.explorer",
    "scoring.explain",
    "scoring.nights",
    "badges.awards",
    "badges.quests",
    "badges.battles",
    "badges.credentials",
    "dashboards",
    "dashboards.first_use",
    "dashboards.wallboard",
]
CELERY_BEAT_SCHEDULE = {
    "catch up": {
        "task": "scoring.tasks.catch_up",
        "schedule": 60,
        "options": {"expires": 50},
    },
    "night": {
        "task": "scoring.tasks.run_night_if_due",
        "schedule": 120,
        "options": {"expires": 110},
    },
}

# Sign-in: accounts are made by administrators, never by their future owners.
AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "incentives.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "incentives.sign_in.SignInForm",
    "change_password": "incentives.sign_in.OwnPasswordForm",
    "reset_password": "incentives.sign_in.ForgottenPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = "incentives.accounts.display_name"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody is written to who has no account here.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Wrong passwords are counted in incentives.wrong_passwords; login_failed is left for second steps. A
# whole office signs in from one address when the shift begins.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "reset_password": "20/m/ip,3/h/key",
}
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Incentives"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Transport and browser
SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=not DEVELOPMENT)
# The load balancer and the container's own check ask by plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = environment.number(
    "SECURE_HSTS_SECONDS", 0 if DEVELOPMENT else 365 * 24 * 3600
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
if environment.flag("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "dashboards.refused.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # ECharts and Bootstrap place their elements with the style attribute.
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Languages and time: stored in UTC, shown in the person's or the company's zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["incentives.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "incentives.static_files.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "incentives.static_files.HashedStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# The largest export that the import page and the push API take, in bytes.
# How long a sent file is kept after it came, for importing it again with another mapping.
UPLOADS_KEPT_DAYS = environment.number("UPLOADS_KEPT_DAYS", 90)
INGEST_MAX_BYTES = environment.number("INGEST_MAX_BYTES", 512 * 2**20)
# What reading one file may cost: memory beyond what the reader has at its beginning, and silence.
INGEST_MEMORY_MB = environment.number("INGEST_MEMORY_MB", 4096)
INGEST_SECONDS = environment.number("INGEST_SECONDS", 120)
DROP_FOLDER = Path(environment.text("DROP_FOLDER") or VAR_DIR / "drop")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {"TITLE": "Incentives", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# Mail
EMAIL_BACKEND = environment.text(
    "EMAIL_BACKEND",
    f"django.core.mail.backends.{'console' if DEVELOPMENT else 'smtp'}.EmailBackend",
)
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "incentives@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
}
