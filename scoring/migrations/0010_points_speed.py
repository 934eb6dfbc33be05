from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0009_scores_speed")]

    operations = []
