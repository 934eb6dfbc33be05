"""Reading settings from environment variables, and refusing to start without the ones that matter."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import dj_database_url
from dj_database_url import DBConfig
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
POSTGRESQL = {"postgres", "postgresql", "pgsql"}
REQUIRED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")


def is_development() -> bool:
    """True only when ENVIRONMENT says so: whatever is not named development is production.

    Raises ImproperlyConfigured for a name that is neither, such as a misspelt one.
    """
    name = text("ENVIRONMENT", "production")
    if name not in {"development", "production"}:
        raise ImproperlyConfigured(f'ENVIRONMENT is "{name}": set it to development or production.')
    return name == "development"


def require(names: Iterable[str] = REQUIRED) -> None:
    """Raise ImproperlyConfigured naming every variable of `names` that is unset or empty."""
    missing = [name for name in names if not text(name)]
    if missing:
        raise ImproperlyConfigured(
            f"{', '.join(missing)} must be set in production: set what is missing in the environment, "
            "or set ENVIRONMENT=development on a machine of your own."
        )


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; unset and empty are the same."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes-or-no variable: 1/true/yes/on or 0/false/no/off."""
    value = text(name).lower()
    if value and value not in TRUE | FALSE:
        raise ImproperlyConfigured(f'{name} is "{value}": set it to 1 or 0.')
    return value in TRUE if value else default


def number(name: str, default: int) -> int:
    """A whole number that is not negative."""
    value = text(name)
    if value and not value.isdecimal():
        raise ImproperlyConfigured(f'{name} is "{value}": set it to a whole number.')
    return int(value) if value else default


def hour(name: str, default: int) -> int:
    """An hour of the day, 0 to 23."""
    value = number(name, default)
    if value > 23:
        raise ImproperlyConfigured(f'{name} is "{value}": set it to an hour from 0 to 23.')
    return value


def names(name: str, default: Iterable[str] = ()) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def development_key(file: Path) -> str:
    """A secret of this checkout's own, made once, so that no known key ever signs a session."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, file)  # of two first starts at once, one wins and both read it
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text()


def database(url: str, name: str = "DATABASE_URL") -> DBConfig:
    """Django's settings for a PostgreSQL address; the address itself is not repeated in the refusal.

    It may hold a password.
    """
    try:
        if urlsplit(url).scheme not in POSTGRESQL:
            raise ValueError("names no PostgreSQL server")
        return dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is not the address of a PostgreSQL database: "
            "write it like postgresql://user:password@host:5432/name."
        ) from None


def redis_database(url: str, offset: int) -> str:
    """The address of the database `offset` numbers after the one that `url` names."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        current = int(parse_qs(parts.query).get("db", ["0"])[0])
        return f"unix://{parts.path}?db={current + offset}"  # urlunsplit would drop the slashes
    current = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{current + offset}"))


def celery_broker(url: str) -> str:
    """The same Redis in Celery's spelling: Unix sockets are named differently there."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
