from decimal import Decimal

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDayEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='day')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('kind', models.CharField(choices=[('holiday', 'Public holiday'), ('promotion', 'Promotion'), ('other', 'Other')], default='other', max_length=10, verbose_name='kind')),
                ('treatment', models.CharField(choices=[('counts', 'counts as usual'), ('relaxed', 'relaxed targets'), ('excluded', 'left out')], default='counts', max_length=10, verbose_name='treatment')),
                ('factor', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=3, verbose_name='factor')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('name_en', models.CharField(max_length=120, verbose_name='English name')),
                ('name_zh', models.CharField(blank=True, max_length=120, verbose_name='Chinese name')),
                ('kind', models.CharField(choices=[('holiday', 'Public holiday'), ('promotion', 'Promotion'), ('other', 'Other')], default='other', max_length=10, verbose_name='kind')),
                ('treatment', models.CharField(choices=[('counts', 'counts as usual'), ('relaxed', 'relaxed targets'), ('excluded', 'left out')], default='counts', max_length=10, verbose_name='treatment')),
                ('factor', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=3, verbose_name='factor')),
            ],
            options={
                'verbose_name': 'calendar day',
                'verbose_name_plural': 'calendar days',
                'ordering': ['day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('factor__gt', 0), ('factor__lte', 1)), name='org_calendar_factor', violation_error_message='The factor is above 0 and at most 1, such as 0.8.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarday',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "org_calendardayevent" ("day", "factor", "id", "kind", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "treatment") VALUES (NEW."day", NEW."factor", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."treatment"); RETURN NULL;', hash='76026cd8d2dcffbf5c3820540e354794e5d512ad', operation='INSERT', pgid='pgtrigger_insert_insert_5973f', table='org_calendarday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarday',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "org_calendardayevent" ("day", "factor", "id", "kind", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "treatment") VALUES (NEW."day", NEW."factor", NEW."id", NEW."kind", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."treatment"); RETURN NULL;', hash='3fc316187b83ed571d8c20488ac22374cb44c76a', operation='UPDATE', pgid='pgtrigger_update_update_6f6da', table='org_calendarday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarday',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "org_calendardayevent" ("day", "factor", "id", "kind", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "treatment") VALUES (OLD."day", OLD."factor", OLD."id", OLD."kind", OLD."name_en", OLD."name_zh", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."treatment"); RETURN NULL;', hash='09e4ba814bb3009d8bad484ec7bca9c8edc61b69', operation='DELETE', pgid='pgtrigger_delete_delete_12b46', table='org_calendarday', when='AFTER')),
        ),
        migrations.AddField(
            model_name='calendardayevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='calendardayevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='org.calendarday'),
        ),
    ]
