"""Claims: handed in, taken back, approved by someone else, paid once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from badges.models import Quest, QuestClaim, QuestResult
from badges.quests import claims
from badges.quests.claims import Evidence, approve, claim, refuse, withdraw
from badges.quests.making import cancel, make
from incentives.org.models import Membership, Person
from incentives.org.refusals import Refused
from tests.badges.quest_data import (
    HANDLED_5,
    MONDAY,
    after,
    night,
    no_rotation,  # noqa: F401
    points,
    quest,
    told,
)
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rotation")]


def asks(cast: Cast, **fields: object) -> Quest:
    return quest(cast.alpha, way="claimed", **{"days": 3, **fields})  # type: ignore[arg-type]


def hand_in(made: Quest, by: Person, text: str = "A suggestion", on: date = MONDAY) -> QuestClaim:
    return claim(quest=made, by=by, evidence=Evidence(text), on=on)


def again(each: QuestClaim) -> QuestClaim:
    return QuestClaim.objects.get(pk=each.pk)


def test_the_last_approval_that_is_needed_pays_with_a_word(cast: Cast) -> None:
    made = asks(cast, count=2)
    pieces = [hand_in(made, cast.agent, f"Number {n}", on=after(n)) for n in range(2)]
    approve(claim=pieces[0], by=cast.supervisor)
    assert points(cast.agent) == 0
    approve(claim=pieces[1], by=cast.supervisor)
    assert points(cast.agent) == 30
    assert QuestResult.objects.get().done_on == after(1)
    assert told(cast.agent) == [
        "Your evidence for “Five tickets” is approved.",
        "Quest done: “Five tickets”. 30 points for you.",
    ]
    assert len(told(cast.supervisor)) == 2
    night(after(2), everything=True)
    assert points(cast.agent) == 30


def test_no_more_is_taken_than_was_asked_for(cast: Cast) -> None:
    made = asks(cast)
    first = hand_in(made, cast.agent)
    with pytest.raises(Refused, match="handed in already"):
        hand_in(made, cast.agent)
    refuse(claim=first, by=cast.supervisor, reason="This is another ticket")
    assert "not accepted: This is another ticket" in told(cast.agent)[0]
    assert hand_in(made, cast.agent).number == 1


def test_a_form_sent_twice_is_one_claim(cast: Cast) -> None:
    made, token = asks(cast, count=3), uuid4()
    sent = [
        claim(quest=made, by=cast.agent, evidence=Evidence("One"), on=MONDAY, token=token)
        for _twice in range(2)
    ]
    assert sent[0] == sent[1]
    assert QuestClaim.objects.count() == 1


@pytest.mark.parametrize("who", ["agent", "teammate", "other_supervisor", "hr", "executive"])
def test_only_whoever_leads_the_claimant_decides(cast: Cast, who: str) -> None:
    handed = hand_in(asks(cast), cast.agent)
    by = cast.fresh(who)
    with pytest.raises(Refused):
        approve(claim=handed, by=by)
    with pytest.raises(Refused):
        refuse(claim=handed, by=by, reason="Because I say so")
    assert again(handed).is_waiting


def test_nobody_approves_their_own_evidence(cast: Cast) -> None:
    Membership.objects.create(person=cast.supervisor, team=cast.alpha, starts_on=MONDAY)
    handed = hand_in(asks(cast), cast.supervisor)
    with pytest.raises(Refused, match="Someone else"):
        approve(claim=handed, by=cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestClaim.objects.update(status="approved", decided_by=cast.supervisor)
    # Nobody else supervises the team, so its managers are asked.
    assert len(told(cast.manager)) == len(told(cast.site_manager)) == 1
    approve(claim=handed, by=cast.site_manager)
    assert points(cast.supervisor) == 30


def test_nobody_approves_the_evidence_of_a_team_that_they_are_in(cast: Cast) -> None:
    Membership.objects.create(
        person=cast.supervisor, team=cast.alpha, starts_on=after(1), ends_on=after(2)
    )
    handed = hand_in(asks(cast, audience="team"), cast.agent)
    earlier = hand_in(asks(cast, audience="team", days=1, name_en="Before"), cast.agent)
    own = hand_in(asks(cast, name_en="For each"), cast.agent)
    with pytest.raises(Refused, match="Someone else"):
        approve(claim=handed, by=cast.supervisor)
    assert set(QuestClaim.objects.to_decide(cast.supervisor)) == {earlier, own}
    # The only supervisor is in the team, so its managers are asked.
    assert len(told(cast.supervisor)) == 2
    assert len(told(cast.manager)) == len(told(cast.site_manager)) == 1
    approve(claim=handed, by=cast.site_manager)
    assert (points(cast.agent), points(cast.supervisor)) == (30, 0)


def test_the_second_approver_sees_what_happened(cast: Cast) -> None:
    handed = hand_in(asks(cast), cast.agent)
    approve(claim=handed, by=cast.supervisor)
    with pytest.raises(Refused, match="Supervisor has approved this already"):
        refuse(claim=handed, by=cast.manager, reason="I do not think so")
    other = hand_in(asks(cast, name_en="Other"), cast.agent)
    withdraw(claim=other, by=cast.agent)
    with pytest.raises(Refused, match="Agent took this back"):
        approve(claim=other, by=cast.supervisor)


def test_what_is_decided_is_not_taken_back(cast: Cast) -> None:
    handed = hand_in(asks(cast), cast.agent)
    with pytest.raises(Refused, match="Only whoever"):
        withdraw(claim=handed, by=cast.teammate)
    approve(claim=handed, by=cast.supervisor)
    with pytest.raises(Refused, match="decided already"):
        withdraw(claim=handed, by=cast.agent)


def test_a_teams_pieces_add_up_and_everyone_is_paid(cast: Cast) -> None:
    made = asks(cast, audience="team", count=2)
    handed = [hand_in(made, cast.agent), hand_in(made, cast.teammate)]
    assert [each.number for each in handed] == [1, 2]
    assert claims.approve_all(claims=handed, by=cast.supervisor) == (2, [])
    assert (points(cast.agent), points(cast.teammate), points(cast.stranger)) == (30, 30, 0)


def test_a_team_all_of_whose_evidence_was_refused_is_told_that_it_is_over(cast: Cast) -> None:
    made = asks(cast, audience="team", days=1)
    refuse(claim=hand_in(made, cast.agent), by=cast.supervisor, reason="Nothing to see here")
    quest(cast.beta, audience="team", way="claimed", name_en="Nobody began")
    night(after(1), everything=True)
    result = QuestResult.objects.get()
    assert (result.team, result.state, result.share) == (cast.alpha, "failed", 0)
    assert "not quite reached" in told(cast.teammate)[-1]
    assert told(cast.stranger) == []


def test_only_the_team_whose_last_piece_was_refused_late_is_told(cast: Cast) -> None:
    made = asks(cast, audience="team", days=1)
    made.teams.add(cast.beta)
    handed = hand_in(made, cast.agent)
    night(after(1), everything=True)
    assert told(cast.teammate) == []
    refuse(claim=handed, by=cast.supervisor, reason="Nothing to see here")
    assert "not quite reached" in told(cast.teammate)[-1]
    assert told(cast.stranger) == []


def test_for_each_piece_there_are_five_tries(cast: Cast) -> None:
    made = asks(cast)
    for number in range(5):
        handed = hand_in(made, cast.agent)
        if number % 2:
            withdraw(claim=handed, by=cast.agent)
        else:
            refuse(claim=handed, by=cast.supervisor, reason="Not this one")
    with pytest.raises(Refused, match="evidence 5 times: ask your supervisor"):
        hand_in(made, cast.agent)
    hand_in(made, cast.teammate)
    assert hand_in(asks(cast, count=2, name_en="Other"), cast.agent).number == 1


@pytest.mark.parametrize(
    ("asked", "given", "message"),
    [
        ("text", Evidence(" "), "asks for"),
        ("text", Evidence("Look", link="https://desk.example/1"), "asks for"),
        ("link", Evidence("Look"), "asks for"),
        ("link", Evidence(link="javascript:alert(1)"), "begins with https"),
        ("link", Evidence(link="https://"), "begins with https"),
        ("file", Evidence("Look"), "asks for"),
    ],
)
def test_evidence_is_of_the_kind_that_is_asked(
    cast: Cast, asked: str, given: Evidence, message: str
) -> None:
    with pytest.raises(Refused, match=message):
        claim(quest=asks(cast, evidence=asked), by=cast.agent, evidence=given, on=MONDAY)


def test_evidence_that_waits_is_decided_even_after_the_end(cast: Cast) -> None:
    made = asks(cast, days=1)
    handed, other = hand_in(made, cast.agent, on=after(1)), hand_in(made, cast.teammate)
    night(after(1), everything=True)
    assert Quest.objects.get().status == "closed"
    assert not QuestResult.objects.filter(state="failed").exists()
    with pytest.raises(Refused, match="no evidence any more"):
        hand_in(made, cast.former, on=after(2))
    approve(claim=handed, by=cast.supervisor)
    assert points(cast.agent) == 30
    assert QuestResult.objects.get(person=cast.agent).done_on == MONDAY
    refuse(claim=other, by=cast.supervisor, reason="Nothing to see here")
    assert QuestResult.objects.get(person=cast.teammate).state == "failed"
    assert "not quite reached" in told(cast.teammate)[-1]


def test_a_quest_of_another_team_takes_no_evidence(cast: Cast) -> None:
    with pytest.raises(Refused, match="another team"):
        hand_in(asks(cast), cast.stranger)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_completion_pay_once(cast: Cast) -> None:
    made = asks(cast)
    outcomes: list[object] = []

    def both(action: Callable[[], object]) -> None:
        def run() -> None:
            try:
                outcomes.append(action())
            except Refused as error:
                outcomes.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _twice in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    both(lambda: hand_in(made, cast.agent))
    handed = QuestClaim.objects.get()
    both(lambda: approve(claim=handed, by=cast.fresh("supervisor")))
    assert sum(isinstance(each, Refused) for each in outcomes) == 6
    assert points(cast.agent) == 30


# Made and called off.


def draft(**fields: object) -> Quest:
    given = {
        "name_en": "Ten tickets",
        "criteria": HANDLED_5,
        "points": 20,
        "starts_on": MONDAY,
        "ends_on": after(2),
    }
    return Quest(**(given | fields))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"starts_on": after(-1)}, "in the past"),
        ({"starts_on": after(3)}, "swap them"),
        ({"ends_on": after(92)}, "at most 92 days"),
        (
            {
                "criteria": {
                    "all": [
                        {"metric": "csat", "window": "day", "op": ">=", "value": 90},
                        {"metric": "csat", "window": "month", "op": "<", "value": 80},
                    ]
                }
            },
            "contradicts",
        ),
        (
            {"criteria": {"all": [{"score": "any", "window": "day", "op": ">", "value": 9}]}},
            "choose a KPI",
        ),
    ],
)
def test_quests_that_make_no_sense_are_refused(
    cast: Cast, fields: dict[str, object], message: str
) -> None:
    with pytest.raises(Refused, match=message):
        make(quest=draft(**fields), teams=[cast.alpha], by=cast.supervisor, today=MONDAY)


def test_supervisors_make_quests_for_the_teams_they_lead(cast: Cast) -> None:
    make(quest=draft(), teams=[cast.alpha], by=cast.supervisor, today=MONDAY)
    assert "Supervisor has a quest for you" in told(cast.agent)[0]
    assert told(cast.stranger) == []
    for by, teams in (
        (cast.supervisor, [cast.beta]),
        (cast.supervisor, []),
        (cast.site_manager, []),
        (cast.hr, []),
        (cast.agent, [cast.alpha]),
    ):
        with pytest.raises(Refused):
            make(quest=draft(name_en="More"), teams=teams, by=by, today=MONDAY)
    more = draft(name_en="More", audience="team")
    make(quest=more, teams=[], by=cast.manager, today=MONDAY)


def test_the_same_quest_does_not_run_twice_at_once_for_a_team(cast: Cast) -> None:
    make(quest=draft(), teams=[cast.alpha], by=cast.supervisor, today=MONDAY)
    with pytest.raises(Refused, match="runs already"):
        make(quest=draft(starts_on=after(2), ends_on=after(4)), teams=[cast.alpha, cast.beta],
             by=cast.manager, today=MONDAY)  # fmt: skip
    with pytest.raises(Refused, match="runs already"):
        make(quest=draft(name_en="Other words"), teams=[cast.alpha], by=cast.supervisor,
             today=MONDAY)  # fmt: skip
    later = draft(starts_on=after(3), ends_on=after(4))
    make(quest=later, teams=[cast.alpha], by=cast.supervisor, today=MONDAY)
    make(quest=draft(), teams=[cast.beta], by=cast.other_supervisor, today=MONDAY)


def test_a_quest_is_called_off_before_its_end_with_a_reason(cast: Cast) -> None:
    made = asks(cast)
    done, waiting = hand_in(made, cast.agent), hand_in(made, cast.teammate)
    approve(claim=done, by=cast.supervisor)
    with pytest.raises(Refused, match="in a sentence"):
        cancel(quest=made, by=cast.supervisor, reason="No", today=MONDAY)
    with pytest.raises(Refused, match="is over"):
        cancel(quest=made, by=cast.supervisor, reason="It was a mistake", today=after(3))
    for other in (cast.other_supervisor, cast.agent):
        with pytest.raises(Refused, match="leads all their teams"):
            cancel(quest=made, by=other, reason="It was a mistake", today=after(1))
    cancel(quest=made, by=cast.supervisor, reason="It was a mistake", today=after(1))
    assert "called off the quest “Five tickets”: It was a mistake" in told(cast.teammate)[-1]
    assert again(waiting).status == "refused"
    assert points(cast.agent) == 30
    night(after(9), everything=True)
    assert Quest.objects.get().status == "cancelled"
    with pytest.raises(Refused, match="already"):
        cancel(quest=made, by=cast.supervisor, reason="It was a mistake", today=after(1))
