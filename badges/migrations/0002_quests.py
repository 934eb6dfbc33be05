"""Quests, their pool and claims."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("badges", "0001_badges")]
    operations: list[migrations.operations.base.Operation] = []
