"""Quests, their pool and claims."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0001_badges'),
        ('org', '0004_welcome'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QuestProgress',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('as_of', models.DateField()),
                ('shares', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'progress in quests',
                'verbose_name_plural': 'progress in quests',
            },
        ),
        migrations.CreateModel(
            name='QuestSettingsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, serialize=False)),
                ('daily', models.PositiveSmallIntegerField(default=2, verbose_name='quests a day')),
                ('weekly', models.PositiveSmallIntegerField(default=1, verbose_name='quests a week')),
                ('grace_days', models.PositiveSmallIntegerField(default=2, verbose_name='days of grace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='QuestTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, max_length=1000, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, max_length=1000, verbose_name='Chinese description')),
                ('audience', models.CharField(choices=[('person', 'each person'), ('team', 'the team together')], default='person', max_length=10, verbose_name='for')),
                ('way', models.CharField(choices=[('automatic', 'figures decide'), ('claimed', 'claimed with evidence')], default='automatic', max_length=10, verbose_name='how it is done')),
                ('criteria', models.JSONField(blank=True, null=True, verbose_name='criteria')),
                ('settles', models.CharField(choices=[('reached', 'as soon as it is met'), ('end', 'over all days, at the end')], default='reached', max_length=10, verbose_name='judged')),
                ('evidence', models.CharField(blank=True, choices=[('text', 'a text'), ('link', 'a link to a ticket'), ('file', 'a file (picture or PDF)')], max_length=5, verbose_name='evidence')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='how many')),
                ('points', models.PositiveIntegerField(verbose_name='points')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('length', models.CharField(choices=[('day', 'A day'), ('week', 'A week (Monday to Sunday)'), ('own', 'A number of days')], default='day', max_length=4, verbose_name='lasts')),
                ('days', models.PositiveSmallIntegerField(default=1, verbose_name='days')),
                ('in_rotation', models.BooleanField(default=False, verbose_name='opens by itself in turn')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
            ],
            options={
                'verbose_name': 'quest of the pool',
                'verbose_name_plural': 'pool of quests',
                'ordering': ['name_en', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='QuestTemplateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, max_length=1000, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, max_length=1000, verbose_name='Chinese description')),
                ('audience', models.CharField(choices=[('person', 'each person'), ('team', 'the team together')], default='person', max_length=10, verbose_name='for')),
                ('way', models.CharField(choices=[('automatic', 'figures decide'), ('claimed', 'claimed with evidence')], default='automatic', max_length=10, verbose_name='how it is done')),
                ('criteria', models.JSONField(blank=True, null=True, verbose_name='criteria')),
                ('settles', models.CharField(choices=[('reached', 'as soon as it is met'), ('end', 'over all days, at the end')], default='reached', max_length=10, verbose_name='judged')),
                ('evidence', models.CharField(blank=True, choices=[('text', 'a text'), ('link', 'a link to a ticket'), ('file', 'a file (picture or PDF)')], max_length=5, verbose_name='evidence')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='how many')),
                ('points', models.PositiveIntegerField(verbose_name='points')),
                ('key', models.SlugField(db_index=False, max_length=60, verbose_name='key')),
                ('length', models.CharField(choices=[('day', 'A day'), ('week', 'A week (Monday to Sunday)'), ('own', 'A number of days')], default='day', max_length=4, verbose_name='lasts')),
                ('days', models.PositiveSmallIntegerField(default=1, verbose_name='days')),
                ('in_rotation', models.BooleanField(default=False, verbose_name='opens by itself in turn')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Quest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, max_length=1000, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, max_length=1000, verbose_name='Chinese description')),
                ('audience', models.CharField(choices=[('person', 'each person'), ('team', 'the team together')], default='person', max_length=10, verbose_name='for')),
                ('way', models.CharField(choices=[('automatic', 'figures decide'), ('claimed', 'claimed with evidence')], default='automatic', max_length=10, verbose_name='how it is done')),
                ('criteria', models.JSONField(blank=True, null=True, verbose_name='criteria')),
                ('settles', models.CharField(choices=[('reached', 'as soon as it is met'), ('end', 'over all days, at the end')], default='reached', max_length=10, verbose_name='judged')),
                ('evidence', models.CharField(blank=True, choices=[('text', 'a text'), ('link', 'a link to a ticket'), ('file', 'a file (picture or PDF)')], max_length=5, verbose_name='evidence')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='how many')),
                ('points', models.PositiveIntegerField(verbose_name='points')),
                ('rotated', models.BooleanField(default=False, verbose_name='opened by the rotation')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('grace_days', models.PositiveSmallIntegerField(default=2, verbose_name='days of grace')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='open', max_length=10, verbose_name='status')),
                ('judged_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('cancel_reason', models.TextField(blank=True, max_length=1000, verbose_name='why it was cancelled')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teams', models.ManyToManyField(blank=True, related_name='quests', to='org.team', verbose_name='teams')),
            ],
            options={
                'verbose_name': 'quest',
                'verbose_name_plural': 'quests',
                'ordering': ['ends_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='QuestClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.BigIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='what you did')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file')),
                ('file_type', models.CharField(blank=True, max_length=40)),
                ('file_path', models.CharField(blank=True, max_length=100)),
                ('token', models.UUIDField(blank=True, null=True, unique=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=9, verbose_name='status')),
                ('claimed_on', models.DateField(verbose_name='claimed on')),
                ('claimed_at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='reason')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quest_claims', to=settings.AUTH_USER_MODEL)),
                ('quest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='badges.quest')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['-claimed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='QuestResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'under way'), ('done', 'done'), ('failed', 'not reached')], default='running', max_length=7)),
                ('share', models.PositiveSmallIntegerField(default=0)),
                ('done_on', models.DateField(blank=True, null=True)),
                ('evidence', models.JSONField(blank=True, default=list)),
                ('times_undone', models.PositiveSmallIntegerField(default=0)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='badges.quest')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team')),
            ],
            options={
                'verbose_name': 'result of a quest',
                'verbose_name_plural': 'results of quests',
            },
        ),
        migrations.CreateModel(
            name='QuestSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('daily', models.PositiveSmallIntegerField(default=2, verbose_name='quests a day')),
                ('weekly', models.PositiveSmallIntegerField(default=1, verbose_name='quests a week')),
                ('grace_days', models.PositiveSmallIntegerField(default=2, verbose_name='days of grace')),
            ],
            options={
                'verbose_name': 'rotation of quests',
                'verbose_name_plural': 'rotation of quests',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='questsettings_one'), models.CheckConstraint(condition=models.Q(('daily__lte', 10), ('grace_days__lte', 30), ('weekly__lte', 10)), name='questsettings_limits')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_questsettingsevent" ("daily", "grace_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekly") VALUES (NEW."daily", NEW."grace_days", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."weekly"); RETURN NULL;', hash='b314722f60550c8a7e7b0b1e3b7c514bb6bb93bb', operation='INSERT', pgid='pgtrigger_insert_insert_f3053', table='badges_questsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_questsettingsevent" ("daily", "grace_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekly") VALUES (NEW."daily", NEW."grace_days", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekly"); RETURN NULL;', hash='cb1443e6fd13f01b311777fa0071162a7f9d8794', operation='UPDATE', pgid='pgtrigger_update_update_c7152', table='badges_questsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_questsettingsevent" ("daily", "grace_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekly") VALUES (OLD."daily", OLD."grace_days", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."weekly"); RETURN NULL;', hash='8e8d8c31c555a7ef8ace47c38814a741c6fff86a', operation='DELETE', pgid='pgtrigger_delete_delete_1535f', table='badges_questsettings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='questsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='questsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.questsettings'),
        ),
        migrations.AddField(
            model_name='questtemplate',
            name='teams',
            field=models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='only for these teams'),
        ),
        migrations.AddField(
            model_name='quest',
            name='template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quests', to='badges.questtemplate', verbose_name='from the pool'),
        ),
        migrations.AddField(
            model_name='questtemplateevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='questtemplateevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.questtemplate'),
        ),
        migrations.AddIndex(
            model_name='questclaim',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['team'], name='questclaim_queue'),
        ),
        migrations.AddIndex(
            model_name='questclaim',
            index=models.Index(fields=['person', 'quest'], name='questclaim_person'),
        ),
        migrations.AddConstraint(
            model_name='questclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'approved'])), fields=('quest', 'subject', 'number'), name='questclaim_once'),
        ),
        migrations.AddConstraint(
            model_name='questclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR'), name='questclaim_not_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='questclaim',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'withdrawn']), ('decided_by__isnull', False), _connector='OR'), name='questclaim_decided'),
        ),
        migrations.AddConstraint(
            model_name='questclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='questclaim_refused_with_reason'),
        ),
        migrations.AddIndex(
            model_name='questresult',
            index=models.Index(fields=['person', 'done_on'], name='questresult_person'),
        ),
        migrations.AddConstraint(
            model_name='questresult',
            constraint=models.UniqueConstraint(fields=('quest', 'person'), name='questresult_person_once'),
        ),
        migrations.AddConstraint(
            model_name='questresult',
            constraint=models.UniqueConstraint(fields=('quest', 'team'), name='questresult_team_once'),
        ),
        migrations.AddConstraint(
            model_name='questresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('team__isnull', False)), models.Q(('person__isnull', False), ('team__isnull', True)), _connector='OR'), name='questresult_of_one'),
        ),
        migrations.AddConstraint(
            model_name='questresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_on__isnull', True)), _connector='OR'), name='questresult_done_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='questtemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('count', 1), ('criteria__isnull', False), ('evidence', ''), ('way', 'automatic')), models.Q(('count__gte', 1), ('criteria__isnull', True), ('way', 'claimed'), models.Q(('evidence', ''), _negated=True)), _connector='OR'), ('points__gt', 0), ('points__lte', 5000), models.Q(('name_en', ''), _negated=True)), name='questtemplate_sound'),
        ),
        migrations.AddConstraint(
            model_name='questtemplate',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 92), ('weight__gte', 1)), name='questtemplate_days'),
        ),
        migrations.AddConstraint(
            model_name='questtemplate',
            constraint=models.CheckConstraint(condition=models.Q(('in_rotation', False), models.Q(('length', 'own'), _negated=True), _connector='OR'), name='questtemplate_rotation'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questtemplate',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_questtemplateevent" ("about_en", "about_zh", "archived_on", "audience", "count", "criteria", "days", "evidence", "id", "in_rotation", "key", "length", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "settles", "shipped", "way", "weight") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."audience", NEW."count", NEW."criteria", NEW."days", NEW."evidence", NEW."id", NEW."in_rotation", NEW."key", NEW."length", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points", NEW."settles", NEW."shipped", NEW."way", NEW."weight"); RETURN NULL;', hash='7a540fc5d7cb8087f142203c103abc5478555a28', operation='INSERT', pgid='pgtrigger_insert_insert_49ade', table='badges_questtemplate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questtemplate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_questtemplateevent" ("about_en", "about_zh", "archived_on", "audience", "count", "criteria", "days", "evidence", "id", "in_rotation", "key", "length", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "settles", "shipped", "way", "weight") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."audience", NEW."count", NEW."criteria", NEW."days", NEW."evidence", NEW."id", NEW."in_rotation", NEW."key", NEW."length", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points", NEW."settles", NEW."shipped", NEW."way", NEW."weight"); RETURN NULL;', hash='d895cef26795ff5df5942c889a8fb53d0d6ab030', operation='UPDATE', pgid='pgtrigger_update_update_62380', table='badges_questtemplate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='questtemplate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_questtemplateevent" ("about_en", "about_zh", "archived_on", "audience", "count", "criteria", "days", "evidence", "id", "in_rotation", "key", "length", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "settles", "shipped", "way", "weight") VALUES (OLD."about_en", OLD."about_zh", OLD."archived_on", OLD."audience", OLD."count", OLD."criteria", OLD."days", OLD."evidence", OLD."id", OLD."in_rotation", OLD."key", OLD."length", OLD."name_en", OLD."name_zh", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."points", OLD."settles", OLD."shipped", OLD."way", OLD."weight"); RETURN NULL;', hash='4c16242dd591a136cae6dbe0879e2c984de295f5', operation='DELETE', pgid='pgtrigger_delete_delete_ec977', table='badges_questtemplate', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='quest',
            index=models.Index(fields=['status', 'ends_on'], name='quest_status_end'),
        ),
        migrations.AddIndex(
            model_name='quest',
            index=models.Index(fields=['template', 'starts_on'], name='quest_template_start'),
        ),
        migrations.AddConstraint(
            model_name='quest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('count', 1), ('criteria__isnull', False), ('evidence', ''), ('way', 'automatic')), models.Q(('count__gte', 1), ('criteria__isnull', True), ('way', 'claimed'), models.Q(('evidence', ''), _negated=True)), _connector='OR'), ('points__gt', 0), ('points__lte', 5000), models.Q(('name_en', ''), _negated=True)), name='quest_sound'),
        ),
        migrations.AddConstraint(
            model_name='quest',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on')), ('grace_days__lte', 30)), name='quest_days'),
        ),
        migrations.AddConstraint(
            model_name='quest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), _negated=True), models.Q(('cancel_reason', ''), _negated=True), _connector='OR'), name='quest_cancelled'),
        ),
        migrations.AddConstraint(
            model_name='quest',
            constraint=models.UniqueConstraint(condition=models.Q(('rotated', True)), fields=('template', 'starts_on'), name='quest_rotated_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quest',
            trigger=pgtrigger.compiler.Trigger(name='content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (to_jsonb(OLD) - '{status,closed_on,cancelled_by_id,cancel_reason,judged_on}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{status,closed_on,cancelled_by_id,cancel_reason,judged_on}'::text[])", func="RAISE EXCEPTION 'A quest stays as it was announced: cancel it and make another.' USING ERRCODE = '23514';", hash='e91826a0d3307b007e42896a375ec8ae276ed613', operation='UPDATE', pgid='pgtrigger_content_is_frozen_214fc', table='badges_quest', when='BEFORE')),
        ),
    ]
