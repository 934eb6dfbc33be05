#!/usr/bin/env python3
"""Command line of the product."""

import os
import sys

PRODUCTION_MARKS = ("ENVIRONMENT", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")
WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "spectacular",
    "version",
}


def main() -> None:
    """Run a command. In a checkout with nothing configured, that is development."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incentives.settings")
    if not any(os.environ.get(name) for name in PRODUCTION_MARKS):
        os.environ["ENVIRONMENT"] = "development"
    try:
        from django.core.management import execute_from_command_line

        from incentives import embedded
    except ImportError as error:
        sys.exit(f"{error}: run make setup, then use .venv/bin/python manage.py.")
    if needs_servers(sys.argv[1:]):
        try:
            embedded.ensure_missing()
        except embedded.EmbeddedServerError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


def needs_servers(arguments: list[str]) -> bool:
    """False for help and for commands that only work on files."""
    command = next(iter(arguments), "help")
    asks_help = bool({"-h", "--help", "--version"} & set(arguments))
    return not asks_help and command not in WITHOUT_SERVERS


if __name__ == "__main__":
    main()
