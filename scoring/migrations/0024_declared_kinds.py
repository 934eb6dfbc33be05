from django.db import migrations, models


class Migration(migrations.Migration):
    """Kinds of entries and decisions are declared by capabilities; the columns hold any of them."""

    dependencies = [("scoring", "0023_versions")]

    operations = [
        migrations.AlterField(
            "pointentry", "kind", models.CharField(max_length=14, verbose_name="kind")
        ),
        migrations.AlterField(
            "pointdecision", "kind", models.CharField(max_length=14, verbose_name="kind")
        ),
    ]
