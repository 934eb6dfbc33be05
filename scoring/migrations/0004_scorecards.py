from decimal import Decimal

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0002_calendar'),
        ('scoring', '0003_changed_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('role', models.CharField(blank=True, max_length=60, verbose_name='role')),
                ('level', models.CharField(blank=True, max_length=60, verbose_name='level')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='in force from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='in force until')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('guards', models.JSONField(blank=True, default=list, verbose_name='guards')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason for the change')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('channel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.channel', verbose_name='channel')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'scorecard',
                'verbose_name_plural': 'scorecards',
                'ordering': ['key', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('period', models.CharField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month')], max_length=5, verbose_name='period')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('score', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='score')),
                ('lost', models.JSONField(verbose_name='lost points')),
                ('rests_on_team', models.BooleanField(default=False)),
                ('agent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team')),
                ('scorecard', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.scorecard')),
            ],
            options={
                'verbose_name': 'score',
                'verbose_name_plural': 'scores',
            },
        ),
        migrations.CreateModel(
            name='ScorecardAcknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acknowledged_at', models.DateTimeField(auto_now_add=True)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scorecard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='scoring.scorecard')),
            ],
            options={
                'verbose_name': 'acknowledgement',
                'verbose_name_plural': 'acknowledgements',
            },
        ),
        migrations.CreateModel(
            name='ScorecardItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='weight (%)')),
                ('floor', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='0 points at')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='100 points at')),
                ('stretch', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='120 points at')),
                ('outer_low', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='0 points below')),
                ('low', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='100 points from')),
                ('high', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='100 points to')),
                ('outer_high', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='0 points above')),
                ('least', models.PositiveIntegerField(default=0, verbose_name='least volume')),
                ('small_sample', models.CharField(choices=[('shrink', "move the value towards the team's"), ('share', 'share the weight out among the other items')], default='shrink', max_length=8, verbose_name='below it')),
                ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.kpi', verbose_name='KPI')),
                ('scorecard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='scoring.scorecard')),
            ],
            options={
                'verbose_name': 'item',
                'verbose_name_plural': 'items',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(fields=('key', 'version'), name='scorecard_version'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('key',), name='scorecard_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('published_at__isnull', False), ('starts_on__isnull', False)), _connector='OR'), name='scorecard_published_from'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='scorecard_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'published')), expressions=[(models.Func(django.db.models.functions.comparison.Coalesce(models.F('team'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('team'), models.Value(0)), models.Value('[]'), function='int8range'), '='), (models.Func(django.db.models.functions.comparison.Coalesce(models.F('channel'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('channel'), models.Value(0)), models.Value('[]'), function='int8range'), '='), (models.Func(models.Func(models.F('role'), models.Value(0), function='hashtextextended'), models.Func(models.F('role'), models.Value(0), function='hashtextextended'), models.Value('[]'), function='int8range'), '='), (models.Func(models.Func(models.F('level'), models.Value(0), function='hashtextextended'), models.Func(models.F('level'), models.Value(0), function='hashtextextended'), models.Value('[]'), function='int8range'), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='scorecard_one_at_a_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scorecard',
            trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.status = 'published' AND (\n    to_jsonb(NEW) - 'ends_on' IS DISTINCT FROM to_jsonb(OLD) - 'ends_on'\n    OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity')\n) THEN\n    RAISE EXCEPTION 'A published scorecard does not change: make a new version.' USING ERRCODE = '23514';\nEND IF;\nRETURN NEW;\n", hash='5067c44803ccbf7c5b618053dbd56abc6ef4c0e6', operation='UPDATE', pgid='pgtrigger_published_stays_89008', table='scoring_scorecard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scorecard',
            trigger=pgtrigger.compiler.Trigger(name='published_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.status = 'published' THEN\n    RAISE EXCEPTION 'A published scorecard is not deleted: it explains its scores.' USING ERRCODE = '23514';\nEND IF;\nRETURN OLD;\n", hash='965c955fb7d3d446a6f6b264ae9f0dbacf9d3f8f', operation='DELETE', pgid='pgtrigger_published_is_kept_e5f9a', table='scoring_scorecard', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['period', 'starts_on', 'team'], name='score_period_team'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(fields=('agent', 'period', 'starts_on'), name='score_unique'),
        ),
        migrations.AddConstraint(
            model_name='scorecardacknowledgement',
            constraint=models.UniqueConstraint(fields=('scorecard', 'agent'), name='scorecard_acknowledged_once'),
        ),
        migrations.AddConstraint(
            model_name='scorecarditem',
            constraint=models.UniqueConstraint(fields=('scorecard', 'kpi'), name='scorecard_kpi_once'),
        ),
        migrations.AddConstraint(
            model_name='scorecarditem',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='scorecard_weight_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scorecarditem',
            trigger=pgtrigger.compiler.Trigger(name='published_items_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF EXISTS (\n    SELECT FROM scoring_scorecard\n    WHERE status = 'published'\n    AND (id = CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.scorecard_id END\n         OR id = CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.scorecard_id END)\n) THEN\n    RAISE EXCEPTION 'The items of a published scorecard do not change: make a new version.' USING ERRCODE = '23514';\nEND IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='9c24d8b51d945f8671861b76b932dc923e3773e7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_published_items_stay_a5482', table='scoring_scorecarditem', when='BEFORE')),
        ),
    ]
