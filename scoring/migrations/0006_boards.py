import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("scoring", "0005_points"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardAliasEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('name', models.CharField(max_length=30, verbose_name='name on boards')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Leaderboard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('subject', models.CharField(choices=[('agent', 'Agents'), ('team', 'Teams')], default='agent', max_length=5, verbose_name='who is listed')),
                ('by', models.CharField(choices=[('points', 'Points'), ('score', 'Score'), ('kpi', 'KPI')], default='points', max_length=6, verbose_name='ranked by')),
                ('period', models.CharField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('season', 'Season'), ('all', 'All time')], default='week', max_length=6, verbose_name='period')),
                ('league', models.CharField(choices=[('all', 'Everyone'), ('newcomers', 'Newcomers (first 90 days)'), ('improved', "Most improved, against one's own four weeks before")], default='all', max_length=9, verbose_name='league')),
                ('within', models.CharField(choices=[('company', 'All together'), ('team', 'Each team by itself')], default='company', max_length=7, verbose_name='ranked among')),
                ('least', models.PositiveIntegerField(default=0, verbose_name='least volume')),
                ('normalised', models.BooleanField(default=False, verbose_name='per full-time person')),
                ('shown', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(50)], verbose_name='places that everyone sees')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('archived', models.BooleanField(default=False, verbose_name='archived')),
                ('entered_on', models.DateField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'leaderboard',
                'verbose_name_plural': 'leaderboards',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='LeaderboardEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(db_index=False, max_length=60, verbose_name='key')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('subject', models.CharField(choices=[('agent', 'Agents'), ('team', 'Teams')], default='agent', max_length=5, verbose_name='who is listed')),
                ('by', models.CharField(choices=[('points', 'Points'), ('score', 'Score'), ('kpi', 'KPI')], default='points', max_length=6, verbose_name='ranked by')),
                ('period', models.CharField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('season', 'Season'), ('all', 'All time')], default='week', max_length=6, verbose_name='period')),
                ('league', models.CharField(choices=[('all', 'Everyone'), ('newcomers', 'Newcomers (first 90 days)'), ('improved', "Most improved, against one's own four weeks before")], default='all', max_length=9, verbose_name='league')),
                ('within', models.CharField(choices=[('company', 'All together'), ('team', 'Each team by itself')], default='company', max_length=7, verbose_name='ranked among')),
                ('least', models.PositiveIntegerField(default=0, verbose_name='least volume')),
                ('normalised', models.BooleanField(default=False, verbose_name='per full-time person')),
                ('shown', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(50)], verbose_name='places that everyone sees')),
                ('shipped', models.BooleanField(default=False, verbose_name='shipped with the product')),
                ('archived', models.BooleanField(default=False, verbose_name='archived')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PeriodPoints',
            fields=[
                ('pk', models.CompositePrimaryKey('period', 'starts_on', 'agent_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('period', models.CharField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('season', 'Season'), ('all', 'All time')], max_length=6)),
                ('starts_on', models.DateField()),
                ('points', models.BigIntegerField()),
                ('agent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'points of a period',
                'verbose_name_plural': 'points of periods',
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('starts_on', models.DateField(verbose_name='from')),
                ('pool', models.BigIntegerField(default=0)),
                ('value', models.DecimalField(decimal_places=10, max_digits=34, verbose_name='value')),
                ('volume', models.DecimalField(decimal_places=6, max_digits=24, null=True, verbose_name='volume')),
                ('rank', models.PositiveIntegerField(null=True, verbose_name='rank')),
                ('previous_rank', models.PositiveIntegerField(null=True, verbose_name='rank before')),
                ('position', models.PositiveIntegerField(verbose_name='line')),
            ],
            options={
                'verbose_name': 'standing',
                'verbose_name_plural': 'standings',
            },
        ),
        migrations.CreateModel(
            name='AddedUp',
            fields=[
                ('period', models.CharField(choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('season', 'Season'), ('all', 'All time')], max_length=6, primary_key=True, serialize=False)),
                ('entry', models.BigIntegerField(default=0)),
                ('since', models.DateField(null=True)),
                ('seasons', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'state of added points',
                'verbose_name_plural': 'states of added points',
                'constraints': [models.CheckConstraint(condition=models.Q(('entry__gte', 0)), name='addedup_entry')],
            },
        ),
        migrations.CreateModel(
            name='BoardAlias',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='board_alias', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=30, verbose_name='name on boards')),
            ],
            options={
                'verbose_name': 'name on boards',
                'verbose_name_plural': 'names on boards',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='boardalias_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='boardalias',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_boardaliasevent" ("name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."person_id"); RETURN NULL;', hash='834f5d33186a8fb94668528d2960e24110221fa4', operation='INSERT', pgid='pgtrigger_insert_insert_0664b', table='scoring_boardalias', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='boardalias',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "scoring_boardaliasevent" ("name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."person_id"); RETURN NULL;', hash='e8233702e9a79e5ea8eb658222eca0324a3dce4e', operation='UPDATE', pgid='pgtrigger_update_update_07cdc', table='scoring_boardalias', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='boardalias',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_boardaliasevent" ("name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."name", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."person_id"); RETURN NULL;', hash='858b3739b7225231b3051dd8ad29399a7d5f8565', operation='DELETE', pgid='pgtrigger_delete_delete_d1786', table='scoring_boardalias', when='AFTER')),
        ),
        migrations.AddField(
            model_name='boardaliasevent',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='boardaliasevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='boardaliasevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.boardalias'),
        ),
        migrations.AddField(
            model_name='leaderboard',
            name='channel',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.channel', verbose_name='only this channel'),
        ),
        migrations.AddField(
            model_name='leaderboard',
            name='kpi',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaderboards', to='scoring.kpi', verbose_name='KPI'),
        ),
        migrations.AddField(
            model_name='leaderboard',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.site', verbose_name='only this site'),
        ),
        migrations.AddField(
            model_name='leaderboard',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='only this team'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='channel',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.channel', verbose_name='only this channel'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='kpi',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scoring.kpi', verbose_name='KPI'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='scoring.leaderboard'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.site', verbose_name='only this site'),
        ),
        migrations.AddField(
            model_name='leaderboardevent',
            name='team',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='org.team', verbose_name='only this team'),
        ),
        migrations.AddField(
            model_name='standing',
            name='agent',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standing',
            name='board',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='standings', to='scoring.leaderboard'),
        ),
        migrations.AddField(
            model_name='standing',
            name='team',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team'),
        ),
        migrations.AddConstraint(
            model_name='leaderboard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', 'kpi'), ('kpi__isnull', False)), models.Q(models.Q(('by', 'kpi'), _negated=True), ('kpi__isnull', True)), _connector='OR'), name='leaderboard_kpi'),
        ),
        migrations.AddConstraint(
            model_name='leaderboard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', 'score'), _negated=True), ('period__in', ['day', 'week', 'month']), _connector='OR'), name='leaderboard_score_period'),
        ),
        migrations.AddConstraint(
            model_name='leaderboard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subject', 'team'), _negated=True), models.Q(('league', 'all'), ('team', None), ('within', 'company')), _connector='OR'), name='leaderboard_teams_together'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaderboard',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_leaderboardevent" ("archived", "by", "channel_id", "id", "key", "kpi_id", "league", "least", "name_en", "name_zh", "normalised", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shipped", "shown", "site_id", "subject", "team_id", "within") VALUES (NEW."archived", NEW."by", NEW."channel_id", NEW."id", NEW."key", NEW."kpi_id", NEW."league", NEW."least", NEW."name_en", NEW."name_zh", NEW."normalised", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shipped", NEW."shown", NEW."site_id", NEW."subject", NEW."team_id", NEW."within"); RETURN NULL;', hash='9713682129de0c0d9fc147eb956ac9096fabe550', operation='INSERT', pgid='pgtrigger_insert_insert_c9c37', table='scoring_leaderboard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaderboard',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."archived" IS DISTINCT FROM (NEW."archived") OR OLD."by" IS DISTINCT FROM (NEW."by") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."kpi_id" IS DISTINCT FROM (NEW."kpi_id") OR OLD."league" IS DISTINCT FROM (NEW."league") OR OLD."least" IS DISTINCT FROM (NEW."least") OR OLD."name_en" IS DISTINCT FROM (NEW."name_en") OR OLD."name_zh" IS DISTINCT FROM (NEW."name_zh") OR OLD."normalised" IS DISTINCT FROM (NEW."normalised") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."shipped" IS DISTINCT FROM (NEW."shipped") OR OLD."shown" IS DISTINCT FROM (NEW."shown") OR OLD."site_id" IS DISTINCT FROM (NEW."site_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."within" IS DISTINCT FROM (NEW."within"))', func='INSERT INTO "scoring_leaderboardevent" ("archived", "by", "channel_id", "id", "key", "kpi_id", "league", "least", "name_en", "name_zh", "normalised", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shipped", "shown", "site_id", "subject", "team_id", "within") VALUES (NEW."archived", NEW."by", NEW."channel_id", NEW."id", NEW."key", NEW."kpi_id", NEW."league", NEW."least", NEW."name_en", NEW."name_zh", NEW."normalised", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shipped", NEW."shown", NEW."site_id", NEW."subject", NEW."team_id", NEW."within"); RETURN NULL;', hash='90433b99c8fe289668548c3dd6f5780aa14d7617', operation='UPDATE', pgid='pgtrigger_update_update_a39f1', table='scoring_leaderboard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaderboard',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "scoring_leaderboardevent" ("archived", "by", "channel_id", "id", "key", "kpi_id", "league", "least", "name_en", "name_zh", "normalised", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shipped", "shown", "site_id", "subject", "team_id", "within") VALUES (OLD."archived", OLD."by", OLD."channel_id", OLD."id", OLD."key", OLD."kpi_id", OLD."league", OLD."least", OLD."name_en", OLD."name_zh", OLD."normalised", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."shipped", OLD."shown", OLD."site_id", OLD."subject", OLD."team_id", OLD."within"); RETURN NULL;', hash='3238b21676c12a8ae898786f79986363614930d3', operation='DELETE', pgid='pgtrigger_delete_delete_52aac', table='scoring_leaderboard', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['board', 'starts_on', 'pool', 'position'], name='standing_position'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(condition=models.Q(('agent__isnull', False)), fields=('board', 'starts_on', 'agent'), name='standing_of_agent'),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(condition=models.Q(('agent__isnull', True)), fields=('board', 'starts_on', 'team'), name='standing_of_team'),
        ),
    ]
