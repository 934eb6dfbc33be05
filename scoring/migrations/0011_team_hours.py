from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0010_points_speed")]

    operations = []
