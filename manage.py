#!/usr/bin/env python3
"""Command line of the product."""

import os
import sys

PRODUCTION_MARKS = ("ENVIRONMENT", "SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")


def main() -> None:
    """Run a command. In a checkout with nothing configured, that is development."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incentives.settings")
    if not any(os.environ.get(name) for name in PRODUCTION_MARKS):
        os.environ["ENVIRONMENT"] = "development"
    try:
        from incentives import command_line
    except ImportError as error:
        sys.exit(f"{error}: run make setup, then use .venv/bin/python manage.py.")
    command_line.run(sys.argv)


if __name__ == "__main__":
    main()
