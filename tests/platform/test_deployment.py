"""Files that deploy the product: what they promise can be read off them."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "APP_DATABASE_PASSWORD", "REDIS_PASSWORD"}
ADDRESS = re.compile(r"https?://[^\s\"'>)]+")


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return services


def test_every_part_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_every_lasting_part_is_watched_and_comes_back(
    name: str, services: dict[str, dict[str, Any]]
) -> None:
    assert services[name]["healthcheck"]["test"]
    assert services[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_runs_before_the_migrations(name: str, services: dict[str, dict[str, Any]]) -> None:
    needs = services[name]["depends_on"]
    assert needs["migrate"]["condition"] == "service_completed_successfully"
    assert needs["postgres"]["condition"] == needs["redis"]["condition"] == "service_healthy"


def test_only_the_migrations_run_as_the_owner(services: dict[str, dict[str, Any]]) -> None:
    owners = {
        name for name, it in services.items() if "POSTGRES_PASSWORD" in str(it["environment"])
    }
    assert owners == {"migrate", "postgres"}
    assert "//incentives_app:" in services["web"]["environment"]["DATABASE_URL"]


def test_no_secret_has_a_default(text: str) -> None:
    uses = re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", text)
    assert {name for name, _ in uses} >= SECRETS
    demanded = {name for name, rest in uses if rest.startswith(":?")}
    assert demanded >= SECRETS | {"ALLOWED_HOSTS"}
    assert [name for name, rest in uses if name in SECRETS and rest.startswith((":-", "-"))] == []


def test_only_the_web_server_is_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert {name for name, service in services.items() if service.get("ports")} == {"web"}


def test_the_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM")) :]
    users = [line.split()[1] for line in last_stage if line.startswith("USER")]
    assert users
    assert users[-1] not in {"root", "0"}
    assert "    ENVIRONMENT=production \\" in last_stage


def test_locked_packages_are_hashed_and_name_no_address() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        content = file.read_text().replace("\\\n", " ")
        pins = [line for line in content.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert [line for line in pins if "--hash=sha256:" not in line] == []
        assert ADDRESS.findall(content) == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_what_production_installs_is_among_what_is_tested() -> None:
    pinned = re.compile(r"^([\w.\-]+)==([^ \\]+)", re.MULTILINE)
    base, dev = (
        dict(pinned.findall((ROOT / "requirements" / f"{name}.txt").read_text()))
        for name in ("base", "dev")
    )
    assert base.items() <= dev.items()


def test_every_documented_setting_exists_and_the_other_way_round() -> None:
    table = (ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    sources = [
        *(ROOT / "incentives").glob("*.py"),
        *(ROOT / "incentives" / "embedded").glob("*.py"),
        ROOT / "bin" / "gunicorn.py",
    ]
    reads = re.compile(r'(?:environment\.\w+|environ\.get|text|flag|number|names)\(\s*"([A-Z_]+)"')
    read = {name for file in sources for name in reads.findall(file.read_text())}
    assert documented == read - {"DJANGO_SETTINGS_MODULE"}


def test_nothing_that_is_made_is_tracked() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    made = [name for name in tracked if re.match(r"(var|node_modules|\.venv)/|.*\.(mo|pyc)$", name)]
    assert made == []
