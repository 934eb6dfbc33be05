"""Addresses that an administrator wrote on a page are confirmed; what files brought is not.

Who wrote it stands in the events: the one that brought the address of now has a request of somebody
who is an administrator behind it. Imports are carried out by workers, without any request.
"""

from django.conf import settings
from django.db import migrations

CONFIRM = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT DISTINCT ON (lower(p.email)) p.id, lower(p.email), true, true
    FROM org_person p
    JOIN (
        SELECT pgh_obj_id, pgh_context_id, email,
            lag(email) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS email_before
        FROM org_personevent
    ) e ON e.pgh_obj_id = p.id AND e.email = p.email AND e.email IS DISTINCT FROM e.email_before
    JOIN pghistory_context c ON c.id = e.pgh_context_id
    JOIN org_rolegrant g ON g.role = 'administrator' AND g.person_id::text = c.metadata ->> 'user'
    WHERE p.email <> '' AND p.is_active
        AND NOT EXISTS (
            SELECT FROM account_emailaddress a
            WHERE a.user_id = p.id OR (a.verified AND a.email = lower(p.email))
        )
    ORDER BY lower(p.email), p.id
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0005_positions"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(CONFIRM, migrations.RunSQL.noop)]
