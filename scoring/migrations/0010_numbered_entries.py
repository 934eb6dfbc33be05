import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0009_compact_scores'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='pointentry',
            name='add_up',
        ),
        migrations.RemoveIndex(
            model_name='pointentry',
            name='pointentry_agent_day',
        ),
        migrations.RemoveIndex(
            model_name='pointentry',
            name='pointentry_booked',
        ),
        migrations.AddField(
            model_name='pointentry',
            name='nth',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='number'),
        ),
        migrations.AlterField(
            model_name='pointentry',
            name='actor',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='pointentry',
            name='agent',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='point_entries', to=settings.AUTH_USER_MODEL, verbose_name='agent'),
        ),
        migrations.AlterField(
            model_name='pointentry',
            name='reverses',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.pointentry'),
        ),
        migrations.AlterField(
            model_name='pointentry',
            name='rule',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='scoring.pointrule'),
        ),
        migrations.AlterField(
            model_name='pointentry',
            name='source_key',
            field=models.TextField(blank=True, db_collation='C', null=True),
        ),
        # The first entries get their numbers; the ledger lets nobody else edit it.
        migrations.RunSQL(
            """
            ALTER TABLE scoring_pointentry DISABLE TRIGGER pgtrigger_append_only_d494c;
            UPDATE scoring_pointentry e SET nth = n.nth, source_key = NULL
            FROM (SELECT id, row_number() OVER (PARTITION BY agent_id, occurred_on, rule_id
                                                ORDER BY id) AS nth
                  FROM scoring_pointentry WHERE kind = 'rule') n
            WHERE n.id = e.id;
            ALTER TABLE scoring_pointentry ENABLE TRIGGER pgtrigger_append_only_d494c;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='pointentry',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['booked_on'], name='pointentry_booked'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointentry',
            trigger=pgtrigger.compiler.Trigger(name='add_up', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM (SELECT DISTINCT rule_id, actor_id, reverses_id FROM added) a\n        WHERE (rule_id IS NOT NULL AND NOT EXISTS (\n                SELECT FROM scoring_pointrule WHERE id = a.rule_id))\n            OR (actor_id IS NOT NULL AND NOT EXISTS (SELECT FROM org_person WHERE id = a.actor_id))\n            OR (reverses_id IS NOT NULL AND NOT EXISTS (\n                SELECT FROM scoring_pointentry WHERE id = a.reverses_id)))\n    THEN\n        RAISE EXCEPTION 'A points entry names a rule, person or entry that does not exist.'\n            USING ERRCODE = '23503';\n    END IF;\n    INSERT INTO scoring_pointtotal AS t (agent_id, lifetime)\n    SELECT agent_id, sum(amount) FROM added GROUP BY agent_id ORDER BY agent_id\n    ON CONFLICT (agent_id) DO UPDATE SET lifetime = t.lifetime + excluded.lifetime;\n    RETURN NULL;\n", hash='ce34b6e01a8cc69823788c0434bbef23090d5437', level='STATEMENT', operation='INSERT', pgid='pgtrigger_add_up_3de59', referencing='REFERENCING NEW TABLE AS added ', table='scoring_pointentry', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.CheckConstraint(condition=models.Q(('nth__isnull', False), ('source_key__isnull', False), _connector='OR'), name='pointentry_posted_once'),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.UniqueConstraint(fields=('agent', 'occurred_on', 'rule', 'nth'), include=('amount', 'booked_on'), name='pointentry_agent_day'),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.UniqueConstraint(condition=models.Q(('source_key__isnull', False)), fields=('source_key',), name='pointentry_source'),
        ),
    ]
