"""Static files: the few that we need of the front-end packages, and hashed names for all of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Address under STATIC_URL: file under node_modules/. Source maps come along because the files name them.
PACKAGE_FILES = {
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/css/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/tabler/js/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/tabler/js/tabler.min.js.map": "@tabler/core/dist/js/tabler.min.js.map",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}


class PackageFile(FileSystemStorage):
    """A storage of one file of node_modules under the name that pages know it by."""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.name, self.source = name, source

    def path(self, name: str) -> str:
        """The file's place on disk."""
        return str(self.source if name == self.name else super().path(name))


class PackageFinder(BaseFinder):
    """Finds PACKAGE_FILES, so that collectstatic does not gather the packages' other thousands."""

    def __init__(self, *_: Any, **__: Any) -> None:
        root = Path(settings.BASE_DIR) / "node_modules"
        self.files = {name: PackageFile(name, root / file) for name, file in PACKAGE_FILES.items()}

    def check(self, **_: Any) -> list[Any]:
        """Nothing to check: a missing package is reported by collectstatic."""
        return []

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The file's place on disk; a list when `find_all`, as Django's finders do."""
        file = self.files.get(path)
        if file is None or not file.source.exists():
            return []
        return [str(file.source)] if find_all else str(file.source)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every package file with the storage that opens it; raises FileNotFoundError before `npm ci`."""
        for name, file in self.files.items():
            if not file.source.exists():
                raise FileNotFoundError(f"{file.source} is missing: run make setup.")
            yield name, file


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compressed files with hashed names, also where our own JavaScript modules import each other.

    Django can follow the imports of every script, but its expressions take words in other packages'
    comments for imports.
    """

    patterns = (
        *HashedFilesMixin.patterns,
        ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1]),  # type: ignore[attr-defined]
    )
