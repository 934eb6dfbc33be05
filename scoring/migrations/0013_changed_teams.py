"""Which teams a changed day touched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0012_earlier_formulas")]
    operations: list[migrations.operations.base.Operation] = []
