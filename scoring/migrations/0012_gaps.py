from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0011_team_hours")]

    operations = []
