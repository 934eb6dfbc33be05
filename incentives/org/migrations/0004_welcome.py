import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0003_notices")]

    operations = [
        migrations.AddField(
            model_name='person',
            name='cards_put_away',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, editable=False, size=None),
        ),
    ]
