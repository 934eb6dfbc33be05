"""Quests that figures decide: when they are done, undone, over; what is paid and told."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from badges.awards.tiers import staff
from badges.battles.capacity import capacity
from badges.models import WHOLE, Quest, QuestProgress, QuestResult, QuestSettings, QuestTemplate
from badges.quests.members import members_of, people_in, takes_part
from badges.quests.rotation import open_quests
from incentives.org.models import CalendarDay, Membership, Person
from incentives.org.scope import Scope
from scoring.audit.running import audit, checks
from scoring.explorer.retiring import uses_of_kpi
from scoring.figures.windows import Span
from scoring.models import Kpi, PointEntry, PointLimits, PointSettlement
from scoring.points.budgets import usual_budgets
from scoring.points.decisions import addressed
from tests.badges.quest_data import (
    MONDAY,
    after,
    changes,
    night,
    no_rotation,  # noqa: F401
    points,
    quest,
    told,
    work,
)
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rotation")]


def test_whoever_meets_it_is_paid_and_told_once(cast: Cast) -> None:
    made = quest(cast.alpha)
    worked = [work(cast.agent, MONDAY, handled=5), work(cast.teammate, MONDAY, handled=4)]
    worked.append(work(cast.stranger, MONDAY, handled=9))
    for _again in range(2):
        night(MONDAY, *worked, everything=True)
    result = QuestResult.objects.get()
    assert (result.person, result.state, result.done_on) == (cast.agent, "done", MONDAY)
    assert result.evidence[0]["value"] == 5
    assert [points(each) for each in (cast.agent, cast.teammate, cast.stranger)] == [30, 0, 0]
    assert told(cast.agent) == ["Quest done: “Five tickets”. 30 points for you."]
    progress = QuestProgress.objects.get(person=cast.teammate)
    assert progress.shares == {str(made.pk): WHOLE * 4 // 5}
    assert not QuestProgress.objects.filter(person=cast.stranger).exists()


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"left_on": MONDAY}, {"teammate", "agent"}),
        ({"left_on": after(-1)}, {"teammate"}),
        ({"is_active": False}, {"teammate"}),
        ({"hired_on": after(1)}, {"teammate"}),
    ],
)
def test_quests_battles_budgets_and_badges_agree_on_who_takes_part(
    cast: Cast, changed: dict[str, Any], asked: set[str]
) -> None:
    made = quest(cast.alpha)
    Person.objects.filter(pk=cast.agent.pk).update(**changed)
    mine = {cast.alpha.pk: "alpha"}
    names = {cast.agent.pk: "agent", cast.teammate.pk: "teammate"}
    assert {names[pk] for pk in people_in(made, on=MONDAY)} == asked
    assert {names[pk] for pk in members_of([made]).people(made)["subject_id"]} == asked
    assert {names[pk] for pk in addressed([cast.alpha], on=MONDAY)} == asked
    assert takes_part(made, Person.objects.get(pk=cast.agent.pk), on=MONDAY) == ("agent" in asked)
    assert capacity(
        teams=list(mine), days=Span(MONDAY, MONDAY), today=MONDAY, since=MONDAY
    ).people == len(asked)
    PointLimits.objects.update(budget_a_head=1000)
    budget = usual_budgets(people=[cast.supervisor], month=MONDAY)
    assert budget[cast.supervisor.pk] == len(asked) * 1000
    here = pl.DataFrame({"subject_id": list(names), "as_of": [MONDAY] * 2})
    allowed = staff().allowed(here, Scope(teams=tuple(mine)))["subject_id"]
    assert {names[pk] for pk in allowed} == asked


def test_a_day_that_reaches_it_stays_whatever_later_days_bring(cast: Cast) -> None:
    rate = {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 90, "least": 5}]}
    quest(days=3, criteria=rate)
    night(MONDAY, work(cast.agent, MONDAY, csat_satisfied=5, csat_count=5))
    night(after(1), work(cast.agent, after(1), csat_satisfied=0, csat_count=9))
    assert QuestResult.objects.get().done_on == MONDAY
    assert points(cast.agent) == 30


def test_at_the_end_means_over_all_days_even_when_the_last_one_is_free(cast: Cast) -> None:
    rate = {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 90, "least": 5}]}
    quest(days=3, criteria=rate, settles="end")
    night(MONDAY, work(cast.agent, MONDAY, csat_satisfied=9, csat_count=10))
    assert points(cast.agent) == 0
    assert QuestProgress.objects.get(person=cast.agent).shares.popitem()[1] == WHOLE
    night(after(1))
    assert points(cast.agent) == 0
    night(after(2))
    assert QuestResult.objects.get().done_on == after(2)
    assert points(cast.agent) == 30


def test_late_facts_inside_the_grace_count_and_later_ones_do_not(cast: Cast) -> None:
    quest(), quest(name_en="Again", start=after(0), grace_days=3)
    night(MONDAY, work(cast.agent, MONDAY, handled=4))
    night(after(1))
    assert [each.status for each in Quest.objects.order_by("pk")] == ["closed", "open"]
    night(after(2), work(cast.agent, MONDAY, handled=6))
    assert QuestResult.objects.get(state="done").quest.name_en == "Again"
    assert points(cast.agent) == 30
    assert "1 quest is over, not quite reached: “Five tickets” (80 %)" in told(cast.agent)[0]


def test_facts_that_undo_a_completion_take_it_back_with_a_word(cast: Cast) -> None:
    quest(grace_days=5)
    night(MONDAY, work(cast.agent, MONDAY, handled=5))
    night(after(1), work(cast.agent, MONDAY, handled=3))
    assert points(cast.agent) == 0
    assert "no longer met, so 30 points go back" in told(cast.agent)[-1]
    night(after(2), work(cast.agent, MONDAY, handled=7))
    assert points(cast.agent) == 30
    entries = PointEntry.objects.filter(agent=cast.agent).order_by("pk")
    assert [each.amount for each in entries] == [30, -30, 30]
    assert [each.words for each in entries][:2] == ["Five tickets", "Five tickets: no longer met"]
    with translation.override("zh-hans"):
        assert entries[0].words == "五张工单"
        assert entries[1].words.startswith("五张工单")
        assert entries[1].words != "五张工单: no longer met"
    assert QuestResult.objects.get().times_undone == 1
    night(after(5))
    night(after(6), work(cast.agent, MONDAY, handled=0))
    assert points(cast.agent) == 30


def test_a_teams_quest_pays_everyone_who_was_in_it_by_that_day(cast: Cast) -> None:
    quest(cast.alpha, days=3, audience="team", criteria=_handled(8))
    worked = [work(cast.agent, MONDAY, handled=4), work(cast.teammate, MONDAY, handled=3)]
    night(MONDAY, *worked)
    team = QuestResult.objects.get()
    assert (team.team, team.state, team.share) == (cast.alpha, "running", WHOLE * 7 // 8)
    night(after(1), work(cast.agent, after(1), handled=2))
    Membership.objects.filter(person=cast.stranger).update(ends_on=after(1))
    Membership.objects.create(person=cast.stranger, team=cast.alpha, starts_on=after(2))
    night(after(2), work(cast.stranger, after(2), handled=9))
    paid = [points(each) for each in (cast.agent, cast.teammate, cast.stranger, cast.former)]
    assert paid == [30, 30, 0, 0]


def test_someone_who_joins_takes_part_from_that_day_on(cast: Cast) -> None:
    quest(cast.alpha, days=3)
    night(MONDAY, work(cast.stranger, MONDAY, handled=9))
    assert points(cast.stranger) == 0
    Membership.objects.filter(person=cast.stranger).update(ends_on=after(0))
    Membership.objects.create(person=cast.stranger, team=cast.alpha, starts_on=after(1))
    night(after(1), work(cast.stranger, after(1), handled=1))
    assert QuestResult.objects.get().done_on == after(1)


def test_work_from_before_someone_came_counts_on_the_day_they_come(cast: Cast) -> None:
    Membership.objects.filter(person=cast.former).delete()
    Membership.objects.create(person=cast.former, team=cast.alpha, starts_on=after(2))
    quest(cast.alpha, days=4)
    night(after(0), work(cast.agent, MONDAY, handled=1))
    night(after(1), work(cast.former, after(1), handled=5))
    assert points(cast.former) == 0
    # Nobody worked on that day.
    night(after(2))
    assert QuestResult.objects.get(person=cast.former).done_on == after(2)
    assert points(cast.former) == 30


def test_among_the_best_is_known_only_at_the_end(cast: Cast) -> None:
    best = {"all": [{"metric": "handled", "window": "week", "percentile": {"top": 1}}]}
    quest(days=2, criteria=best)
    night(MONDAY, work(cast.agent, MONDAY, handled=5), work(cast.teammate, MONDAY, handled=4))
    assert not QuestResult.objects.exists()
    night(after(1), work(cast.teammate, after(1), handled=4))
    assert QuestResult.objects.get().person == cast.teammate


def test_an_announced_quest_stays_as_it_was(cast: Cast) -> None:
    made = quest(cast.alpha)
    with pytest.raises(IntegrityError, match="as it was announced"), transaction.atomic():
        Quest.objects.filter(pk=made.pk).update(points=5)
    Quest.objects.filter(pk=made.pk).update(judged_on=MONDAY)


def test_quests_of_a_night_share_their_reads(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        quest(cast.alpha, days=5, name_en=f"Quest {number}", criteria=_handled(number + 3))
    worked = work(cast.agent, MONDAY, handled=2)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        night(MONDAY, worked)


def _handled(value: int) -> dict[str, object]:
    return {"all": [{"measure": "handled", "window": "day", "op": ">=", "value": value}]}


# The audit, and what a KPI is needed for.


def _differences(name: str) -> list[str]:
    found = next(audit(checks([name]), wait_seconds=0))
    return [f"{each.what}: {each.stored} / {each.right}" for each in found.differences]


def test_the_audit_finds_results_and_points_that_do_not_follow(cast: Cast) -> None:
    PointSettlement.objects.create(pk=1, settled_on=MONDAY)
    made = quest(cast.alpha, grace_days=9)
    night(MONDAY, work(cast.agent, MONDAY, handled=5), work(cast.teammate, MONDAY, handled=4))
    assert _differences("quests") == _differences("quest points") == []
    QuestProgress.objects.filter(person=cast.teammate).update(shares={str(made.pk): 9999})
    assert _differences("quests") == [f"#{made.pk} person #{cast.teammate.pk} share: 9999 / 8000"]
    QuestResult.objects.update(person=cast.teammate)
    assert f"#{made.pk} person #{cast.agent.pk} : None / there" in _differences("quests")
    assert _differences("quest points") == [
        f"#{made.pk} agent: 30 / 0",
        f"#{made.pk} teammate: 0 / 30",
    ]


def test_who_was_never_in_the_team_has_not_done_it(cast: Cast) -> None:
    PointSettlement.objects.create(pk=1, settled_on=MONDAY)
    quest(cast.alpha, grace_days=9)
    night(MONDAY, work(cast.agent, MONDAY, handled=5))
    assert points(cast.agent) == 30
    # As it turns out, they had left the team before.
    Membership.objects.filter(person=cast.agent).update(ends_on=after(-1))
    night(after(1), (cast.agent, MONDAY))
    assert points(cast.agent) == 0
    assert _differences("quests") == _differences("quest points") == []


def test_a_kpi_says_which_quests_ask_for_it(cast: Cast) -> None:
    rate = {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 90}]}
    quest(criteria=rate, name_en="Sunny")
    quest(criteria=rate, name_en="Over", status="closed")
    told_uses = uses_of_kpi(Kpi.objects.get(key="csat"))
    assert "the quest “Sunny”" in told_uses
    assert "the quest “A steady week”" in told_uses
    assert "the quest “Over”" not in told_uses


# The rotation.


def test_the_rotation_opens_the_pool_in_turn_and_nothing_twice(cast: Cast) -> None:
    QuestSettings.objects.update(daily=2, weekly=1)
    pool = QuestTemplate.objects.filter(length="day").count()
    seen: list[str] = []
    for number in range(pool // 2):
        opened = open_quests(on=after(number))
        assert open_quests(on=after(number)) == []
        seen += [
            each.template.key for each in opened if each.template and each.starts_on == each.ends_on
        ]
    assert len(seen) == len(set(seen)) == pool // 2 * 2
    weekly = Quest.objects.filter(template__length="week")
    assert {(each.starts_on, each.ends_on) for each in weekly} == {(MONDAY, after(6))}


def test_days_that_the_calendar_leaves_out_have_no_quests(cast: Cast) -> None:
    QuestSettings.objects.update(daily=2)
    CalendarDay.objects.create(day=after(1), name_en="Holiday", treatment="excluded")
    assert open_quests(on=after(1)) == []
    assert len(open_quests(on=after(2))) == 2


def test_a_team_has_no_more_quests_a_day_than_the_limit(cast: Cast) -> None:
    QuestSettings.objects.update(daily=1)
    QuestTemplate.objects.filter(length="day").update(in_rotation=False)
    for key, teams in (("for_alpha", [cast.alpha]), ("for_all", [])):
        template = QuestTemplate.objects.create(
            key=key, name_en=key, criteria=_handled(5), points=5, in_rotation=True
        )
        template.teams.set(teams)
    QuestTemplate.objects.filter(key="for_alpha").update(weight=9)
    opened = {each.name: set(each.teams.all()) for each in open_quests(on=MONDAY)}
    assert opened == {"for_alpha": {cast.alpha}, "for_all": {cast.beta}}


def test_the_night_opens_tomorrows_quests(cast: Cast) -> None:
    QuestSettings.objects.update(daily=1)
    night(MONDAY)
    assert Quest.objects.get().starts_on == after(1)


@pytest.mark.django_db(transaction=True)
def test_eight_nights_at_once_pay_each_completion_once(cast: Cast) -> None:
    quest(days=2)
    worked = [work(each, MONDAY, handled=5) for each in (cast.agent, cast.teammate)]
    problems: list[BaseException] = []

    def run() -> None:
        try:
            night(MONDAY, *worked)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert problems == []
    assert (points(cast.agent), points(cast.teammate)) == (30, 30)
    assert QuestResult.objects.count() == 2


def test_a_night_that_comes_late_finds_the_day_of_each_completion(cast: Cast) -> None:
    quest(days=4)
    days = [work(cast.agent, after(number), handled=2) for number in range(4)]
    night(after(3), *days)
    assert QuestResult.objects.get().done_on == after(2)
    assert changes(after(3), days).last_day == MONDAY + timedelta(days=3)
