"""Badges, their versions, awards and sets."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0013_changed_teams"), ("org", "0004_welcome")]
    operations: list[migrations.operations.base.Operation] = []
