import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0002_calendar'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('scoring', '0007_nights'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('attribution', 'Whose it is'), ('rating', 'A rating'), ('score', 'A score')], max_length=12, verbose_name='about')),
                ('kind', models.CharField(blank=True, max_length=10)),
                ('external_id', models.TextField(blank=True, db_collation='C', verbose_name='id')),
                ('day', models.DateField(verbose_name='day')),
                ('period', models.CharField(blank=True, max_length=5)),
                ('part', models.CharField(blank=True, max_length=20)),
                ('text', models.TextField(max_length=2000, verbose_name='why')),
                ('status', models.CharField(choices=[('open', 'Waiting'), ('granted', 'Granted'), ('rejected', 'Not granted'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='status')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='raised')),
                ('due_on', models.DateField(verbose_name='to be decided by')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='handed on to a manager')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='took effect')),
                ('effect', models.JSONField(blank=True, default=list)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('claimed_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kpi', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.kpi')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.source')),
            ],
            options={
                'verbose_name': 'appeal',
                'verbose_name_plural': 'appeals',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AppealEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('about', models.CharField(choices=[('attribution', 'Whose it is'), ('rating', 'A rating'), ('score', 'A score')], max_length=12, verbose_name='about')),
                ('kind', models.CharField(blank=True, max_length=10)),
                ('external_id', models.TextField(blank=True, db_collation='C', verbose_name='id')),
                ('day', models.DateField(verbose_name='day')),
                ('period', models.CharField(blank=True, max_length=5)),
                ('part', models.CharField(blank=True, max_length=20)),
                ('text', models.TextField(max_length=2000, verbose_name='why')),
                ('status', models.CharField(choices=[('open', 'Waiting'), ('granted', 'Granted'), ('rejected', 'Not granted'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='status')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='raised')),
                ('due_on', models.DateField(verbose_name='to be decided by')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='handed on to a manager')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='took effect')),
                ('effect', models.JSONField(blank=True, default=list)),
                ('agent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('claimed_for', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('kpi', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.kpi')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.appeal')),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('external_id', models.TextField(db_collation='C', verbose_name='id')),
                ('reassigns', models.BooleanField(default=False)),
                ('day', models.DateField(verbose_name='day')),
                ('voided', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('before', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agent_before', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='scoring.appeal')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.source')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='goal')),
                ('details', models.TextField(blank=True, max_length=2000, verbose_name='how')),
                ('op', models.CharField(choices=[('>=', 'at least'), ('>', 'more than'), ('<=', 'at most'), ('<', 'less than')], default='>=', max_length=2, verbose_name='reached at')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='target')),
                ('least', models.PositiveIntegerField(default=0, verbose_name='least volume')),
                ('points', models.PositiveIntegerField(default=0, verbose_name='collaboration points')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10, verbose_name='status')),
                ('outcome', models.CharField(blank=True, choices=[('reached', 'Reached'), ('missed', 'Not reached'), ('unmeasured', 'Too little data'), ('lapsed', 'Never agreed')], max_length=10, verbose_name='outcome')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('agreed_at', models.DateTimeField(blank=True, null=True, verbose_name='agreed')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('baseline', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='before')),
                ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='value')),
                ('numerator', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='counted')),
                ('denominator', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='out of')),
                ('progress', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='progress')),
                ('measured_on', models.DateField(blank=True, null=True, verbose_name='measured on')),
                ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('assessed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kpi', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.kpi', verbose_name='KPI')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'ordering': ['-ends_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='GoalAcknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor')], max_length=10)),
                ('acknowledged_at', models.DateTimeField(auto_now_add=True)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='scoring.goal')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'acknowledgement',
                'verbose_name_plural': 'acknowledgements',
                'ordering': ['acknowledged_at'],
            },
        ),
        migrations.CreateModel(
            name='GoalEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='goal')),
                ('details', models.TextField(blank=True, max_length=2000, verbose_name='how')),
                ('op', models.CharField(choices=[('>=', 'at least'), ('>', 'more than'), ('<=', 'at most'), ('<', 'less than')], default='>=', max_length=2, verbose_name='reached at')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='target')),
                ('least', models.PositiveIntegerField(default=0, verbose_name='least volume')),
                ('points', models.PositiveIntegerField(default=0, verbose_name='collaboration points')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10, verbose_name='status')),
                ('outcome', models.CharField(blank=True, choices=[('reached', 'Reached'), ('missed', 'Not reached'), ('unmeasured', 'Too little data'), ('lapsed', 'Never agreed')], max_length=10, verbose_name='outcome')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('agreed_at', models.DateTimeField(blank=True, null=True, verbose_name='agreed')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('baseline', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='before')),
                ('agent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('assessed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('kpi', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.kpi', verbose_name='KPI')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.goal')),
                ('proposed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.team', verbose_name='team')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['agent', '-id'], name='appeal_agent'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['due_on'], name='appeal_waiting'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('settled_at', None), ('status', 'granted')), fields=['id'], name='appeal_to_settle'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('agent', 'about', 'kind', 'source', 'external_id', 'part', 'period', 'day', 'kpi'), name='appeal_once_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', 'score'), models.Q(('period', ''), _negated=True), ('source', None)), models.Q(models.Q(('about', 'score'), _negated=True), ('source__isnull', False), models.Q(('external_id', ''), _negated=True)), _connector='OR'), name='appeal_about_something'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['granted', 'rejected']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='appeal_decided_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('agent')), _negated=True), _connector='OR'), name='appeal_not_by_oneself'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_appealevent" ("about", "agent_id", "claimed_for_id", "day", "decided_at", "decided_by_id", "due_on", "effect", "escalated_at", "external_id", "id", "kind", "kpi_id", "part", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "reason", "settled_at", "source_id", "status", "text") VALUES (NEW."about", NEW."agent_id", NEW."claimed_for_id", NEW."day", NEW."decided_at", NEW."decided_by_id", NEW."due_on", NEW."effect", NEW."escalated_at", NEW."external_id", NEW."id", NEW."kind", NEW."kpi_id", NEW."part", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."raised_at", NEW."reason", NEW."settled_at", NEW."source_id", NEW."status", NEW."text"); RETURN NULL;', hash='7a453ca24349e65261431126c9974833eba46c11', operation='INSERT', pgid='pgtrigger_insert_insert_440db', table='scoring_appeal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_appealevent" ("about", "agent_id", "claimed_for_id", "day", "decided_at", "decided_by_id", "due_on", "effect", "escalated_at", "external_id", "id", "kind", "kpi_id", "part", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "reason", "settled_at", "source_id", "status", "text") VALUES (NEW."about", NEW."agent_id", NEW."claimed_for_id", NEW."day", NEW."decided_at", NEW."decided_by_id", NEW."due_on", NEW."effect", NEW."escalated_at", NEW."external_id", NEW."id", NEW."kind", NEW."kpi_id", NEW."part", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."raised_at", NEW."reason", NEW."settled_at", NEW."source_id", NEW."status", NEW."text"); RETURN NULL;', hash='0f25d834b3f8ae1f1709998b4496ebc5ca279d66', operation='UPDATE', pgid='pgtrigger_update_update_7dc3d', table='scoring_appeal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_appealevent" ("about", "agent_id", "claimed_for_id", "day", "decided_at", "decided_by_id", "due_on", "effect", "escalated_at", "external_id", "id", "kind", "kpi_id", "part", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "reason", "settled_at", "source_id", "status", "text") VALUES (OLD."about", OLD."agent_id", OLD."claimed_for_id", OLD."day", OLD."decided_at", OLD."decided_by_id", OLD."due_on", OLD."effect", OLD."escalated_at", OLD."external_id", OLD."id", OLD."kind", OLD."kpi_id", OLD."part", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."raised_at", OLD."reason", OLD."settled_at", OLD."source_id", OLD."status", OLD."text"); RETURN NULL;', hash='774c8b602fd4b85d163c86d9a9c95895659637f2', operation='DELETE', pgid='pgtrigger_delete_delete_33dd0', table='scoring_appeal', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['source', 'external_id'], name='correction_fact'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['day'], name='correction_day'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(fields=('appeal', 'kind', 'source', 'external_id'), name='correction_once'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('reassigns', True), models.Q(('voided', []), _negated=True), _connector='OR'), name='correction_says_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A correction is never edited: add a new entry.' USING ERRCODE = '23514';", hash='7be0eac1da28cfde4e458892f5d5deb8d543a708', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_879d0', table='scoring_correction', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='goal',
            index=models.Index(fields=['status', 'ends_on'], name='goal_status'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agent__isnull', False), ('team__isnull', True)), models.Q(('agent__isnull', True), ('team__isnull', False)), _connector='OR'), name='goal_of_someone'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='goal_days_in_order', violation_error_message='The last day is before the first day: swap them.'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kpi__isnull', True), ('target__isnull', True)), models.Q(('kpi__isnull', False), ('target__isnull', False)), _connector='OR'), name='goal_kpi_has_target', violation_error_message='A KPI and its target belong together: fill in both.'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('points', 0), ('team__isnull', False), _connector='OR'), name='goal_points_of_a_team'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('progress', None), models.Q(('progress__gte', 0), ('progress__lte', 1)), _connector='OR'), name='goal_progress_is_a_share'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_goalevent" ("agent_id", "agreed_at", "assessed_by_id", "baseline", "closed_on", "created_at", "details", "ends_on", "id", "kpi_id", "least", "note", "op", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "proposed_by_id", "starts_on", "status", "target", "team_id", "title") VALUES (NEW."agent_id", NEW."agreed_at", NEW."assessed_by_id", NEW."baseline", NEW."closed_on", NEW."created_at", NEW."details", NEW."ends_on", NEW."id", NEW."kpi_id", NEW."least", NEW."note", NEW."op", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points", NEW."proposed_by_id", NEW."starts_on", NEW."status", NEW."target", NEW."team_id", NEW."title"); RETURN NULL;', hash='2df5287b3a5a1a13af78d22ad6a2b3b8d4a7284f', operation='INSERT', pgid='pgtrigger_insert_insert_697aa', table='scoring_goal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agent_id" IS DISTINCT FROM (NEW."agent_id") OR OLD."agreed_at" IS DISTINCT FROM (NEW."agreed_at") OR OLD."assessed_by_id" IS DISTINCT FROM (NEW."assessed_by_id") OR OLD."baseline" IS DISTINCT FROM (NEW."baseline") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."details" IS DISTINCT FROM (NEW."details") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kpi_id" IS DISTINCT FROM (NEW."kpi_id") OR OLD."least" IS DISTINCT FROM (NEW."least") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."op" IS DISTINCT FROM (NEW."op") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."points" IS DISTINCT FROM (NEW."points") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "scoring_goalevent" ("agent_id", "agreed_at", "assessed_by_id", "baseline", "closed_on", "created_at", "details", "ends_on", "id", "kpi_id", "least", "note", "op", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "proposed_by_id", "starts_on", "status", "target", "team_id", "title") VALUES (NEW."agent_id", NEW."agreed_at", NEW."assessed_by_id", NEW."baseline", NEW."closed_on", NEW."created_at", NEW."details", NEW."ends_on", NEW."id", NEW."kpi_id", NEW."least", NEW."note", NEW."op", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points", NEW."proposed_by_id", NEW."starts_on", NEW."status", NEW."target", NEW."team_id", NEW."title"); RETURN NULL;', hash='1596041f0fdcaf51b9e50dae0ff72cd3aad969c5', operation='UPDATE', pgid='pgtrigger_update_update_4ced9', table='scoring_goal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_goalevent" ("agent_id", "agreed_at", "assessed_by_id", "baseline", "closed_on", "created_at", "details", "ends_on", "id", "kpi_id", "least", "note", "op", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "proposed_by_id", "starts_on", "status", "target", "team_id", "title") VALUES (OLD."agent_id", OLD."agreed_at", OLD."assessed_by_id", OLD."baseline", OLD."closed_on", OLD."created_at", OLD."details", OLD."ends_on", OLD."id", OLD."kpi_id", OLD."least", OLD."note", OLD."op", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."points", OLD."proposed_by_id", OLD."starts_on", OLD."status", OLD."target", OLD."team_id", OLD."title"); RETURN NULL;', hash='acc3eca02df3bf69bdc65efd13ecaab8ca79b121', operation='DELETE', pgid='pgtrigger_delete_delete_68c80', table='scoring_goal', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='goalacknowledgement',
            constraint=models.UniqueConstraint(fields=('goal', 'person'), name='goal_acknowledged_once'),
        ),
    ]
