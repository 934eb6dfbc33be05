import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0006_boards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NightRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField(verbose_name="day")),
                ("redo_from", models.DateField(blank=True, null=True)),
                ("redo_to", models.DateField(blank=True, null=True)),
                ("everything", models.BooleanField(default=False, verbose_name="all days")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Under way"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cut_off", "Cut off"),
                            ("not_begun", "Not begun"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("schedule", "schedule"), ("command", "command line"), ("page", "page")],
                        max_length=10,
                        verbose_name="started by",
                    ),
                ),
                ("token", models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ("days", models.PositiveBigIntegerField(default=0, verbose_name="agent days")),
                ("step", models.CharField(blank=True, max_length=40)),
                ("steps", models.JSONField(blank=True, default=list)),
                ("message", models.TextField(blank=True, verbose_name="message")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "night", "verbose_name_plural": "nights", "ordering": ["-id"]},
        ),
        migrations.AddIndex(
            model_name="nightrun",
            index=models.Index(fields=["-started_at"], name="night_started"),
        ),
    ]
