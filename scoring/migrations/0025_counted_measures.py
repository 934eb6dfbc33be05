from django.db import migrations, models


def note(apps, _editor):
    """Every measure that has a column by now is counted in all totals."""
    fields = apps.get_model("scoring", "AgentDay")._meta.local_fields
    counted = apps.get_model("scoring", "CountedMeasure")
    counted.objects.bulk_create(
        counted(key=field.name)
        for field in fields
        if field.null and not field.is_relation and field.name != "custom"
    )


class Migration(migrations.Migration):
    """Which measures the totals of all days hold, so that one that is added counts the past too."""

    dependencies = [("scoring", "0024_declared_kinds")]

    operations = [
        migrations.CreateModel(
            name="CountedMeasure",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=63, primary_key=True, serialize=False, verbose_name="key"
                    ),
                ),
            ],
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
