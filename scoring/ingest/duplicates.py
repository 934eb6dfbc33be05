"""Several rows with one id in a file: which of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from incentives.org.refusals import Refused

from .convert import ORDER
from .table import LINE

if TYPE_CHECKING:
    from .load import Stage


def reduce_to_one_row_each(stage: Stage) -> None:
    """Leave one row for each id, as the mapping says; refuse rows that contradict each other."""
    cursor, reduce = stage.cursor, stage.mapping.reduce
    if reduce is not None:
        direction = "DESC NULLS LAST" if reduce.keep == "last" else "ASC NULLS LAST"
        by = [f"{ORDER} {direction}"] if reduce.order else []
        by.append(f"{LINE} {'DESC' if reduce.keep == 'last' else 'ASC'}")
        _keep_first(cursor, ", ".join(by))
        return
    told_apart = [name for name in stage.columns if name != LINE]
    if "version" in stage.columns:
        cursor.execute(
            "DELETE FROM stage s USING (SELECT external_id, max(version) AS version FROM stage"
            " GROUP BY external_id HAVING count(*) > 1) d"
            " WHERE s.external_id = d.external_id AND (s.version < d.version"
            # A row without a version is older than any with one.
            " OR (s.version IS NULL AND d.version IS NOT NULL))"
        )
    cursor.execute(
        "SELECT external_id, min(line), max(line) FROM (SELECT external_id,"
        f" min({LINE}) AS line FROM stage GROUP BY {', '.join(told_apart)}) d"
        " GROUP BY external_id HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
    )
    contradiction = cursor.fetchone()
    if contradiction is not None:
        raise Refused(
            _(
                "The id %(id)s stands in lines %(first)s and %(last)s with different values: add"
                ' [reduce] with keep = "last" or "first" to the mapping to say which row counts.'
            )
            % dict(zip(("id", "first", "last"), contradiction, strict=True))
        )
    _keep_first(cursor, LINE)


def _keep_first(cursor: Any, order: str) -> None:
    cursor.execute(
        "DELETE FROM stage WHERE ctid IN (SELECT ctid FROM (SELECT ctid, row_number()"
        f" OVER (PARTITION BY external_id ORDER BY {order}) AS place FROM stage) d"
        " WHERE place > 1)"
    )
