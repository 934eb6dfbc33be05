"""Run one benchmark: `python -m bench night --rows 100000`. `make bench…` runs them all at full size.

Each has servers and a folder of its own, var/bench-…, which are gone afterwards unless it keeps
them for the next. A benchmark is a module of this package with `OPTIONS` (name: default and what it
is) and `measure(options)`, which prints its table; it may name the `FOLDER` that it shares.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("ingest", "night", "home", "boards", "badges", "play", "battle-page", "pages")
#: One company of many months, which the night leaves and the home takes.
FOLDERS = {"ingest": "bench", "night": "bench", "home": "bench"}


def main() -> None:
    """Start the servers, measure, and clear away."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        sys.exit(f"Say which: {', '.join(NAMES)}.")
    var = ROOT / "var" / FOLDERS.get(name, f"bench-{name}")
    os.environ.update(
        ENVIRONMENT="development",
        DEBUG="0",
        LOG_LEVEL="ERROR",
        VAR_DIR=str(var),
        DJANGO_SETTINGS_MODULE="incentives.settings",
    )
    # What settings read lies in that folder, the secret key of sessions too: it is cleared first.
    keep = "--keep" in sys.argv
    if not keep:
        _stop(var)
        shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    module = import_module(f"bench.{name.replace('-', '_')}")
    options = _parser(name, module.__doc__ or "", module.OPTIONS).parse_args(sys.argv[2:])
    from django.core.management import call_command
    from django.db import connections

    from incentives import embedded

    embedded.ensure_missing()
    try:
        call_command("migrate", verbosity=0)
        module.measure(options)
    finally:
        connections.close_all()
        _stop(var)
        if not keep:
            shutil.rmtree(var, ignore_errors=True)


def _parser(
    name: str, about: str, options: dict[str, tuple[float | str, str]]
) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        f"python -m bench {name}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--keep", action="store_true", help="use what was kept, and keep it again")
    for option, (default, what) in options.items():
        parser.add_argument(
            f"--{option}", type=type(default), default=default, help=f"{what} ({default})"
        )
    return parser


def _stop(var: Path) -> None:
    if var.exists():
        command = [sys.executable, "-m", "incentives.embedded", "stop"]
        subprocess.run(command, cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
