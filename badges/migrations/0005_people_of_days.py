"""Battles that are not settled count their days' people in the next night."""

from django.db import migrations

RECOUNT = """
    UPDATE badges_battlestate s SET recount = TRUE FROM badges_battle b
    WHERE b.id = s.battle_id AND b.status <> 'settled'
"""


class Migration(migrations.Migration):
    dependencies = [("badges", "0004_credentials")]

    operations = [migrations.RunSQL(RECOUNT, migrations.RunSQL.noop)]
