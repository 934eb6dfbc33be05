"""Which days of teams changed, their hours in a row per channel, and how far the ledger was read.

The hours counted so far go: the next night counts them all, into the new table.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


def _foreign_key(to, *, on_delete=django.db.models.deletion.PROTECT, null=False):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=on_delete,
        related_name="+",
        to=to,
    )


def _array(field):
    return django.contrib.postgres.fields.ArrayField(base_field=field, size=None)


class Migration(migrations.Migration):
    dependencies = [("org", "0004_welcome"), ("scoring", "0012_earlier_formulas")]

    operations = [
        migrations.CreateModel(
            name="ChangedTeamDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField(verbose_name="day")),
                (
                    "team",
                    _foreign_key(
                        "org.team", on_delete=django.db.models.deletion.CASCADE, null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "changed day of a team",
                "verbose_name_plural": "changed days of teams",
            },
        ),
        migrations.CreateModel(
            name="TeamHours",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField(verbose_name="day")),
                ("hours", _array(models.SmallIntegerField())),
                ("handled", _array(models.BigIntegerField())),
                (
                    "first_response_seconds",
                    _array(models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ),
                ("first_response_count", _array(models.BigIntegerField())),
                ("channel", _foreign_key("scoring.channel")),
                ("team", _foreign_key("org.team", null=True)),
            ],
            options={
                "verbose_name": "hours of a team",
                "verbose_name_plural": "hours of teams",
                "indexes": [models.Index(fields=["day"], name="teamhours_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("team", "day", "channel"),
                        name="teamhours_unique",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.DeleteModel(name="TeamHour"),
        migrations.CreateModel(
            name="LedgerMark",
            fields=[
                ("reader", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "mark in the ledger",
                "verbose_name_plural": "marks in the ledger",
            },
        ),
    ]
