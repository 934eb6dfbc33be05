"""The channels and KPIs that ship with the product."""

from django.db import migrations

from scoring.figures.catalogue import seed_channels, seed_kpis


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        migrations.RunPython(seed_channels, migrations.RunPython.noop),
        migrations.RunPython(seed_kpis, migrations.RunPython.noop),
    ]
