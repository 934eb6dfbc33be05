"""Count the people behind the teams' days that are stored, and rank teams anew in the next night."""

from django.db import migrations

COUNT = """
    UPDATE scoring_teamday t SET people = c.people FROM (
        SELECT coalesce(team_id, 0) AS team_id, day, channel_id, count(*) AS people
        FROM scoring_agentday GROUP BY 1, 2, 3) c
    WHERE coalesce(t.team_id, 0) = c.team_id AND t.day = c.day AND t.channel_id = c.channel_id
"""
RANK = "UPDATE scoring_leaderboard SET entered_on = NULL WHERE subject = 'team'"


class Migration(migrations.Migration):
    dependencies = [("scoring", "0017_people_behind_team_days")]

    operations = [
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.RunSQL(RANK, migrations.RunSQL.noop),
    ]
