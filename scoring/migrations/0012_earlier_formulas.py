from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0011_team_hours")]

    operations = [
        migrations.AddField(
            model_name="kpi",
            name="earlier",
            field=models.JSONField(
                blank=True, default=list, editable=False, verbose_name="earlier formulas"
            ),
        ),
    ]
