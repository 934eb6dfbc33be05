import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0004_welcome"), ("scoring", "0010_numbered_entries")]

    operations = [
        migrations.CreateModel(
            name="TeamHour",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField(verbose_name="day")),
                ("weekday", models.SmallIntegerField()),
                ("hour", models.SmallIntegerField()),
                ("handled", models.BigIntegerField()),
                (
                    "first_response_seconds",
                    models.DecimalField(decimal_places=6, max_digits=24, null=True),
                ),
                ("first_response_count", models.BigIntegerField()),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.channel",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "hour of a team",
                "verbose_name_plural": "hours of teams",
                "indexes": [models.Index(fields=["day"], name="teamhour_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("team", "day", "channel", "weekday", "hour"),
                        name="teamhour_unique",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
