"""The channels and KPIs that ship with the product were added here; `migrate` adds them now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = []
