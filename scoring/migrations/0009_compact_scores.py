import django.contrib.postgres.fields
from django.db import migrations, models

# Scores are derived: with their agent days on its list the next night writes them in the new form.
_BEGIN_ANEW = """
INSERT INTO scoring_changedday (agent_id, day)
SELECT DISTINCT agent_id, day FROM scoring_agentday WHERE EXISTS (SELECT FROM scoring_score);
TRUNCATE scoring_score;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0008_agreements")]

    operations = [
        migrations.RunSQL(_BEGIN_ANEW, migrations.RunSQL.noop),
        migrations.RemoveField("score", "lost"),
        migrations.AddField(
            "score",
            "days",
            models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            "score",
            "asked",
            models.PositiveIntegerField(default=100),
        ),
        migrations.AddField(
            "score",
            "sums",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(null=True), default=list, size=None
            ),
        ),
        migrations.AddField(
            "score",
            "team_values",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(null=True), default=list, size=None
            ),
        ),
        migrations.AddField(
            "score",
            "points",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(null=True), default=list, size=None
            ),
        ),
        migrations.AddField(
            "score",
            "lost",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), default=list, size=None
            ),
        ),
    ]
