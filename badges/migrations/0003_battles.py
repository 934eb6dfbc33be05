"""Boss battles, their objectives and damage."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("badges", "0002_quests")]
    operations: list[migrations.operations.base.Operation] = []
