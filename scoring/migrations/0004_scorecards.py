from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_changed_days")]

    operations = []
