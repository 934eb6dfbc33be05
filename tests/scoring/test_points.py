"""The ledger: what is posted, corrected, cut off and booked, and what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from scoring.models import PointEntry, Season
from scoring.points import evaluation as judging
from scoring.points import rules
from scoring.points.ledger import posted
from tests.org.cast import Cast
from tests.scoring.imports import import_rows
from tests.scoring.points_data import (
    GUARD,
    MONDAY,
    after,
    earn,
    night,
    no_shipped_rules,
    points,
    rule,
    work,
)

__all__ = ["no_shipped_rules"]
pytestmark = pytest.mark.django_db
SHIPPED = {
    "hard_case": ("hard_solved", 50),
    "good_review": ("praises", 30),
    "learning_unit": ("learning_units", 10),
}


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_rule_gives_what_the_product_promises(cast: Cast, key: str) -> None:
    measure, amount = SHIPPED[key]
    work(cast.agent, MONDAY, "chat", **{measure: 2})
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent, rule__key=key) == 2 * amount


def test_a_second_night_posts_nothing(cast: Cast) -> None:
    work(cast.agent, MONDAY, hard_solved=2, handled=20)
    assert night(MONDAY, (cast.agent, MONDAY)).counts["entries"] == 1
    assert night(MONDAY, (cast.agent, MONDAY), everything=True).counts["entries"] == 0


def ticket(**fields: Any) -> dict[str, Any]:
    return {
        "id": "T1", "version": 1, "agent": "agent", "channel": "chat", "status": "solved",
        "opened": f"{MONDAY} 08:00:00", "closed": f"{MONDAY} 09:00:00", "difficulty": 5,
        "reopens": 0, "deleted": "no", **fields,
    }  # fmt: skip


def test_a_reopened_ticket_takes_its_points_back_and_names_the_import(
    cast: Cast, tmp_path: Path
) -> None:
    import_rows(tmp_path, [ticket()])
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent) == 50
    run = import_rows(tmp_path, [ticket(version=2, status="open", reopens=1, closed="")])
    night(MONDAY, (cast.agent, MONDAY))
    given, taken = posted(cast.agent, MONDAY)
    assert (given.amount, taken.amount, taken.reverses) == (50, -50, given)
    told = {name: taken.cause.get(name) for name in ("why", "import", "before", "now")}
    assert told == {"why": "import", "import": run.pk, "before": 50, "now": 0}


def test_a_deleted_ticket_says_so(cast: Cast, tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket()])
    night(MONDAY, (cast.agent, MONDAY))
    import_rows(tmp_path, [ticket(version=2, deleted="yes")])
    night(MONDAY, (cast.agent, MONDAY))
    assert PointEntry.objects.get(amount__lt=0).cause["why"] == "deletion"


def test_a_ticket_that_moves_to_someone_else_moves_its_points(cast: Cast, tmp_path: Path) -> None:
    import_rows(tmp_path, [ticket()])
    night(MONDAY, (cast.agent, MONDAY))
    import_rows(tmp_path, [ticket(version=2, agent="teammate")])
    night(MONDAY, (cast.agent, MONDAY), (cast.teammate, MONDAY))
    assert (points(cast.agent), points(cast.teammate)) == (0, 50)
    assert PointEntry.objects.get(amount__lt=0).cause["why"] == "moved"


def test_a_caller_who_knows_better_gives_the_reason(cast: Cast) -> None:
    from scoring.figures.changes import Changes
    from scoring.points.ledger import reconcile

    work(cast.agent, MONDAY, hard_solved=1)
    night(MONDAY, (cast.agent, MONDAY))
    work(cast.agent, MONDAY, hard_solved=3)
    reconcile(Changes(MONDAY, everything=True), because={"why": "appeal", "appeal": 7})
    last = PointEntry.objects.latest("id")
    assert (last.amount, last.cause["why"], last.cause["appeal"]) == (100, "appeal", 7)


@pytest.mark.usefixtures("no_shipped_rules")
def test_late_ratings_that_turn_a_guard_take_the_week_back(cast: Cast) -> None:
    rule(guard=GUARD)
    for day in (0, 3):
        work(cast.agent, after(day), handled=4, csat_count=5, csat_satisfied=5)
    night(after(3), (cast.agent, after(0)), (cast.agent, after(3)))
    assert points(cast.agent) == 40
    work(cast.agent, after(3), handled=4, csat_count=8, csat_satisfied=5)
    night(after(4), (cast.agent, after(3)))
    assert points(cast.agent) == 0
    taken = PointEntry.objects.filter(amount__lt=0)
    assert {entry.cause["why"] for entry in taken} == {"guard"}
    assert taken[0].cause["evidence"][0]["value"] == pytest.approx(100 * 10 / 13)


@pytest.mark.usefixtures("no_shipped_rules")
def test_all_history_at_once_is_judged_alike_but_leaves_the_evidence_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_EVIDENCE", 0)
    rule(guard=GUARD)
    work(cast.agent, MONDAY, handled=4, csat_count=5, csat_satisfied=5)
    work(cast.teammate, MONDAY, handled=4, csat_count=5, csat_satisfied=4)
    night(MONDAY, everything=True)
    assert (points(cast.agent), points(cast.teammate)) == (20, 0)
    assert "evidence" not in PointEntry.objects.get().cause


@pytest.mark.usefixtures("no_shipped_rules")
def test_caps_per_day_then_per_week_cut_in_the_order_of_the_days(cast: Cast) -> None:
    rule(cap_day=20, cap_week=50)
    for day, handled in enumerate((3, 9, 9, 2)):
        work(cast.agent, after(day), handled=handled)
    night(after(3), *((cast.agent, after(day)) for day in range(4)))
    entries = {entry.occurred_on: entry for entry in PointEntry.objects.all()}
    assert [entries[after(day)].amount for day in range(3)] == [15, 20, 15]
    assert after(3) not in entries
    assert entries[after(1)].cause["cut_day"] == 25
    assert (entries[after(2)].cause["cut_day"], entries[after(2)].cause["cut_week"]) == (25, 5)


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_correction_early_in_the_week_frees_the_limit_for_its_later_days(cast: Cast) -> None:
    rule(cap_week=20)
    for day in (0, 1):
        work(cast.agent, after(day), handled=4)
    night(after(1), (cast.agent, after(0)), (cast.agent, after(1)))
    work(cast.agent, after(0), handled=1)
    night(after(2), (cast.agent, after(0)))
    assert points(cast.agent, occurred_on=after(0)) == 5
    assert points(cast.agent, occurred_on=after(1)) == 15


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_threshold_is_paid_when_its_week_is_over_even_if_nothing_changes(cast: Cast) -> None:
    leaf = {"metric": "handled", "window": "week", "op": ">=", "value": 6}
    rule(per="threshold", expression="", threshold={"all": [leaf]}, amount=40)
    for day in (0, 2):
        work(cast.agent, after(day), handled=3)
        night(after(day), (cast.agent, after(day)))
    assert points(cast.agent) == 0
    night(after(5))
    assert points(cast.agent) == 0
    night(after(6))
    assert points(cast.agent, occurred_on=after(6)) == 40
    work(cast.agent, after(2), handled=1)
    night(after(8), (cast.agent, after(2)))
    assert points(cast.agent) == 0


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_day_that_a_night_knew_of_early_is_paid_when_it_is_over(cast: Cast) -> None:
    leaf = {"metric": "handled", "window": "day", "op": ">=", "value": 2}
    rule(per="threshold", expression="", threshold={"all": [leaf]}, amount=5)
    work(cast.agent, after(1), handled=3)
    night(MONDAY, (cast.agent, after(1)))
    assert points(cast.agent) == 0
    night(after(1))
    assert points(cast.agent, occurred_on=after(1)) == 5


@pytest.mark.usefixtures("no_shipped_rules")
def test_nobody_is_rewarded_for_a_week_without_work(cast: Cast) -> None:
    leaf = {"measure": "complaints", "window": "week", "op": "=", "value": 0}
    rule(per="threshold", expression="", threshold={"all": [leaf]})
    work(cast.agent, MONDAY, handled=1)
    night(after(6), (cast.agent, MONDAY), (cast.teammate, MONDAY))
    assert (points(cast.agent), points(cast.teammate)) == (5, 0)


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_rule_for_a_channel_a_team_or_newcomers_leaves_the_others_out(cast: Cast) -> None:
    from scoring.models import Channel

    chat = Channel.objects.get(key="chat").pk
    rule("chat_only", applies_to={"channels": [chat]})
    rule("beta_only", applies_to={"teams": [cast.beta.pk]})
    rule("newcomers", applies_to={"people": "newcomers", "newcomer_days": 90})
    type(cast.agent).objects.filter(pk=cast.agent.pk).update(hired_on=MONDAY - timedelta(days=89))
    type(cast.agent).objects.filter(pk=cast.teammate.pk).update(hired_on=MONDAY - timedelta(90))
    for person in (cast.agent, cast.teammate, cast.stranger):
        work(person, MONDAY, "chat", handled=1)
        work(person, MONDAY, "phone", handled=2)
    night(MONDAY, everything=True)
    given = set(PointEntry.objects.values_list("agent__key", "rule__key", "amount"))
    assert given == {
        *((key, "chat_only", 5) for key in ("agent", "teammate", "stranger")),
        ("stranger", "beta_only", 15),
        ("agent", "newcomers", 15),
    }


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_rule_can_count_what_another_one_gives(cast: Cast) -> None:
    rule("calls", cap_day=20)
    rule("bonus", expression="points_calls", amount=1, units=2)
    work(cast.agent, MONDAY, handled=9)
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent, rule__key="bonus") == 10
    work(cast.agent, MONDAY, handled=2)
    night(MONDAY, (cast.agent, MONDAY))
    assert points(cast.agent, rule__key="bonus") == 5


@pytest.mark.usefixtures("no_shipped_rules")
def test_a_new_version_takes_over_from_its_first_day_on(cast: Cast) -> None:
    first = rule()
    for day in (0, 1):
        work(cast.agent, after(day), handled=2)
    night(after(1), everything=True)
    draft = rules.new_version(rule=first, starts_on=after(1), by=None)
    draft.amount = 7
    rules.publish(rule=rules.save_draft(rule=draft, by=None), by=None)
    night(after(2))
    assert points(cast.agent, rule=first) == 10
    assert points(cast.agent, rule=draft, occurred_on=after(1)) == 14
    changed = PointEntry.objects.filter(occurred_on=after(1)).order_by("id")[1:]
    assert {entry.cause["why"] for entry in changed} == {"rule"}


def closed_season() -> Season:
    return Season.objects.create(
        name="Winter", starts_on=MONDAY, ends_on=after(6), closed_at=timezone.now()
    )


def test_late_facts_of_a_closed_season_count_in_the_open_one(cast: Cast) -> None:
    closed_season()
    work(cast.agent, after(2), hard_solved=1)
    work(cast.agent, after(8), hard_solved=1)
    night(after(9), (cast.agent, after(2)), (cast.agent, after(8)))
    booked = dict(PointEntry.objects.values_list("occurred_on", "booked_on"))
    assert booked == {after(2): after(9), after(8): after(8)}
    entry = earn(cast.agent, 5, after(3), key="quest:1")
    assert (entry.occurred_on, entry.booked_on) == (after(3), after(7))
