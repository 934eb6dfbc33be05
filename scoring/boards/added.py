"""The points ledger added up per period, so that a night costs its new entries and not the history.

The ledger only grows, so the sum of a period is the sum before plus the entries since.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Max

from scoring.boards.periods import BoardCalendar
from scoring.models import AddedUp, BoardPeriod, PeriodPoints, PointEntry, Season

LEDGER = PointEntry._meta.db_table
SUMS = PeriodPoints._meta.db_table
_BUCKET = {
    BoardPeriod.DAY: "e.booked_on",
    BoardPeriod.WEEK: "date_trunc('week', e.booked_on)::date",
    BoardPeriod.MONTH: "date_trunc('month', e.booked_on)::date",
    BoardPeriod.SEASON: "s.starts_on",
    BoardPeriod.ALL: "DATE '1900-01-01'",
}


def add_up(
    kinds: Collection[str], *, up_to: int, as_of: date, calendar: BoardCalendar
) -> frozenset[str]:
    """Add the entries up to `up_to` to the sums of these kinds of periods.

    Returns the kinds that were added up anew. Kinds that are no longer asked for are let go. Call
    it inside a transaction.
    """
    for_gone = [kind for kind in BoardPeriod.values if kind not in kinds]
    if AddedUp.objects.filter(pk__in=for_gone).delete()[0]:
        PeriodPoints.objects.filter(period__in=for_gone).delete()
    return frozenset(
        kind for kind in sorted(kinds) if _add_up_kind(BoardPeriod(kind), up_to, as_of, calendar)
    )


def newly_booked(*, up_to: int) -> list[date]:
    """The days on which entries count that the standings do not know yet; these know them now.

    Sums may be ahead of standings: a new board adds up what came since the night.
    """
    known: int = AddedUp.objects.aggregate(entry=Max("followed"))["entry"] or 0
    AddedUp.objects.update(followed=max(known, up_to))
    days = PointEntry.objects.filter(pk__gt=known, pk__lte=up_to).order_by()
    return list(days.values_list("booked_on", flat=True).distinct())


def start_over() -> None:
    """Forget all sums; the next `add_up` reads the whole ledger."""
    AddedUp.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {SUMS}")


def _add_up_kind(kind: BoardPeriod, up_to: int, as_of: date, calendar: BoardCalendar) -> bool:
    """Bring one kind up to date; whether it was added up anew."""
    kept = calendar.kept(kind, as_of)
    if not kept:
        return False
    state, new = AddedUp.objects.select_for_update().get_or_create(pk=kind)
    oldest = kept[0].first
    seasons = [[each.first.isoformat(), each.last.isoformat()] for each in calendar.seasons]
    spans = seasons if kind == BoardPeriod.SEASON else []
    anew = new or state.since is None or oldest < state.since or spans != state.seasons
    if anew:
        if not new:
            PeriodPoints.objects.filter(period=kind).delete()
        state.entry = 0
    elif state.since is not None and oldest > state.since:
        PeriodPoints.objects.filter(period=kind, starts_on__lt=oldest).delete()
    if up_to > state.entry:
        _add(kind, state.entry, up_to, oldest)
    state.entry, state.since, state.seasons = max(state.entry, up_to), oldest, spans
    state.save()
    return anew


def _add(kind: BoardPeriod, above: int, up_to: int, oldest: date) -> None:
    joined, grouped, held = "", "1, 2", "e.id > %s AND e.id <= %s AND e.booked_on >= %s"
    params: list[int | date] = [above, up_to, oldest]
    if kind == BoardPeriod.SEASON:
        joined = f" JOIN {Season._meta.db_table} s ON e.booked_on BETWEEN s.starts_on AND s.ends_on"
    if kind == BoardPeriod.ALL:
        # One period since ever: grouping a million entries by it, and comparing their days, would
        # cost a third.
        grouped, held, params = "2", "e.id > %s AND e.id <= %s", [above, up_to]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS period_added")
        # A table of its own may be filled by parallel workers, which an INSERT may not.
        cursor.execute(
            "CREATE TEMP TABLE period_added ON COMMIT DROP AS"
            f" SELECT {_BUCKET[kind]} AS starts_on, e.agent_id, sum(e.amount) AS points"
            f" FROM {LEDGER} e{joined} WHERE {held} GROUP BY {grouped}",
            params,
        )
        # Nothing is there to be added to when all entries were read: no conflicts to look for.
        added = (
            " ON CONFLICT (period, starts_on, agent_id)"
            " DO UPDATE SET points = t.points + excluded.points"
        )
        cursor.execute(
            f"INSERT INTO {SUMS} AS t (period, starts_on, agent_id, points)"
            f" SELECT %s, starts_on, agent_id, points FROM period_added{added if above else ''}",
            [kind.value],
        )
