"""Who made a change stays written down: a context may be added to, never altered or removed.

The application adds to one through `_pgh_attach_context` alone, which `migrate` lets run as the owner.
"""

from django.db import migrations

_MAKE = """
    CREATE FUNCTION org_context_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            NEW.id := OLD.id;
            NEW.created_at := OLD.created_at;
            NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Who made a change is never removed.' USING ERRCODE = '23514';
    END $$;
    CREATE TRIGGER append_only_said BEFORE UPDATE ON pghistory_context
        FOR EACH ROW EXECUTE FUNCTION org_context_stays();
    CREATE TRIGGER append_only_kept BEFORE DELETE OR TRUNCATE ON pghistory_context
        FOR EACH STATEMENT EXECUTE FUNCTION org_context_stays();
"""
_REMOVE = """
    DROP TRIGGER append_only_said ON pghistory_context;
    DROP TRIGGER append_only_kept ON pghistory_context;
    DROP FUNCTION org_context_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("org", "0008_append_only"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(_MAKE, _REMOVE)]
