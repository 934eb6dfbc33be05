"""Keys and credentials of badges that leave the house."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("badges", "0003_battles")]
    operations: list[migrations.operations.base.Operation] = []
