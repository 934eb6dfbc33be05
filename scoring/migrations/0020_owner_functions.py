"""What the application needs done that only the owner of the tables may do, and no more than that."""

from typing import Any

from django.db import migrations

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$"

_INDEXES = (
    # Away between the two functions, in one transaction; the application has no right to the table.
    """
    CREATE TABLE scoring_indexaway (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        fact text NOT NULL, statement text NOT NULL)
    """,
    "COMMENT ON TABLE scoring_indexaway IS 'owner only'",
    f"""
    CREATE FUNCTION scoring_take_indexes(fact regclass) RETURNS integer {_DEFINER}
    DECLARE found record; taken integer := 0;
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = fact
            AND relnamespace = current_schema()::regnamespace AND relname IN (
                'scoring_ticket', 'scoring_activity', 'scoring_queueinterval', 'scoring_agentday'))
        THEN
            RAISE EXCEPTION 'Only fact tables are filled with their indexes away, not %.', fact
                USING ERRCODE = '42501';
        END IF;
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', fact);
        FOR found IN
            SELECT quote_ident(i.relname) AS index, pg_get_indexdef(i.oid) AS making,
                quote_ident(k.conname) AS key, pg_get_constraintdef(k.oid) AS terms
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
            LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u')
            WHERE x.indrelid = fact ORDER BY i.oid
        LOOP
            IF found.key IS NULL THEN
                EXECUTE format('DROP INDEX %s', found.index);
            ELSE
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', fact, found.key);
            END IF;
            INSERT INTO scoring_indexaway (fact, statement) VALUES (fact::text, coalesce(
                format('ALTER TABLE %s ADD CONSTRAINT ', fact) || found.key || ' ' || found.terms,
                found.making));
            taken := taken + 1;
        END LOOP;
        RETURN taken;
    END $$
    """,
    f"""
    CREATE FUNCTION scoring_give_indexes(fact regclass) RETURNS void {_DEFINER}
    DECLARE making text;
    BEGIN
        FOR making IN
            WITH back AS (DELETE FROM scoring_indexaway a WHERE a.fact = $1::text
                RETURNING a.id, a.statement)
            SELECT statement FROM back ORDER BY id
        LOOP
            EXECUTE making;
        END LOOP;
    END $$
    """,
    f"""
    CREATE FUNCTION scoring_indexes_are_back() RETURNS trigger {_DEFINER}
    BEGIN
        IF EXISTS (SELECT FROM scoring_indexaway WHERE id = NEW.id) THEN
            RAISE EXCEPTION 'The indexes of % were taken away and not given back.', NEW.fact
                USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER indexes_are_back AFTER INSERT ON scoring_indexaway
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scoring_indexes_are_back()
    """,
)

_STATISTICS = f"""
    CREATE FUNCTION scoring_renew_statistics(grown regclass, columns text[]) RETURNS void {_DEFINER}
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = grown AND relkind IN ('r', 'p')
            AND relnamespace = current_schema()::regnamespace)
        THEN
            RAISE EXCEPTION '% is no table of the product.', grown USING ERRCODE = '42501';
        END IF;
        EXECUTE format('ANALYZE %s', grown)
            || coalesce(' (' || (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c) || ')', '');
    END $$
"""

# Taking the lock needs a right to change entries, which the application does not have.
_LEDGER = f"""
    CREATE FUNCTION scoring_await_ledger() RETURNS void {_DEFINER}
    BEGIN
        LOCK TABLE scoring_pointentry IN SHARE MODE;
    END $$
"""

_FUNCTIONS = (
    "scoring_take_indexes(regclass)",
    "scoring_give_indexes(regclass)",
    "scoring_renew_statistics(regclass, text[])",
    "scoring_await_ledger()",
)


def make(apps: Any, schema_editor: Any) -> None:
    """Make table and functions; only roles that `migrate` lets in may call them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    for statement in (*_INDEXES, _STATISTICS, _LEDGER):
        schema_editor.execute(statement.replace("{schema}", schema), None)
    for function in _FUNCTIONS:
        schema_editor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def remove(apps: Any, schema_editor: Any) -> None:
    """Take them away again."""
    for function in _FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION {function}")
    schema_editor.execute("DROP TABLE scoring_indexaway")
    schema_editor.execute("DROP FUNCTION scoring_indexes_are_back()")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0019_decisions")]

    operations = [migrations.RunPython(make, remove)]
