from django.db import migrations

_TAKES = "'scoring_take_indexes(regclass)'::regprocedure"
_FACTS, _SCORES_TOO = "'scoring_agentday'", "'scoring_agentday', 'scoring_score'"
# Nobody looks for them by value, and sampling arrays takes longer than all other columns together.
_ARRAYS = {
    "scoring_score": ("sums", "team_values", "points", "lost"),
    "scoring_teamhours": ("hours", "handled", "first_response_seconds", "first_response_count"),
}


def _replaced(old: str, new: str) -> str:
    return (
        "DO $do$ BEGIN EXECUTE replace("
        f"pg_get_functiondef({_TAKES}), $old${old})$old$, $new${new})$new$); END $do$"
    )


def _statistics(target: int) -> list[str]:
    return [
        f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}"
        for table, columns in _ARRAYS.items()
        for column in columns
    ]


class Migration(migrations.Migration):
    """Scores may be filled with their indexes away, and their arrays need no statistics."""

    dependencies = [("scoring", "0025_counted_measures")]

    operations = [
        migrations.RunSQL(_replaced(_FACTS, _SCORES_TOO), _replaced(_SCORES_TOO, _FACTS)),
        migrations.RunSQL(_statistics(0), _statistics(-1)),
    ]
