"""Two database roles: what the application may not do, whatever it sends, and what even the owner may not."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Model

from incentives.database_roles import RoleRefused, let_application_in
from incentives.org.models import Person
from scoring.figures.totals import _FACTS
from scoring.models import PointTotal
from tests import databases
from tests.org.cast import Cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.DATABASE_OWNER, reason="one role: set DATABASE_OWNER_URL too"),
]
ENTRY = (
    "INSERT INTO scoring_pointentry (agent_id, occurred_on, booked_on, amount, cause, kind,"
    " source_key) VALUES ({}, now(), now(), 5, '{{}}', 'quest', 'q')"
)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def ask(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_the_suite_itself_runs_as_the_application() -> None:
    ((user, superuser),) = ask(
        "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)"
    )
    assert user == settings.DATABASES["default"]["USER"] != settings.DATABASE_OWNER["USER"]
    assert superuser is False


FORBIDDEN = [
    "UPDATE scoring_pointentry SET amount = 1",
    "DELETE FROM scoring_pointentry",
    "TRUNCATE scoring_pointentry",
    "TRUNCATE scoring_ticket",
    "UPDATE org_personevent SET display_name = 'x'",
    "DELETE FROM org_personevent",
    "UPDATE pghistory_context SET metadata = '{}'",
    "UPDATE badges_battledamage SET amount = 1",
    "UPDATE badges_setcompletion SET completed_on = now()",
    "ALTER TABLE scoring_pointentry DISABLE TRIGGER USER",
    "DROP TRIGGER indexes_are_back ON scoring_indexaway",
    "ALTER TABLE org_person ADD COLUMN x integer",
    "DROP TABLE scoring_pointentry",
    "CREATE TABLE mine (x integer)",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
    " LANGUAGE sql AS 'SELECT true'",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "INSERT INTO scoring_indexaway (fact, statement) VALUES ('x', 'DROP TABLE org_person')",
    "SELECT * FROM scoring_indexaway",
    "DELETE FROM django_migrations",
    "SELECT scoring_take_indexes('scoring_pointentry')",
    "SELECT scoring_renew_statistics('pg_authid', '{{}}')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not(statement: str) -> None:
    owner = f'"{settings.DATABASE_OWNER["USER"]}"'
    with pytest.raises(Error) as refused, transaction.atomic():
        run(statement.replace("{owner}", owner).replace("{{}}", "{}"))
    assert getattr(refused.value.__cause__, "pgcode", None) in {"42501", "42704"}, refused.value


def test_every_table_is_granted_and_ledgers_only_grow() -> None:
    """A table that `migrate` forgot, or an undeclared exception, stands in the difference."""
    rights: dict[str, list[str]] = dict(
        ask(
            "SELECT relname, array(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',"
            " 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p WHERE has_table_privilege(oid, p)) FROM pg_class"
            " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')"
        )
    )
    rows, grows = ["SELECT", "INSERT", "UPDATE", "DELETE"], ["SELECT", "INSERT"]
    expected = dict.fromkeys(rights, rows) | {
        model._meta.db_table: grows for model in apps.get_models() if _is_append_only(model)
    }
    expected |= {"pghistory_context": grows, "badges_battledamage": [*grows, "DELETE"]}
    expected |= {"django_migrations": ["SELECT"], "scoring_indexaway": []}
    assert rights == expected
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)
              if model._meta.managed and not model._meta.proxy}  # fmt: skip
    assert tables <= set(rights)
    assert {"scoring_pointentry", "org_personevent"} <= {
        t for t, may in rights.items() if may == grows
    }


def _is_append_only(model: type[Model]) -> bool:
    triggers = getattr(model._meta, "triggers", [])
    return any(trigger.name == "append_only" for trigger in triggers)


def test_every_event_table_is_declared_append_only() -> None:
    events = [m for m in apps.get_models() if issubclass(m, pghistory.models.Event)]
    kept = [model for model in events if model._meta.managed and not model._meta.abstract]
    assert len(kept) > 20
    assert [model for model in kept if not _is_append_only(model)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE org_personevent SET display_name = 'x'",
        "DELETE FROM org_personevent",
        "TRUNCATE org_personevent",
        "TRUNCATE scoring_pointentry",
        "DELETE FROM pghistory_context",
    ],
)
def test_even_the_owner_does_not_rewrite_what_was_written_down(statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        databases.as_owner(statement)


def test_no_setting_of_a_session_silences_a_trigger(cast: Cast) -> None:
    run("SET LOCAL pgtrigger.ignore = '{}'")
    ((names,),) = ask("SELECT array_agg(DISTINCT tgname) FROM pg_trigger WHERE NOT tgisinternal")
    run("SET LOCAL pgtrigger.ignore = '{" + ",".join(names) + "}'")
    run(ENTRY.format(cast.agent.pk))
    assert PointTotal.objects.get(agent=cast.agent).lifetime == 5


def test_a_temporary_table_of_the_same_name_does_not_catch_what_triggers_write(cast: Cast) -> None:
    run("CREATE TEMP TABLE scoring_pointtotal (agent_id bigint PRIMARY KEY, lifetime bigint)")
    run("CREATE TEMP TABLE org_personevent (LIKE public.org_personevent INCLUDING ALL)")
    run(ENTRY.format(cast.agent.pk))
    Person.objects.filter(pk=cast.agent.pk).update(display_name="Somebody Else")
    run("DROP TABLE pg_temp.scoring_pointtotal, pg_temp.org_personevent")
    assert PointTotal.objects.get(agent=cast.agent).lifetime == 5
    assert ask("SELECT count(*) FROM org_personevent WHERE display_name = 'Somebody Else'") == [
        (1,)
    ]


def test_who_made_a_change_is_added_to_and_never_altered(cast: Cast) -> None:
    with pghistory.context(user=cast.agent.pk, url="/there") as context:
        Person.objects.filter(pk=cast.agent.pk).update(display_name="Once")
    run(f"SET LOCAL pghistory.context_id = '{context.id}'")
    run("""SET LOCAL pghistory.context_metadata = '{"user": 1, "url": null, "more": "x"}'""")
    run("SELECT _pgh_attach_context()")
    ((said,),) = ask(f"SELECT metadata FROM pghistory_context WHERE id = '{context.id}'")
    assert str(said).count(str(cast.agent.pk)) == 1
    assert all(word in str(said) for word in ("/there", "more"))


def test_indexes_that_are_not_given_back_end_no_transaction() -> None:
    with pytest.raises(IntegrityError, match="not given back"), transaction.atomic():
        run("SELECT scoring_take_indexes('scoring_ticket'); SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", [table for _alias, table in _FACTS.values()])
def test_every_kind_of_fact_may_be_filled_with_its_indexes_away(table: str) -> None:
    run(f"SELECT scoring_take_indexes('{table}'); SELECT scoring_give_indexes('{table}')")


@pytest.fixture
def owners() -> Iterator[Any]:
    """A cursor of the owner in the test's database; what it did is rolled back."""
    with databases.owners_cursor(str(connection.settings_dict["NAME"])) as cursor:
        cursor.execute("BEGIN")
        yield cursor
        cursor.execute("ROLLBACK")


