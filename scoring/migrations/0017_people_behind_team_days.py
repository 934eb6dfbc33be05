"""How many agents stand behind each team's day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0016_deaths_of_imports")]

    operations = [
        migrations.AddField(
            model_name="teamday",
            name="people",
            field=models.PositiveIntegerField(db_default=0, verbose_name="people"),
        )
    ]
