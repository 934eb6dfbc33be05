"""The database's own statistics, renewed between steps where a step has written much.

The database renews them by itself some minutes later. Until then it plans for the tables of
yesterday: boards over a month's first points took twenty times as long as they need.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.db import connection

# A table counts as changed when so many rows, and such a share of it, were written since.
LEAST_ROWS, LEAST_SHARE = 5_000, 0.1
# Of two steps that end together the second would analyse what the first one does, and wait for it.
_ONE_AT_A_TIME = Lock()


def renew_statistics() -> list[str]:
    """Analyse the tables of scoring that have changed much; returns their names."""
    with _ONE_AT_A_TIME, connection.cursor() as cursor:
        # What this session wrote is counted when its statistics are flushed, a second late else.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()"
            r" AND relname LIKE 'scoring\_%%' AND n_mod_since_analyze > %s + %s * n_live_tup",
            [LEAST_ROWS, LEAST_SHARE],
        )
        grown = [name for (name,) in cursor.fetchall()]
        for name in grown:
            analyse(cursor, name)
    return grown


def analyse(cursor: Any, table: str, *columns: str) -> None:
    """Renew the statistics of a table of scoring, or of some columns: the owner's work."""
    cursor.execute(
        "SELECT scoring_renew_statistics(%s::regclass, %s::text[])", [table, list(columns)]
    )
