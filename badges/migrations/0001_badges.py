"""Badges, their versions, awards and sets."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0004_welcome'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('scoring', '0013_changed_teams'),
    ]

    operations = [
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, verbose_name='Chinese description')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='English title')),
                ('title_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese title')),
                ('glyph', models.CharField(default='star', max_length=40, verbose_name='picture')),
                ('group', models.CharField(choices=[('customer', 'Customer'), ('efficiency', 'Efficiency'), ('quality', 'Quality'), ('commercial', 'Commercial'), ('growth', 'Growth')], max_length=12, verbose_name='group')),
                ('way', models.CharField(choices=[('criteria', 'by itself, when its criteria are met'), ('granted', 'by a supervisor or manager, with a reason')], default='criteria', max_length=10, verbose_name='it is given')),
                ('repeats', models.CharField(choices=[('once', 'once'), ('period', 'again in each period')], default='once', max_length=10, verbose_name='it can be won')),
                ('secret', models.BooleanField(default=False, help_text='Shown as a question mark until it is won.', verbose_name='secret')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
            ],
            options={
                'verbose_name': 'badge',
                'verbose_name_plural': 'badges',
                'ordering': ['order', 'key'],
            },
        ),
        migrations.CreateModel(
            name='BadgeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(db_index=False, max_length=60, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, verbose_name='Chinese description')),
                ('title_en', models.CharField(blank=True, max_length=120, verbose_name='English title')),
                ('title_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese title')),
                ('glyph', models.CharField(default='star', max_length=40, verbose_name='picture')),
                ('group', models.CharField(choices=[('customer', 'Customer'), ('efficiency', 'Efficiency'), ('quality', 'Quality'), ('commercial', 'Commercial'), ('growth', 'Growth')], max_length=12, verbose_name='group')),
                ('way', models.CharField(choices=[('criteria', 'by itself, when its criteria are met'), ('granted', 'by a supervisor or manager, with a reason')], default='criteria', max_length=10, verbose_name='it is given')),
                ('repeats', models.CharField(choices=[('once', 'once'), ('period', 'again in each period')], default='once', max_length=10, verbose_name='it can be won')),
                ('secret', models.BooleanField(default=False, help_text='Shown as a question mark until it is won.', verbose_name='secret')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BadgeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('tiers', models.JSONField(default=list, verbose_name='tiers')),
                ('applies_to', models.JSONField(blank=True, default=dict, verbose_name='who it is for')),
                ('expires_after_days', models.PositiveIntegerField(blank=True, null=True, verbose_name='ends after days')),
                ('expires_with_next', models.BooleanField(default=False, verbose_name='ends with the period after its own')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
            ],
            options={
                'verbose_name': 'version of a badge',
                'verbose_name_plural': 'versions of badges',
                'ordering': ['badge', '-version'],
            },
        ),
        migrations.CreateModel(
            name='BadgeProgress',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='badge_progress', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('as_of', models.DateField()),
                ('shares', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'progress towards badges',
                'verbose_name_plural': 'progress towards badges',
            },
        ),
        migrations.CreateModel(
            name='BadgeSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, verbose_name='Chinese description')),
                ('least_tier', models.CharField(choices=[('bronze', 'bronze'), ('silver', 'silver'), ('gold', 'gold')], default='bronze', max_length=6, verbose_name='at least')),
                ('points', models.PositiveIntegerField(default=0, verbose_name='points')),
                ('starts_on', models.DateField(help_text='Who has all the badges already completes the set on this day.', verbose_name='from')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('judged_on', models.DateField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'set of badges',
                'verbose_name_plural': 'sets of badges',
                'ordering': ['order', 'key'],
            },
        ),
        migrations.CreateModel(
            name='BadgeSetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(db_index=False, max_length=60, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('about_en', models.TextField(blank=True, verbose_name='English description')),
                ('about_zh', models.TextField(blank=True, verbose_name='Chinese description')),
                ('least_tier', models.CharField(choices=[('bronze', 'bronze'), ('silver', 'silver'), ('gold', 'gold')], default='bronze', max_length=6, verbose_name='at least')),
                ('points', models.PositiveIntegerField(default=0, verbose_name='points')),
                ('starts_on', models.DateField(help_text='Who has all the badges already completes the set on this day.', verbose_name='from')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='archived on')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BadgeSettlement',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('last_entry', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'settlement of badges',
                'verbose_name_plural': 'settlements of badges',
            },
        ),
        migrations.CreateModel(
            name='BadgeVersionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('tiers', models.JSONField(default=list, verbose_name='tiers')),
                ('applies_to', models.JSONField(blank=True, default=dict, verbose_name='who it is for')),
                ('expires_after_days', models.PositiveIntegerField(blank=True, null=True, verbose_name='ends after days')),
                ('expires_with_next', models.BooleanField(default=False, verbose_name='ends with the period after its own')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SetCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('completed_on', models.DateField(verbose_name='completed on')),
                ('points', models.PositiveIntegerField(default=0, verbose_name='points')),
            ],
            options={
                'verbose_name': 'completed set',
                'verbose_name_plural': 'completed sets',
                'ordering': ['-completed_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('tier', models.CharField(choices=[('bronze', 'bronze'), ('silver', 'silver'), ('gold', 'gold')], max_length=6, verbose_name='tier')),
                ('occasion', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('awarded_on', models.DateField(verbose_name='won on')),
                ('given_on', models.DateField(verbose_name='given on')),
                ('rests_on', models.DateField(blank=True, editable=False, null=True)),
                ('points', models.PositiveIntegerField(default=0, verbose_name='points')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='holds until')),
                ('evidence', models.JSONField(blank=True, default=list)),
                ('reason', models.TextField(blank=True, db_default='', default='', verbose_name='reason')),
                ('token', models.UUIDField(blank=True, editable=False, null=True)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_on', models.DateField(blank=True, null=True, verbose_name='revoked on')),
                ('revoked_reason', models.TextField(blank=True, db_default='', default='', verbose_name='why')),
                ('revoked_cause', models.CharField(blank=True, choices=[('facts', 'corrected facts'), ('person', "someone's decision")], db_default='', default='', max_length=6)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='granted by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
                ('badge', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='badges.badge')),
            ],
            options={
                'verbose_name': 'award',
                'verbose_name_plural': 'awards',
                'ordering': ['-awarded_on', '-id'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badge',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgeevent" ("about_en", "about_zh", "archived_on", "glyph", "group", "id", "key", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "secret", "shipped", "title_en", "title_zh", "way") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."glyph", NEW."group", NEW."id", NEW."key", NEW."name_en", NEW."name_zh", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."repeats", NEW."secret", NEW."shipped", NEW."title_en", NEW."title_zh", NEW."way"); RETURN NULL;', hash='c1db964d8fa0bb8b766cfc8732d78ed10ee60c45', operation='INSERT', pgid='pgtrigger_insert_insert_52681', table='badges_badge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_badgeevent" ("about_en", "about_zh", "archived_on", "glyph", "group", "id", "key", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "secret", "shipped", "title_en", "title_zh", "way") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."glyph", NEW."group", NEW."id", NEW."key", NEW."name_en", NEW."name_zh", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."repeats", NEW."secret", NEW."shipped", NEW."title_en", NEW."title_zh", NEW."way"); RETURN NULL;', hash='8088b101d788035dbf0c070bfbf5012c11abc578', operation='UPDATE', pgid='pgtrigger_update_update_5e029', table='badges_badge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgeevent" ("about_en", "about_zh", "archived_on", "glyph", "group", "id", "key", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "secret", "shipped", "title_en", "title_zh", "way") VALUES (OLD."about_en", OLD."about_zh", OLD."archived_on", OLD."glyph", OLD."group", OLD."id", OLD."key", OLD."name_en", OLD."name_zh", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."repeats", OLD."secret", OLD."shipped", OLD."title_en", OLD."title_zh", OLD."way"); RETURN NULL;', hash='26d1c2d35380b334d0e8f000b78f17cd44dfbb0e', operation='DELETE', pgid='pgtrigger_delete_delete_fc6fa', table='badges_badge', when='AFTER')),
        ),
        migrations.AddField(
            model_name='badgeevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='badgeevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.badge'),
        ),
        migrations.CreateModel(
            name='BadgeJudgement',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='judgement', serialize=False, to='badges.badgeversion')),
                ('judged_on', models.DateField()),
            ],
            options={
                'verbose_name': 'judgement of a badge',
                'verbose_name_plural': 'judgements of badges',
            },
        ),
        migrations.AddField(
            model_name='badgeversion',
            name='badge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='badges.badge'),
        ),
        migrations.AddField(
            model_name='badgeversion',
            name='published_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='award',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='badges.badgeversion'),
        ),
        migrations.AddField(
            model_name='badgeset',
            name='badges',
            field=models.ManyToManyField(related_name='sets', to='badges.badge', verbose_name='badges'),
        ),
        migrations.AddField(
            model_name='badgesetevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='badgesetevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.badgeset'),
        ),
        migrations.AddConstraint(
            model_name='badgesettlement',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='badgesettlement_one'),
        ),
        migrations.AddField(
            model_name='badgeversionevent',
            name='badge',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='badges.badge'),
        ),
        migrations.AddField(
            model_name='badgeversionevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='badgeversionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='badges.badgeversion'),
        ),
        migrations.AddField(
            model_name='badgeversionevent',
            name='published_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setcompletion',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='set_completions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='setcompletion',
            name='set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completions', to='badges.badgeset', verbose_name='set'),
        ),
        migrations.AddConstraint(
            model_name='badgeversion',
            constraint=models.UniqueConstraint(fields=('badge', 'version'), name='badgeversion_number'),
        ),
        migrations.AddConstraint(
            model_name='badgeversion',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('badge',), name='badgeversion_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='badgeversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_after_days', None), ('expires_after_days__gt', 0), _connector='OR'), models.Q(('expires_after_days', None), ('expires_with_next', False), _connector='OR')), name='badgeversion_expiry'),
        ),
        migrations.AddConstraint(
            model_name='badgeversion',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'published'), models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR')), expressions=[(models.Func(models.F('badge_id'), models.F('badge_id'), models.Value('[]'), function='int8range'), '='), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='badgeversion_one_a_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeversion',
            trigger=pgtrigger.compiler.Trigger(name='published_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'published' AND (to_jsonb(OLD) - 'ends_on') IS DISTINCT FROM (to_jsonb(NEW) - 'ends_on'))", func="RAISE EXCEPTION 'A published badge is not changed: publish a new version.' USING ERRCODE = '23514';", hash='63f150e1b99a68834d2ac1d6d5b6a4b9e3e8cc96', operation='UPDATE', pgid='pgtrigger_published_is_frozen_1e664', table='badges_badgeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeversion',
            trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'published')", func="RAISE EXCEPTION 'A published badge is not changed: publish a new version.' USING ERRCODE = '23514';", hash='0c3808a058e97c0b8a11a60b0b41ce2c68958008', operation='DELETE', pgid='pgtrigger_published_stays_79b4a', table='badges_badgeversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeversion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgeversionevent" ("applies_to", "badge_id", "ends_on", "expires_after_days", "expires_with_next", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "starts_on", "status", "tiers", "version") VALUES (NEW."applies_to", NEW."badge_id", NEW."ends_on", NEW."expires_after_days", NEW."expires_with_next", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_at", NEW."published_by_id", NEW."starts_on", NEW."status", NEW."tiers", NEW."version"); RETURN NULL;', hash='eafac1fcf51c785de4b668062b337099ba2367ce', operation='INSERT', pgid='pgtrigger_insert_insert_b5129', table='badges_badgeversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeversion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "badges_badgeversionevent" ("applies_to", "badge_id", "ends_on", "expires_after_days", "expires_with_next", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "starts_on", "status", "tiers", "version") VALUES (NEW."applies_to", NEW."badge_id", NEW."ends_on", NEW."expires_after_days", NEW."expires_with_next", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_at", NEW."published_by_id", NEW."starts_on", NEW."status", NEW."tiers", NEW."version"); RETURN NULL;', hash='07a21e1025f286df8daddd49da04ff28f2e23a10', operation='UPDATE', pgid='pgtrigger_update_update_84d98', table='badges_badgeversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeversion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgeversionevent" ("applies_to", "badge_id", "ends_on", "expires_after_days", "expires_with_next", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "starts_on", "status", "tiers", "version") VALUES (OLD."applies_to", OLD."badge_id", OLD."ends_on", OLD."expires_after_days", OLD."expires_with_next", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_at", OLD."published_by_id", OLD."starts_on", OLD."status", OLD."tiers", OLD."version"); RETURN NULL;', hash='b9ebfb472634776f828edfd7bb534d4288e8ea07', operation='DELETE', pgid='pgtrigger_delete_delete_4cc49', table='badges_badgeversion', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='award',
            index=models.Index(fields=['version'], name='award_version'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('badge', 'person', 'tier', 'occasion'), name='award_once'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(condition=models.Q(('token', None), _negated=True), fields=('token',), name='award_one_form'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('granted_by', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='award_granted_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None), ('revoked_cause', ''), ('revoked_on', None), ('revoked_reason', '')), models.Q(('revoked_at__isnull', False), ('revoked_by', None), ('revoked_cause', 'facts'), ('revoked_on__isnull', False)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False), ('revoked_cause', 'person'), ('revoked_on__isnull', False), models.Q(('revoked_reason', ''), _negated=True)), _connector='OR'), name='award_revoked_with_cause'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='award',
            trigger=pgtrigger.compiler.Trigger(name='only_revoked', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.revoked_at IS NOT NULL OR (to_jsonb(OLD) - 'rests_on' - 'revoked_at' - 'revoked_on' - 'revoked_by_id' - 'revoked_reason' - 'revoked_cause') IS DISTINCT FROM (to_jsonb(NEW) - 'rests_on' - 'revoked_at' - 'revoked_on' - 'revoked_by_id' - 'revoked_reason' - 'revoked_cause'))", func="RAISE EXCEPTION 'An award is never edited: revoke it, with a reason.' USING ERRCODE = '23514';", hash='8fceb4e63dbad45687197caa7c0f62487fe03089', operation='UPDATE', pgid='pgtrigger_only_revoked_926a7', table='badges_award', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='award',
            trigger=pgtrigger.compiler.Trigger(name='stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'An award is never edited: revoke it, with a reason.' USING ERRCODE = '23514';", hash='1f1b76d298d5034248bfeb2dede43c79684abcaa', operation='DELETE', pgid='pgtrigger_stays_96a31', table='badges_award', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgesetevent" ("about_en", "about_zh", "archived_on", "id", "key", "least_tier", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "shipped", "starts_on") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."id", NEW."key", NEW."least_tier", NEW."name_en", NEW."name_zh", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points", NEW."shipped", NEW."starts_on"); RETURN NULL;', hash='9c1f1900a013ed76ecbfbb9f0febbc73a8ed2b48', operation='INSERT', pgid='pgtrigger_insert_insert_fb0b3', table='badges_badgeset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about_en" IS DISTINCT FROM (NEW."about_en") OR OLD."about_zh" IS DISTINCT FROM (NEW."about_zh") OR OLD."archived_on" IS DISTINCT FROM (NEW."archived_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."least_tier" IS DISTINCT FROM (NEW."least_tier") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."order" IS DISTINCT FROM (NEW."order") OR OLD."points" IS DISTINCT FROM (NEW."points") OR OLD."shipped" IS DISTINCT FROM (NEW."shipped") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on"))', func='INSERT INTO "badges_badgesetevent" ("about_en", "about_zh", "archived_on", "id", "key", "least_tier", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "shipped", "starts_on") VALUES (NEW."about_en", NEW."about_zh", NEW."archived_on", NEW."id", NEW."key", NEW."least_tier", NEW."name_en", NEW."name_zh", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points", NEW."shipped", NEW."starts_on"); RETURN NULL;', hash='92660e6314ce5cb30fb34e3350a0f76725805da7', operation='UPDATE', pgid='pgtrigger_update_update_6fe3f', table='badges_badgeset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='badgeset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "badges_badgesetevent" ("about_en", "about_zh", "archived_on", "id", "key", "least_tier", "name_en", "name_zh", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "shipped", "starts_on") VALUES (OLD."about_en", OLD."about_zh", OLD."archived_on", OLD."id", OLD."key", OLD."least_tier", OLD."name_en", OLD."name_zh", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."points", OLD."shipped", OLD."starts_on"); RETURN NULL;', hash='b357d3e31b4b84fa2e747480e4e4acb17956fb9e', operation='DELETE', pgid='pgtrigger_delete_delete_56966', table='badges_badgeset', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='setcompletion',
            constraint=models.UniqueConstraint(fields=('set', 'person'), name='setcompletion_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='setcompletion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A completed set stays completed: add a new entry.' USING ERRCODE = '23514';", hash='e6161063b81841b7d0936d70dd11b94b1d31fe72', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_95527', table='badges_setcompletion', when='BEFORE')),
        ),
    ]
