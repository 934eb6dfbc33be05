"""What a deployment may leave out, and what it may not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgresql://someone@localhost/nothing",
    "REDIS_URL": "redis://localhost:6379/0",
    "ALLOWED_HOSTS": "incentives.example",
}
SHOW = "from incentives import settings as s; print({expression})"


def python(
    *arguments: str, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run Python on the checkout with this environment only, files under `folder`."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | {"VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def setting(expression: str, *, environment: dict[str, str], folder: Path) -> str:
    """What an expression over the settings module gives."""
    code = SHOW.format(expression=expression)
    done = python("-c", code, environment=environment, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_does_not_start_without(name: str, value: str | None, tmp_path: Path) -> None:
    environment = {key: text for key, text in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value
    done = python("manage.py", "check", environment=environment, folder=tmp_path)
    assert done.returncode != 0
    assert f"{name} must be set in production" in done.stderr.strip().splitlines()[-1]


def test_what_is_not_named_development_is_production(tmp_path: Path) -> None:
    done = python("-c", "import incentives.wsgi", environment={}, folder=tmp_path)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "SECRET_KEY, DATABASE_URL, REDIS_URL, ALLOWED_HOSTS must be set in production" in last


def test_a_misspelt_environment_is_refused(tmp_path: Path) -> None:
    done = python(
        "manage.py", "check", environment={"ENVIRONMENT": "developement"}, folder=tmp_path
    )
    assert done.returncode != 0
    assert 'ENVIRONMENT is "developement"' in done.stderr


def test_production_passes_the_deployment_check_and_starts_no_server(tmp_path: Path) -> None:
    done = python(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        environment=PRODUCTION,
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_debug_cannot_be_switched_on_in_production(tmp_path: Path) -> None:
    environment = PRODUCTION | {"DEBUG": "1"}
    assert setting("s.DEBUG", environment=environment, folder=tmp_path) == "False"


def test_each_checkout_signs_with_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    development = {"ENVIRONMENT": "development"}
    keys = [
        setting("s.SECRET_KEY", environment=development, folder=folder)
        for folder in (tmp_path, tmp_path, tmp_path / "b")
    ]
    assert keys[0] == keys[1] != keys[2]
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("redis", "cache", "broker"),
    [
        ("redis://r:1/3", "redis://r:1/4", "redis://r:1/3"),
        ("rediss://:pw@r", "rediss://:pw@r/1", "rediss://:pw@r"),
        ("unix:///r.sock", "unix:///r.sock?db=1", "redis+socket:///r.sock?virtual_host=0"),
        ("unix:///r.sock?db=6", "unix:///r.sock?db=7", "redis+socket:///r.sock?virtual_host=6"),
    ],
)
def test_cache_and_queue_share_redis_but_no_database(
    redis: str, cache: str, broker: str, tmp_path: Path
) -> None:
    environment = PRODUCTION | {"REDIS_URL": redis}
    expression = "s.CACHE_URL, s.CELERY_BROKER_URL, sep=' '"
    shown = setting(expression, environment=environment, folder=tmp_path)
    assert shown == f"{cache} {broker}"


@pytest.mark.parametrize(("name", "value"), [("INGEST_MAX_BYTES", "1 GB"), ("EMAIL_PORT", "-1")])
def test_a_setting_that_is_no_number_is_named(name: str, value: str, tmp_path: Path) -> None:
    environment = PRODUCTION | {name: value}
    done = python("manage.py", "check", environment=environment, folder=tmp_path)
    assert done.returncode != 0
    assert f'{name} is "{value}": set it to a whole number.' in done.stderr
