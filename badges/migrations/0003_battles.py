"""Boss battles, their objectives and damage."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import badges.battles.models.battles


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0002_quests'),
        ('org', '0004_welcome'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
        ('scoring', '0013_changed_teams'),
    ]

    operations = [
        migrations.CreateModel(
            name='Battle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('story_en', models.TextField(blank=True, max_length=1000, verbose_name='English story')),
                ('story_zh', models.TextField(blank=True, max_length=1000, verbose_name='Chinese story')),
                ('creature', models.CharField(default='dragon', max_length=40, verbose_name='creature')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('settlement_days', models.PositiveSmallIntegerField(default=3, verbose_name='days for corrections')),
                ('combine', models.CharField(choices=[('all', 'all objectives'), ('any', 'any one objective')], default='all', max_length=3, verbose_name='won with')),
                ('points', models.PositiveIntegerField(default=100, verbose_name='points for everyone who took part')),
                ('consolation', models.PositiveSmallIntegerField(default=0, verbose_name='consolation in per cent')),
                ('consolation_floor', models.PositiveIntegerField(default=0, verbose_name='consolation at least')),
                ('phases', models.JSONField(blank=True, default=badges.battles.models.battles.default_phases, verbose_name='phases')),
                ('difficulty', models.JSONField(blank=True, default=dict, verbose_name='expected difficulty')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('rehearsal', 'Rehearsal'), ('published', 'Published'), ('cancelled', 'Cancelled'), ('settled', 'Settled')], default='draft', max_length=10, verbose_name='status')),
                ('outcome', models.CharField(blank=True, choices=[('won', 'Won'), ('lost', 'Lost')], max_length=4, null=True, verbose_name='outcome')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled on')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='result')),
                ('cancelled_because', models.TextField(blank=True, verbose_name='why it was cancelled')),
                ('planned_end', models.DateField(blank=True, null=True, verbose_name='planned last day')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='teams')),
            ],
            options={
                'verbose_name': 'battle',
                'verbose_name_plural': 'battles',
                'ordering': ['-starts_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='BattleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('story_en', models.TextField(blank=True, max_length=1000, verbose_name='English story')),
                ('story_zh', models.TextField(blank=True, max_length=1000, verbose_name='Chinese story')),
                ('creature', models.CharField(default='dragon', max_length=40, verbose_name='creature')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('settlement_days', models.PositiveSmallIntegerField(default=3, verbose_name='days for corrections')),
                ('combine', models.CharField(choices=[('all', 'all objectives'), ('any', 'any one objective')], default='all', max_length=3, verbose_name='won with')),
                ('points', models.PositiveIntegerField(default=100, verbose_name='points for everyone who took part')),
                ('consolation', models.PositiveSmallIntegerField(default=0, verbose_name='consolation in per cent')),
                ('consolation_floor', models.PositiveIntegerField(default=0, verbose_name='consolation at least')),
                ('phases', models.JSONField(blank=True, default=badges.battles.models.battles.default_phases, verbose_name='phases')),
                ('difficulty', models.JSONField(blank=True, default=dict, verbose_name='expected difficulty')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('rehearsal', 'Rehearsal'), ('published', 'Published'), ('cancelled', 'Cancelled'), ('settled', 'Settled')], default='draft', max_length=10, verbose_name='status')),
                ('outcome', models.CharField(blank=True, choices=[('won', 'Won'), ('lost', 'Lost')], max_length=4, null=True, verbose_name='outcome')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled on')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='result')),
                ('cancelled_because', models.TextField(blank=True, verbose_name='why it was cancelled')),
                ('planned_end', models.DateField(blank=True, null=True, verbose_name='planned last day')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('made_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.battle')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BattleMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_on', models.DateField(verbose_name='joined on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('how', models.CharField(choices=[('start', 'from the beginning'), ('late', 'joined later'), ('helper', 'helped a team'), ('guest', 'guest')], max_length=6, verbose_name='how')),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('battle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='badges.battle')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='battles', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team')),
            ],
            options={
                'verbose_name': 'fighter',
                'verbose_name_plural': 'fighters',
                'ordering': ['battle', 'joined_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BattleObjective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('kind', models.CharField(choices=[('amount', 'an amount'), ('level', 'a level')], max_length=6, verbose_name='kind')),
                ('measure', models.CharField(blank=True, max_length=300, verbose_name='what is counted')),
                ('metric', models.CharField(blank=True, max_length=100, verbose_name='KPI')),
                ('op', models.CharField(choices=[('>=', 'at least'), ('<=', 'at most')], default='>=', max_length=2, verbose_name='comparison')),
                ('target', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='target')),
                ('least', models.DecimalField(decimal_places=6, default=0, max_digits=18, verbose_name='least volume')),
                ('battle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objectives', to='badges.battle')),
            ],
            options={
                'verbose_name': 'objective of a battle',
                'verbose_name_plural': 'objectives of battles',
                'ordering': ['battle', 'order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BattleDamage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day of the facts')),
                ('nth', models.PositiveSmallIntegerField(verbose_name='number')),
                ('amount', models.DecimalField(decimal_places=6, max_digits=24, verbose_name='amount')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded')),
                ('battle', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.battle')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team')),
                ('objective', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.battleobjective')),
            ],
            options={
                'verbose_name': 'damage',
                'verbose_name_plural': 'damage',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='BattleObjectiveEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('kind', models.CharField(choices=[('amount', 'an amount'), ('level', 'a level')], max_length=6, verbose_name='kind')),
                ('measure', models.CharField(blank=True, max_length=300, verbose_name='what is counted')),
                ('metric', models.CharField(blank=True, max_length=100, verbose_name='KPI')),
                ('op', models.CharField(choices=[('>=', 'at least'), ('<=', 'at most')], default='>=', max_length=2, verbose_name='comparison')),
                ('target', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='target')),
                ('least', models.DecimalField(decimal_places=6, default=0, max_digits=18, verbose_name='least volume')),
                ('battle', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='badges.battle')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.battleobjective')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BattleState',
            fields=[
                ('battle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='state', serialize=False, to='badges.battle')),
                ('as_of', models.DateField(null=True, verbose_name='as of')),
                ('health', models.DecimalField(decimal_places=6, default=Decimal('1'), max_digits=7, verbose_name='health')),
                ('held_since', models.DateField(null=True, verbose_name='at zero since')),
                ('phase', models.SmallIntegerField(default=0, verbose_name='phase')),
                ('people', models.PositiveIntegerField(default=0, verbose_name='people who took part')),
                ('objectives', models.JSONField(default=dict)),
                ('teams', models.JSONField(default=dict)),
                ('days', models.JSONField(default=dict)),
                ('course', models.JSONField(default=dict)),
                ('recount', models.BooleanField(default=True)),
                ('told', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'state of a battle',
                'verbose_name_plural': 'states of battles',
                'constraints': [models.CheckConstraint(condition=models.Q(('health__gte', 0), ('health__lte', 1)), name='battlestate_health')],
            },
        ),
        migrations.AddConstraint(
            model_name='battle',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='battle_days', violation_error_message='The last day is before the first day: correct one.'),
        ),
        migrations.AddConstraint(
            model_name='battle',
            constraint=models.CheckConstraint(condition=models.Q(('consolation__lte', 100), ('consolation_floor__lte', models.F('points'))), name='battle_consolation', violation_error_message='A consolation is at most 100 per cent, and no more than the reward.'),
        ),
        migrations.AddConstraint(
            model_name='battle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', None), ('settled_on', None)), models.Q(('outcome__isnull', False), ('settled_on__isnull', False)), _connector='OR'), name='battle_outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battle',
            trigger=pgtrigger.compiler.Trigger(name='terms_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'settled' OR (OLD.status IN ('published', 'cancelled') AND (to_jsonb(OLD) - ARRAY['status', 'ends_on', 'outcome', 'settled_on', 'result', 'cancelled_because']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['status', 'ends_on', 'outcome', 'settled_on', 'result', 'cancelled_because'])))", func="RAISE EXCEPTION 'A published battle is not changed: cancel it and make a new one.' USING ERRCODE = '23514';", hash='11f92247fb5cfeb252d19f1e30a61513d61dd21f', operation='UPDATE', pgid='pgtrigger_terms_are_frozen_0e460', table='badges_battle', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battle',
            trigger=pgtrigger.compiler.Trigger(name='told_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status NOT IN ('draft', 'rehearsal'))", func="RAISE EXCEPTION 'A published battle is not changed: cancel it and make a new one.' USING ERRCODE = '23514';", hash='9abe76fcb0db93656b1de3c5102cae48b6c4a835', operation='DELETE', pgid='pgtrigger_told_stays_f2ad9', table='badges_battle', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battle',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_battleevent" ("cancelled_because", "combine", "consolation", "consolation_floor", "creature", "difficulty", "ends_on", "id", "made_by_id", "name_en", "name_zh", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phases", "planned_end", "points", "published_on", "result", "settled_on", "settlement_days", "starts_on", "status", "story_en", "story_zh") VALUES (NEW."cancelled_because", NEW."combine", NEW."consolation", NEW."consolation_floor", NEW."creature", NEW."difficulty", NEW."ends_on", NEW."id", NEW."made_by_id", NEW."name_en", NEW."name_zh", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phases", NEW."planned_end", NEW."points", NEW."published_on", NEW."result", NEW."settled_on", NEW."settlement_days", NEW."starts_on", NEW."status", NEW."story_en", NEW."story_zh"); RETURN NULL;', hash='e7fc7b84406991037457da5d4885003c376f507d', operation='INSERT', pgid='pgtrigger_insert_insert_c7d5d', table='badges_battle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battle',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_battleevent" ("cancelled_because", "combine", "consolation", "consolation_floor", "creature", "difficulty", "ends_on", "id", "made_by_id", "name_en", "name_zh", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phases", "planned_end", "points", "published_on", "result", "settled_on", "settlement_days", "starts_on", "status", "story_en", "story_zh") VALUES (NEW."cancelled_because", NEW."combine", NEW."consolation", NEW."consolation_floor", NEW."creature", NEW."difficulty", NEW."ends_on", NEW."id", NEW."made_by_id", NEW."name_en", NEW."name_zh", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phases", NEW."planned_end", NEW."points", NEW."published_on", NEW."result", NEW."settled_on", NEW."settlement_days", NEW."starts_on", NEW."status", NEW."story_en", NEW."story_zh"); RETURN NULL;', hash='560e99c97d849fcda8ff5fdd3f5305a2f1f5cfc6', operation='UPDATE', pgid='pgtrigger_update_update_382d6', table='badges_battle', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battle',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_battleevent" ("cancelled_because", "combine", "consolation", "consolation_floor", "creature", "difficulty", "ends_on", "id", "made_by_id", "name_en", "name_zh", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phases", "planned_end", "points", "published_on", "result", "settled_on", "settlement_days", "starts_on", "status", "story_en", "story_zh") VALUES (OLD."cancelled_because", OLD."combine", OLD."consolation", OLD."consolation_floor", OLD."creature", OLD."difficulty", OLD."ends_on", OLD."id", OLD."made_by_id", OLD."name_en", OLD."name_zh", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phases", OLD."planned_end", OLD."points", OLD."published_on", OLD."result", OLD."settled_on", OLD."settlement_days", OLD."starts_on", OLD."status", OLD."story_en", OLD."story_zh"); RETURN NULL;', hash='e5dcd59f41fc59f11fb25c16f00bfd1499df7f45', operation='DELETE', pgid='pgtrigger_delete_delete_bb9c2', table='badges_battle', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='battlemember',
            constraint=models.UniqueConstraint(fields=('battle', 'person'), name='battlemember_once'),
        ),
        migrations.AddConstraint(
            model_name='battlemember',
            constraint=models.CheckConstraint(condition=models.Q(('left_on', None), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='battlemember_days'),
        ),
        migrations.AddConstraint(
            model_name='battleobjective',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'amount'), ('least', 0), ('metric', ''), ('op', '>='), ('target__gt', 0), models.Q(('measure', ''), _negated=True)), models.Q(('kind', 'level'), ('least__gt', 0), ('measure', ''), models.Q(('metric', ''), _negated=True)), _connector='OR'), name='battleobjective_kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battleobjective',
            trigger=pgtrigger.compiler.Trigger(name='objectives_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM badges_battle WHERE id = OLD.battle_id AND status NOT IN ('draft', 'rehearsal')) THEN RAISE EXCEPTION 'The objectives of a published battle are not changed.' USING ERRCODE = '23514'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;", hash='0b706463d53ee6a98cb84a621e5ebb259715a7f8', operation='UPDATE OR DELETE', pgid='pgtrigger_objectives_are_frozen_8df53', table='badges_battleobjective', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battleobjective',
            trigger=pgtrigger.compiler.Trigger(name='no_more_objectives', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM badges_battle WHERE id = NEW.battle_id AND status NOT IN ('draft', 'rehearsal')) THEN RAISE EXCEPTION 'The objectives of a published battle are not changed.' USING ERRCODE = '23514'; END IF; RETURN NEW;", hash='ec022e8b243a386235b6bf9d5b15687758527091', operation='INSERT', pgid='pgtrigger_no_more_objectives_8678b', table='badges_battleobjective', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battleobjective',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_battleobjectiveevent" ("battle_id", "id", "kind", "least", "measure", "metric", "op", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target") VALUES (NEW."battle_id", NEW."id", NEW."kind", NEW."least", NEW."measure", NEW."metric", NEW."op", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."target"); RETURN NULL;', hash='f8a6a816e6de1881bf26134a02b93917f572b360', operation='INSERT', pgid='pgtrigger_insert_insert_e768f', table='badges_battleobjective', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battleobjective',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_battleobjectiveevent" ("battle_id", "id", "kind", "least", "measure", "metric", "op", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target") VALUES (NEW."battle_id", NEW."id", NEW."kind", NEW."least", NEW."measure", NEW."metric", NEW."op", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."target"); RETURN NULL;', hash='c4dda0451ff999c47e36357760843ad973df1ca1', operation='UPDATE', pgid='pgtrigger_update_update_fd0a2', table='badges_battleobjective', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battleobjective',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_battleobjectiveevent" ("battle_id", "id", "kind", "least", "measure", "metric", "op", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target") VALUES (OLD."battle_id", OLD."id", OLD."kind", OLD."least", OLD."measure", OLD."metric", OLD."op", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."target"); RETURN NULL;', hash='e6d1a49fc029e8d7335d1ecd81b2fc544fc93d51', operation='DELETE', pgid='pgtrigger_delete_delete_39ca5', table='badges_battleobjective', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='battledamage',
            index=models.Index(fields=['person', 'battle'], name='battledamage_person'),
        ),
        migrations.AddConstraint(
            model_name='battledamage',
            constraint=models.UniqueConstraint(fields=('objective', 'day', 'person', 'team', 'nth'), include=('amount',), name='battledamage_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='battledamage',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='battledamage_not_zero'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='battledamage',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'DELETE' AND EXISTS (\n        SELECT FROM badges_battle WHERE id = OLD.battle_id AND status IN ('draft', 'rehearsal'))\n    THEN RETURN OLD; END IF;\n    RAISE EXCEPTION 'The damage of a battle is never edited: add a new entry.'\n        USING ERRCODE = '23514';\n", hash='5651c293b33e5f6c3c2bf9d69aaaf6010bd1ced3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ed2de', table='badges_battledamage', when='BEFORE')),
        ),
    ]
