"""`manage.py migrate`: Django's own, as the owner of the tables; then the application is let in.

What ships with the product (KPIs, scorecards, rules, boards, badges, quests) is in files; what is missing
of it is added here, and what a company has made of it stays.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from incentives.capabilities import ShippedRows, declared
from incentives.database_roles import RoleRefused, as_owner, let_application_in, seal_triggers
from incentives.org import locks
from incentives.stamps import everything_changed


class Command(migrate.Command):
    """Migrate over DATABASE_OWNER_URL, add what ships, give the role of DATABASE_URL its rights."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run Django's command; prepare the roles unless it only looks."""
        with as_owner():
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                self._prepare_roles()
                _add_shipped()
                everything_changed()  # What pages keep was made by another release.

    def _prepare_roles(self) -> None:
        application = settings.DATABASES["default"]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                seal_triggers(cursor)
                if settings.DATABASE_OWNER:
                    role, password = application["USER"], application["PASSWORD"]
                    let_application_in(cursor, role=role, password=password)
        except RoleRefused as error:
            raise CommandError(str(error)) from error
        if not (settings.DATABASE_OWNER or settings.DEVELOPMENT):
            self.stderr.write(
                "One database role owns the tables and serves the application: whoever holds its"
                " connection can switch triggers off. See docs/operations.md, Two database roles."
            )


def _add_shipped() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return  # Stopped at an earlier migration: the tables are not those of this release.
    with transaction.atomic():
        locks.hold("shipped rows")
        for rows in declared(ShippedRows):
            rows.add()
