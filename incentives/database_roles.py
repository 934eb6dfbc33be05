"""Two PostgreSQL roles: the owner makes and changes tables, the application works with their rows.

Whoever holds the application's connection can then neither empty or alter a ledger nor silence a
trigger. What the application may do with a table follows from the table itself: everything with
its rows, except what its triggers `append_only` are about (docs/operations.md, "Two database roles").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# Held while roles are prepared, so that two runs of migrate do not change the same grants at once.
_LOCK = 7_270_013
# Tables with this comment serve functions of the owner; the application may not even read them.
OWNER_ONLY = "owner only"

# Each query gives statements to run, none when nothing is left to do. Triggers first: no setting of
# a session and no temporary table of the same name may lead them astray.
_SEAL = (
    """
    SELECT 'CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean'
        ' LANGUAGE sql IMMUTABLE AS ''SELECT false'''
    FROM pg_proc p WHERE proname = '_pgtrigger_should_ignore' AND prosrc <> 'SELECT false'
        AND pronamespace = current_schema()::regnamespace
    """,
    """
    SELECT format('ALTER FUNCTION %%s SET search_path = %%I, pg_temp', oid::regprocedure,
        current_schema())
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proconfig IS NULL
        AND proname <> '_pgtrigger_should_ignore' AND prokind = 'f'
        AND pg_has_role(proowner, 'USAGE')
    """,
    # What is known of a request is added to by this function alone.
    """
    SELECT 'ALTER FUNCTION _pgh_attach_context() SECURITY DEFINER' FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname = '_pgh_attach_context'
        AND NOT prosecdef
    """,
)
_GRANT = (
    """
    SELECT format(s, current_database(), current_schema(), %(role)s) FROM unnest(ARRAY[
        'GRANT CONNECT, TEMPORARY ON DATABASE %%1$I TO %%3$I',
        'GRANT USAGE ON SCHEMA %%2$I TO %%3$I',
        'REVOKE CREATE ON SCHEMA %%2$I FROM PUBLIC, %%3$I',
        -- A table that a migration makes is used by triggers at once, before it ends.
        'ALTER DEFAULT PRIVILEGES IN SCHEMA %%2$I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %%3$I',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA %%2$I GRANT USAGE ON SEQUENCES TO %%3$I']) s
    """,
    """
    WITH right_of AS (
        SELECT c.oid, p.name, CASE
            WHEN obj_description(c.oid, 'pg_class') = %(owner_only)s THEN false
            WHEN p.name = 'SELECT' THEN true
            WHEN c.relname = 'django_migrations' THEN false
            WHEN p.name = 'INSERT' THEN true
            WHEN p.name IN ('UPDATE', 'DELETE') THEN NOT EXISTS (
                SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
                    AND t.tgname ~ '(^|_)append_only_'
                    AND t.tgtype & CASE p.name WHEN 'UPDATE' THEN 16 ELSE 8 END <> 0)
            ELSE false END AS given
        FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
            'REFERENCES', 'TRIGGER']) AS p(name)
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v')
    )
    SELECT format(CASE WHEN given THEN 'GRANT %%s ON TABLE %%s TO %%I'
        ELSE 'REVOKE %%s ON TABLE %%s FROM PUBLIC, %%I' END, name, oid::regclass, %(role)s)
    FROM right_of WHERE given <> has_table_privilege(%(role)s, oid, name)
    """,
    """
    SELECT format('GRANT USAGE ON SEQUENCE %%s TO %%I', oid::regclass, %(role)s)
    FROM pg_class WHERE CASE WHEN relkind = 'S' AND relnamespace = current_schema()::regnamespace
        THEN NOT has_sequence_privilege(%(role)s, oid, 'USAGE') END
    """,
    """
    SELECT format('GRANT EXECUTE ON FUNCTION %%s TO %%I', oid::regprocedure, %(role)s)
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'
        AND NOT has_function_privilege(%(role)s, oid, 'EXECUTE')
    """,
)


class RoleRefused(Exception):
    """The application's role cannot be prepared; the message says what to do."""


def seal_triggers(cursor: Any) -> None:
    """Let no session look away from triggers or lead them to tables of its own; for every set-up."""
    _take_turns(cursor)
    _run(cursor, _SEAL, {})


def let_application_in(cursor: Any, *, role: str, password: str = "") -> None:
    """Make the application's role if it is missing, and give it what it may do, and no more.

    Runs over the owner's connection, inside a transaction; may be repeated. Raises RoleRefused when
    the role is the owner or can become it, and when it is missing and the owner may not make roles.
    """
    _take_turns(cursor)
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
    if not cursor.fetchone()[0]:
        _make(cursor, role, password)
    cursor.execute("SELECT current_user, pg_has_role(%s, current_user, 'MEMBER')", [role])
    owner, is_owner = cursor.fetchone()
    if is_owner:
        raise RoleRefused(
            f'The database role "{role}" of DATABASE_URL may act as the owner "{owner}": name one'
            " there that is neither a superuser nor a member of the owner."
        )
    _run(cursor, _GRANT, {"role": role, "owner_only": OWNER_ONLY})


def _make(cursor: Any, role: str, password: str) -> None:
    cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise RoleRefused(
            f'The database has no role "{role}", and the owner may not make one: let an'
            f' administrator CREATE ROLE "{role}" LOGIN with the password of DATABASE_URL.'
        )
    making = "CREATE ROLE %%I LOGIN" + (" PASSWORD %%L" if password else "")
    _run(cursor, [f"SELECT format('{making}', %(role)s, %(password)s)"],
         {"role": role, "password": password})  # fmt: skip


def _take_turns(cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _run(cursor: Any, queries: Any, params: Mapping[str, str]) -> None:
    for query in queries:
        cursor.execute(query, params)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def owner_address(own: Mapping[str, Any]) -> dict[str, Any]:
    """Connection settings of the owner for the database of `own`; the same where one role is all."""
    from django.conf import settings

    given: Mapping[str, Any] = settings.DATABASE_OWNER
    return {**own, "OPTIONS": {}, **given, "NAME": own["NAME"]} if given else dict(own)


@contextmanager
def as_owner() -> Iterator[None]:
    """Let Django's connection be the owner's for a while, outside of any transaction."""
    from django.db import connection

    own = connection.settings_dict
    connection.close()
    connection.settings_dict = owner_address(own)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = own
