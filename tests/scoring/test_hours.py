"""Totals by hour of the week: against a naive count, after any change, at no cost when nothing changed."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incentives.org.models import Company, Membership, Team
from scoring.figures import totals
from scoring.figures.change_queue import finish, take
from scoring.figures.changes import Changes
from scoring.figures.hours import compute_hours, hours_of_the_week, stored_hours
from scoring.figures.windows import Span
from scoring.models import Channel, Source, TeamHours, Ticket
from tests.org.cast import Cast
from tests.scoring.truth import MONDAY, bring_in, night, ticket

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 10, 24, tzinfo=UTC)  # summer time ends in Berlin on the 25th, at 01:00 UTC

TICKETS = st.lists(
    st.fixed_dictionaries(
        {
            "agent": st.sampled_from(["agent", "teammate", "stranger", None]),
            "team": st.sampled_from(["alpha", None, None]),
            "channel": st.sampled_from(["phone", "chat"]),
            "day": st.sampled_from([None, *(date(2026, 10, 24 + n % 4) for n in range(7))]),
            "opened_at": st.one_of(
                *(st.integers(0, 72 * 60).map(lambda m: FIRST + timedelta(minutes=m)),) * 5,
                st.none(),
            ),
            "handled": st.booleans(),
            "first_response_seconds": st.one_of(
                st.none(), st.decimals(0, 10**6, places=6, allow_nan=False)
            ),
            "deleted": st.sampled_from([False] * 5 + [True]),
            "held_for": st.sampled_from([None] * 5 + ["someone"]),
        }
    ),
    min_size=3,
    max_size=12,
)
Sums = dict[tuple[Any, ...], list[Any]]


def _naive(zone: str) -> Sums:
    """One ticket after the other."""
    found: Sums = defaultdict(lambda: [0, None, 0])
    for each in Ticket.objects.exclude(deleted=True):
        if each.agent_id is None or each.held_for is not None:
            continue
        if each.day is None or each.opened_at is None:
            continue
        team = each.team_id
        if team is None:
            for membership in Membership.objects.filter(person=each.agent_id):
                if membership.starts_on <= each.day <= (membership.ends_on or date.max):
                    team = membership.team_id
        local = each.opened_at.astimezone(ZoneInfo(zone))
        sums = found[team, each.day, each.channel_id, local.weekday(), local.hour]
        sums[0] += each.handled
        if each.first_response_seconds is not None:
            sums[1] = (sums[1] or 0) + each.first_response_seconds
            sums[2] += 1
    return {key: sums for key, sums in found.items() if sums[0] or sums[2]}


def _stored() -> Sums:
    with connection.cursor() as cursor:
        cursor.execute(stored_hours())
        return {
            (team, day, channel, *divmod(hour, 24)): [handled, seconds, count]
            for team, day, channel, hour, handled, seconds, count in cursor.fetchall()
        }


def _write(cast: Cast, rows: list[dict[str, Any]], first: int = 0) -> None:
    """Store tickets under numbers from `first` on; recompute what they touch."""
    source = Source.objects.get_or_create(name="hours")[0]
    with connection.cursor() as cursor:
        totals.lock_facts()
        totals.open_touched(cursor)
        for number, row in enumerate(rows, start=first):
            plain: dict[str, Any] = {
                **row,
                "agent": getattr(cast, row["agent"]) if row["agent"] else None,
                "team": getattr(cast, row["team"]) if row["team"] else None,
                "channel": Channel.objects.get(key=row["channel"]),
            }
            key: dict[str, Any] = {"source": source, "external_id": str(number)}
            touch = "INSERT INTO touched_fact SELECT agent_id, team_id, day FROM scoring_ticket WHERE external_id = %s"
            cursor.execute(touch, [str(number)])
            Ticket.objects.update_or_create(**key, defaults=plain)
            cursor.execute(touch, [str(number)])
        totals.recompute(cursor)


def _night() -> None:
    compute_hours(take(as_of=date(2026, 11, 1)))
    finish()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=TICKETS,
    after=TICKETS,
    first=st.integers(0, 10),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns"]),
)
def test_the_hours_are_those_of_a_naive_count_after_any_change(
    cast: Cast,
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    first: int,
    zone: str,
) -> None:
    point = transaction.savepoint()
    Company.objects.update(time_zone=zone)
    for rows, number in ((before, 0), (after, first)):
        _write(cast, rows, number)
        _night()
        assert _stored() == _naive(zone)
    transaction.savepoint_rollback(point)


def test_a_ticket_counts_in_the_hour_in_which_it_was_opened_on_the_day_it_counts(
    cast: Cast, tmp_path: Path
) -> None:
    late = ticket(1, opened="2026-11-01T15:59:00Z", replied="2026-11-01T16:00:00Z")
    bring_in(tmp_path, [late])  # opened on Sunday 23:59 in Shanghai, closed on Monday
    night()
    row = TeamHours.objects.get()
    assert (row.team, row.day, row.hours) == (cast.alpha, MONDAY, [6 * 24 + 23])
    assert (row.handled, row.first_response_seconds, row.first_response_count) == (
        [1],
        [Decimal(60)],
        [1],
    )


def test_a_move_to_another_team_takes_the_hours_along(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path, [ticket(1)])
    night()
    Membership.objects.filter(person=cast.agent).update(team=cast.beta)
    totals.recompute_everything()
    night()
    assert [row.team for row in TeamHours.objects.all()] == [cast.beta]


def test_hours_are_those_of_the_companys_zone_of_now(cast: Cast, tmp_path: Path) -> None:
    bring_in(tmp_path)
    night()
    before = sorted(TeamHours.objects.values_list("hours", flat=True))
    Company.objects.update(time_zone="UTC")  # eight hours behind Shanghai
    compute_hours(Changes(as_of=MONDAY))
    after = sorted(TeamHours.objects.values_list("hours", flat=True))
    assert after == [[hour - 8 for hour in hours] for hours in before]


def test_other_days_and_teams_are_left_alone_and_nothing_new_costs_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    tuesday = {
        "opened": "2026-11-03T02:00:00Z",
        "replied": "2026-11-03T02:01:00Z",
        "closed": "2026-11-03T03:00:00Z",
    }
    of_beta = ticket(3, agent="stranger", **tuesday)
    bring_in(tmp_path, [ticket(1), ticket(2, **tuesday), of_beta])
    night()
    TeamHours.objects.filter(day=MONDAY).update(handled=[77])
    TeamHours.objects.filter(team=cast.beta).update(handled=[88])
    bring_in(tmp_path, [ticket(2, version=2, deleted="true", **tuesday)], name="late.csv")
    night()
    assert [row.handled for row in TeamHours.objects.order_by("day")] == [[77], [88]]
    with CaptureQueriesContext(connection) as asked:
        compute_hours(Changes(MONDAY))
    assert len(asked) == 3


def test_the_week_is_read_for_the_teams_channels_and_days_asked_for(
    cast: Cast, tmp_path: Path
) -> None:
    bring_in(
        tmp_path,
        [ticket(1), ticket(2, channel="chat"), ticket(3, agent="stranger"), ticket(4, replied="")],
    )
    night()
    day = Span(MONDAY, MONDAY)

    def handled(span: Span = day, **asked: Any) -> int:
        return sum(hour.handled for hour in hours_of_the_week(span=span, **asked))

    assert handled() == 4
    assert handled(Span(MONDAY + timedelta(days=1), None)) == 0
    assert handled(teams=[cast.alpha.pk]) == 3
    assert handled(teams=Team.objects.filter(key="beta").values("pk")) == 1
    assert handled(teams=[]) == 0
    assert handled(channels=["chat"]) == 1
    hour = hours_of_the_week(span=day, teams=[cast.alpha.pk])[0]
    assert (hour.weekday, hour.hour, hour.responses, hour.mean) == (0, 10, 2, Decimal(20))
