import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('scoring', '0004_scorecards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PointTotal',
            fields=[
                ('agent', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='point_total', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('lifetime', models.BigIntegerField(verbose_name='lifetime points')),
            ],
            options={
                'verbose_name': 'lifetime points',
                'verbose_name_plural': 'lifetime points',
            },
        ),
        migrations.CreateModel(
            name='AwardBudget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='Its first day.', verbose_name='month')),
                ('points', models.PositiveIntegerField(verbose_name='points')),
                ('spent', models.PositiveIntegerField(db_default=0, default=0, verbose_name='given')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_budgets', to=settings.AUTH_USER_MODEL, verbose_name='supervisor')),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
                'ordering': ['-month', 'person'],
            },
        ),
        migrations.CreateModel(
            name='AwardBudgetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('month', models.DateField(help_text='Its first day.', verbose_name='month')),
                ('points', models.PositiveIntegerField(verbose_name='points')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='supervisor')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.awardbudget')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PointRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='key')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('per', models.CharField(choices=[('unit', 'for each unit'), ('threshold', 'for reaching a threshold')], max_length=10, verbose_name='points are given')),
                ('expression', models.CharField(blank=True, max_length=300, verbose_name='what is counted')),
                ('units', models.PositiveIntegerField(default=1, verbose_name='for every')),
                ('threshold', models.JSONField(blank=True, null=True, verbose_name='threshold')),
                ('amount', models.PositiveIntegerField(verbose_name='points')),
                ('cap_day', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most a day')),
                ('cap_week', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most a week')),
                ('guard', models.JSONField(blank=True, null=True, verbose_name='only while')),
                ('applies_to', models.JSONField(blank=True, default=dict, verbose_name='who it is for')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'point rule',
                'verbose_name_plural': 'point rules',
                'ordering': ['key', '-version'],
            },
        ),
        migrations.CreateModel(
            name='PointEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('occurred_on', models.DateField(verbose_name='earned on')),
                ('booked_on', models.DateField(verbose_name='counts on')),
                ('amount', models.IntegerField(verbose_name='points')),
                ('kind', models.CharField(choices=[('rule', 'Rule'), ('manual', 'Award'), ('collaboration', 'Collaboration'), ('quest', 'Quest'), ('battle', 'Battle'), ('badge', 'Badge'), ('star', 'Service star'), ('kudos', 'Kudos'), ('vote', 'Peer choice'), ('suggestion', 'Suggestion'), ('course', 'Course'), ('goal', 'Goal')], max_length=14, verbose_name='kind')),
                ('quantity', models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True, verbose_name='counted')),
                ('source_key', models.TextField(db_collation='C', unique=True)),
                ('cause', models.JSONField(blank=True, default=dict)),
                ('reason', models.TextField(blank=True, db_default='', default='', verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='point_entries', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('reverses', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.pointentry')),
                ('rule', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='scoring.pointrule')),
            ],
            options={
                'verbose_name': 'points entry',
                'verbose_name_plural': 'points entries',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PointRuleChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(null=True)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scoring.pointrule')),
            ],
            options={
                'verbose_name': 'change of a point rule',
                'verbose_name_plural': 'changes of point rules',
            },
        ),
        migrations.CreateModel(
            name='PointRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=60, verbose_name='key')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('per', models.CharField(choices=[('unit', 'for each unit'), ('threshold', 'for reaching a threshold')], max_length=10, verbose_name='points are given')),
                ('expression', models.CharField(blank=True, max_length=300, verbose_name='what is counted')),
                ('units', models.PositiveIntegerField(default=1, verbose_name='for every')),
                ('threshold', models.JSONField(blank=True, null=True, verbose_name='threshold')),
                ('amount', models.PositiveIntegerField(verbose_name='points')),
                ('cap_day', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most a day')),
                ('cap_week', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most a week')),
                ('guard', models.JSONField(blank=True, null=True, verbose_name='only while')),
                ('applies_to', models.JSONField(blank=True, default=dict, verbose_name='who it is for')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.pointrule')),
                ('published_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PointSettlement',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('settled_on', models.DateField()),
            ],
            options={
                'verbose_name': 'settlement of points',
                'verbose_name_plural': 'settlements of points',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='pointsettlement_one')],
            },
        ),
        migrations.CreateModel(
            name='Season',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'season',
                'verbose_name_plural': 'seasons',
                'ordering': ['-starts_on'],
            },
        ),
        migrations.CreateModel(
            name='SeasonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.season')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SeasonResult',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('rank', models.PositiveIntegerField(verbose_name='rank')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='season_results', to=settings.AUTH_USER_MODEL)),
                ('season', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='scoring.season')),
            ],
            options={
                'verbose_name': 'season result',
                'verbose_name_plural': 'season results',
                'ordering': ['season', 'rank', 'agent__display_name'],
            },
        ),
        migrations.AddConstraint(
            model_name='awardbudget',
            constraint=models.UniqueConstraint(fields=('person', 'month'), name='awardbudget_once_a_month'),
        ),
        migrations.AddConstraint(
            model_name='awardbudget',
            constraint=models.CheckConstraint(condition=models.Q(('spent__lte', models.F('points'))), name='awardbudget_kept'),
        ),
        migrations.AddConstraint(
            model_name='awardbudget',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='awardbudget_month'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='awardbudget',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_awardbudgetevent" ("id", "month", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points") VALUES (NEW."id", NEW."month", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points"); RETURN NULL;', hash='9ad68e98c3711091ef47532aa772e5bdc14b0c69', operation='INSERT', pgid='pgtrigger_insert_insert_5823e', table='scoring_awardbudget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='awardbudget',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."month" IS DISTINCT FROM (NEW."month") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."points" IS DISTINCT FROM (NEW."points"))', func='INSERT INTO "scoring_awardbudgetevent" ("id", "month", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points") VALUES (NEW."id", NEW."month", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points"); RETURN NULL;', hash='f72da2bdc2aaf16003ce27a1fe66fb7572329d16', operation='UPDATE', pgid='pgtrigger_update_update_4f1a7', table='scoring_awardbudget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='awardbudget',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_awardbudgetevent" ("id", "month", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points") VALUES (OLD."id", OLD."month", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."points"); RETURN NULL;', hash='b90a14eb268db0723423aa82f73ae9157c4d16b0', operation='DELETE', pgid='pgtrigger_delete_delete_aff92', table='scoring_awardbudget', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='pointrule',
            constraint=models.UniqueConstraint(fields=('key', 'version'), name='pointrule_version'),
        ),
        migrations.AddConstraint(
            model_name='pointrule',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('key',), name='pointrule_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='pointrule',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('units__gt', 0), models.Q(('cap_day', None), ('cap_day__gt', 0), _connector='OR'), models.Q(('cap_week', None), ('cap_week__gt', 0), _connector='OR')), name='pointrule_amounts'),
        ),
        migrations.AddConstraint(
            model_name='pointrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('per', 'unit'), ('threshold', None), models.Q(('expression', ''), _negated=True)), models.Q(('expression', ''), ('per', 'threshold'), models.Q(('threshold', None), _negated=True)), _connector='OR'), name='pointrule_per'),
        ),
        migrations.AddConstraint(
            model_name='pointrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'published'), models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR')), expressions=[(models.Func(models.Func(models.F('key'), models.Value(0), function='hashtextextended'), models.Func(models.F('key'), models.Value(0), function='hashtextextended'), models.Value('[]'), function='int8range'), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='pointrule_one_version_a_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointrule',
            trigger=pgtrigger.compiler.Trigger(name='published_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'published' AND (to_jsonb(OLD) - 'ends_on') IS DISTINCT FROM (to_jsonb(NEW) - 'ends_on'))", func="RAISE EXCEPTION 'A published point rule is not changed: publish a new version.' USING ERRCODE = '23514';", hash='00b7ca08f811ab692457bfab495a7fb704597bde', operation='UPDATE', pgid='pgtrigger_published_is_frozen_046b3', table='scoring_pointrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointrule',
            trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'published')", func="RAISE EXCEPTION 'A published point rule is not changed: publish a new version.' USING ERRCODE = '23514';", hash='ff624f2f89cf4ce77cb3db3a47b32fdc56e9f226', operation='DELETE', pgid='pgtrigger_published_stays_803c7', table='scoring_pointrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_pointruleevent" ("amount", "applies_to", "cap_day", "cap_week", "ends_on", "expression", "guard", "id", "key", "name_en", "name_zh", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "shipped", "starts_on", "status", "threshold", "units", "version") VALUES (NEW."amount", NEW."applies_to", NEW."cap_day", NEW."cap_week", NEW."ends_on", NEW."expression", NEW."guard", NEW."id", NEW."key", NEW."name_en", NEW."name_zh", NEW."per", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_at", NEW."published_by_id", NEW."shipped", NEW."starts_on", NEW."status", NEW."threshold", NEW."units", NEW."version"); RETURN NULL;', hash='2ef577f54e040b524ea5f97d827a4eb19a343028', operation='INSERT', pgid='pgtrigger_insert_insert_7ad29', table='scoring_pointrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_pointruleevent" ("amount", "applies_to", "cap_day", "cap_week", "ends_on", "expression", "guard", "id", "key", "name_en", "name_zh", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "shipped", "starts_on", "status", "threshold", "units", "version") VALUES (NEW."amount", NEW."applies_to", NEW."cap_day", NEW."cap_week", NEW."ends_on", NEW."expression", NEW."guard", NEW."id", NEW."key", NEW."name_en", NEW."name_zh", NEW."per", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_at", NEW."published_by_id", NEW."shipped", NEW."starts_on", NEW."status", NEW."threshold", NEW."units", NEW."version"); RETURN NULL;', hash='ee0a7e050d0830e6aafcd4d30a7b8d8b270bd421', operation='UPDATE', pgid='pgtrigger_update_update_b1d84', table='scoring_pointrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointrule',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_pointruleevent" ("amount", "applies_to", "cap_day", "cap_week", "ends_on", "expression", "guard", "id", "key", "name_en", "name_zh", "per", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "shipped", "starts_on", "status", "threshold", "units", "version") VALUES (OLD."amount", OLD."applies_to", OLD."cap_day", OLD."cap_week", OLD."ends_on", OLD."expression", OLD."guard", OLD."id", OLD."key", OLD."name_en", OLD."name_zh", OLD."per", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_at", OLD."published_by_id", OLD."shipped", OLD."starts_on", OLD."status", OLD."threshold", OLD."units", OLD."version"); RETURN NULL;', hash='ffdf97a7620e8cf2bb503d632bb251eba28f23ae', operation='DELETE', pgid='pgtrigger_delete_delete_92414', table='scoring_pointrule', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='pointentry',
            index=models.Index(fields=['agent', 'occurred_on', 'rule'], include=('amount',), name='pointentry_agent_day'),
        ),
        migrations.AddIndex(
            model_name='pointentry',
            index=models.Index(fields=['booked_on'], include=('agent', 'amount'), name='pointentry_booked'),
        ),
        migrations.AddIndex(
            model_name='pointentry',
            index=models.Index(fields=['rule', 'occurred_on'], name='pointentry_rule_day'),
        ),
        migrations.AddIndex(
            model_name='pointentry',
            index=models.Index(condition=models.Q(('actor', None), _negated=True), fields=['actor'], name='pointentry_actor'),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='pointentry_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rule'), ('rule__isnull', False)), models.Q(models.Q(('kind', 'rule'), _negated=True), ('rule__isnull', True)), _connector='OR'), name='pointentry_of_a_rule'),
        ),
        migrations.AddConstraint(
            model_name='pointentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'manual'), _negated=True), models.Q(('actor__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='pointentry_by_someone'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointentry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The points ledger is never edited: add a new entry.' USING ERRCODE = '23514';", hash='af5386d5902b6acf00b0e7fcfb7d8cbcbd278d09', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d494c', table='scoring_pointentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pointentry',
            trigger=pgtrigger.compiler.Trigger(name='add_up', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    INSERT INTO scoring_pointtotal AS t (agent_id, lifetime)\n    SELECT agent_id, sum(amount) FROM added GROUP BY agent_id ORDER BY agent_id\n    ON CONFLICT (agent_id) DO UPDATE SET lifetime = t.lifetime + excluded.lifetime;\n    RETURN NULL;\n', hash='a2345e18087736f08280fc4c5363109c170b18b7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_add_up_3de59', referencing='REFERENCING NEW TABLE AS added ', table='scoring_pointentry', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='season_days_in_order', violation_error_message='The last day is before the first day: swap them.'),
        ),
        migrations.AddConstraint(
            model_name='season',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='season_one_a_day', violation_error_message='Another season has some of these days: move one.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='season',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_seasonevent" ("closed_at", "closed_by_id", "ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."ends_on", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='0a551ace29c9ad5af89075a4c8bf5c8fed3e9a15', operation='INSERT', pgid='pgtrigger_insert_insert_b4231', table='scoring_season', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='season',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_seasonevent" ("closed_at", "closed_by_id", "ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."ends_on", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on"); RETURN NULL;', hash='124f1fb4061af495282a80448377ebb4063a92bb', operation='UPDATE', pgid='pgtrigger_update_update_770e9', table='scoring_season', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='season',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_seasonevent" ("closed_at", "closed_by_id", "ends_on", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (OLD."closed_at", OLD."closed_by_id", OLD."ends_on", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on"); RETURN NULL;', hash='7d17855f896d9ca4af2067c54e162fce10c40e3e', operation='DELETE', pgid='pgtrigger_delete_delete_eb468', table='scoring_season', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='seasonresult',
            constraint=models.UniqueConstraint(fields=('season', 'agent'), name='seasonresult_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seasonresult',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The archive of seasons is never edited: add a new entry.' USING ERRCODE = '23514';", hash='02c92676f75de816c760a1263b1f9e11c6dfa80e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07384', table='scoring_seasonresult', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='PointVerdict',
            fields=[
                ('pk', models.CompositePrimaryKey('rule_id', 'agent_id', 'starts_on', blank=True, editable=False, primary_key=True, serialize=False)),
                ('starts_on', models.DateField()),
                ('met', models.BooleanField()),
                ('agent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scoring.pointrule')),
            ],
            options={
                'verbose_name': 'verdict on a guard',
                'verbose_name_plural': 'verdicts on guards',
            },
        ),
    ]
