import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from incentives.static_files import PACKAGE_FILES
from tests.platform.test_settings import PRODUCTION, ROOT, python


def test_pages_get_the_packages_files_and_no_others() -> None:
    for name in PACKAGE_FILES:
        assert Path(str(finders.find(name))).is_file()
    assert finders.find("vendor/tabler/css/tabler-flags.css") is None
    assert finders.find("vendor/../package.json") is None


def test_collected_files_are_hashed_and_compressed_and_name_each_other(tmp_path: Path) -> None:
    done = python(
        *("manage.py", "collectstatic", "--noinput"), environment=PRODUCTION, folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    static = tmp_path / "static"
    assert list(static.glob("vendor/tabler/css/tabler.min.*.css.gz"))
    assert list(static.glob("django_htmx/htmx-2.min.*.js"))
    assert not list(static.glob("**/echarts.common*"))
    assert len(list(static.rglob("*"))) < 2000


def test_a_missing_package_is_named_when_files_are_gathered(tmp_path: Path) -> None:
    code = (
        "import django, pathlib; from django.conf import settings; from incentives import settings as s;"
        "s.BASE_DIR = pathlib.Path('/nowhere'); django.setup();"
        "from incentives.static_files import PackageFinder; list(PackageFinder().list(None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=PRODUCTION
        | {"DJANGO_SETTINGS_MODULE": "incentives.settings", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is missing: run make setup." in done.stderr


@pytest.mark.parametrize("name", ["vendor/tabler/css/tabler.min.css", "django_htmx/htmx-2.min.js"])
def test_find_lists_each_place_once(name: str) -> None:
    assert len(finders.find(name, find_all=True)) == 1