def test_a_role_that_could_become_the_owner_is_refused(owners: Any) -> None:
    with pytest.raises(RoleRefused, match="may act as the owner"):
        let_application_in(owners, role=settings.DATABASE_OWNER["USER"])


def test_a_missing_role_is_made_and_may_do_the_same(owners: Any) -> None:
    role = f"made_{settings.TEST_SLOT}"
    let_application_in(owners, role=role, password="it's a secret")
    owners.execute(
        "SELECT rolcanlogin, rolsuper, has_table_privilege(rolname, 'org_person', 'UPDATE'),"
        " has_table_privilege(rolname, 'scoring_pointentry', 'INSERT'),"
        " has_table_privilege(rolname, 'scoring_pointentry', 'DELETE')"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    )
    assert owners.fetchone() == (True, False, True, True, False)


@pytest.mark.django_db(transaction=True)
def test_migrate_gives_and_takes_until_the_rights_are_right() -> None:
    role = settings.DATABASES["default"]["USER"]
    with databases.owners_cursor(str(connection.settings_dict["NAME"])) as cursor:
        cursor.execute(f"GRANT UPDATE, TRUNCATE ON scoring_pointentry TO {role}")
        cursor.execute(f"REVOKE ALL ON org_team FROM {role}")
        cursor.execute("ALTER FUNCTION _pgh_attach_context() SECURITY INVOKER RESET ALL")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
            " LANGUAGE sql AS 'SELECT true'"
        )
    call_command("migrate", verbosity=0)
    assert ask(
        "SELECT has_table_privilege('scoring_pointentry', 'UPDATE'),"
        " has_table_privilege('scoring_pointentry', 'TRUNCATE'),"
        " has_table_privilege('org_team', 'UPDATE'), _pgtrigger_should_ignore('any'),"
        " (SELECT prosecdef AND proconfig IS NOT NULL FROM pg_proc WHERE proname = '_pgh_attach_context')"
    ) == [(False, False, True, False, True)]


@pytest.mark.django_db(transaction=True)
def test_one_role_for_everything_is_told_of_in_production(settings: Any) -> None:
    settings.DATABASE_OWNER, settings.DEVELOPMENT = {}, False
    told = StringIO()
    call_command("migrate", verbosity=0, stderr=told)
    assert "One database role owns the tables" in told.getvalue()
