"""Awards by criteria: when they are given, for what, until when; late facts; sets; progress."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from badges.awards.cabinet import cabinet
from badges.awards.granting import grant
from badges.awards.revoking import may_revoke, revoke
from badges.awards.sets import save_set
from badges.models import (
    Award,
    Badge,
    BadgeProgress,
    BadgeSet,
    BadgeVersion,
    KeptVerdict,
    SetCompletion,
)
from incentives.org.models import Notice
from incentives.org.refusals import Refused
from scoring.audit.running import audit, checks
from scoring.models import PointEntry
from scoring.points.ledger import LEDGER_LOCK
from tests.badges.award_data import DAILY, badge, held, night, points
from tests.org.cast import Cast
from tests.scoring.criteria_data import earn
from tests.scoring.points_data import MONDAY, after, work
from tests.scoring.processes import blocking

pytestmark = pytest.mark.django_db
REASON = "She kept calm when all lines were down."
MONTHLY = {"metric": "csat", "window": "month", "op": ">=", "value": 90, "least": 2}


@pytest.fixture(autouse=True)
def no_shipped_badges(cast: Cast) -> None:
    """Only the test's own badges and sets."""
    BadgeSet.objects.all().delete()
    BadgeVersion.objects.filter(status="published").update(ends_on=date(1999, 12, 31))


def test_a_badge_is_won_on_the_first_day_that_meets_it_and_paid_once(cast: Cast) -> None:
    badge(DAILY, {**DAILY, "value": 9})
    for day, handled in enumerate((4, 5, 6, 9)):
        work(cast.agent, after(day), handled=handled)
    night(after(4))
    night(after(4), everything=True)
    night(after(5))
    assert held(cast.agent) == [("quick", "bronze", after(1)), ("quick", "silver", after(3))]
    assert points(cast.agent) == 100
    entry = PointEntry.objects.filter(kind="badge").earliest("pk")
    assert entry.occurred_on == after(1)
    award = Award.objects.earliest("pk")
    assert award.evidence[0]["value"] == 5
    assert award.evidence[0]["start"] == after(1).isoformat()


def test_a_month_is_judged_when_it_is_over_and_can_be_won_again(cast: Cast) -> None:
    badge(MONTHLY, repeats="period", expires_with_next=True)
    for day in (MONDAY, after(30)):
        work(cast.agent, day, csat_count=2, csat_satisfied=2)
    night(after(20))
    assert held(cast.agent) == []
    night(date(2026, 5, 2))
    assert held(cast.agent) == [
        ("quick", "bronze", date(2026, 3, 31)),
        ("quick", "bronze", date(2026, 4, 30)),
    ]
    first = Award.objects.earliest("pk")
    assert (first.occasion, first.expires_on) == ("2026-03-01", date(2026, 4, 30))


def test_a_moment_waits_until_the_longest_window_is_over(cast: Cast) -> None:
    both = badge(DAILY)
    version = BadgeVersion(badge=both, version=2, starts_on=MONDAY)
    BadgeVersion.objects.filter(badge=both).update(ends_on=after(-1))
    version.tiers = [{"tier": "bronze", "criteria": {"all": [DAILY, MONTHLY]}, "points": 1}]
    version.status = "published"
    version.save()
    work(cast.agent, MONDAY, handled=5, csat_count=2, csat_satisfied=2)
    night(after(20))
    assert held(cast.agent) == []
    night(date(2026, 3, 31))
    assert held(cast.agent) == [("quick", "bronze", MONDAY)]


def test_late_facts_give_and_within_thirty_days_take_back_with_a_word(cast: Cast) -> None:
    badge(DAILY)
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    work(cast.agent, MONDAY, handled=4)
    night(after(3), (cast.agent, MONDAY))
    assert (held(cast.agent), points(cast.agent)) == ([], 0)
    lost = Award.objects.get()
    assert (lost.revoked_cause, lost.revoked_on) == ("facts", after(3))
    assert Notice.objects.filter(person=cast.agent, kind="badge_taken_back").exists()
    work(cast.agent, MONDAY, handled=5)
    night(after(4), (cast.agent, MONDAY))
    assert (held(cast.agent), points(cast.agent)) == ([("quick", "bronze", MONDAY)], 50)
    work(cast.agent, MONDAY, handled=0)
    night(after(4 + 31), (cast.agent, MONDAY))
    assert held(cast.agent) == [("quick", "bronze", MONDAY)]


def test_an_award_stays_while_another_day_meets_it(cast: Cast) -> None:
    badge(DAILY)
    for day in (0, 2):
        work(cast.agent, after(day), handled=5)
    night(after(2))
    work(cast.agent, MONDAY, handled=1)
    night(after(3), (cast.agent, MONDAY))
    assert held(cast.agent) == [("quick", "bronze", MONDAY)]
    work(cast.agent, after(2), handled=1)
    night(after(4), (cast.agent, after(2)))
    assert held(cast.agent) == []


def test_other_peoples_late_facts_decide_a_top_percentage(cast: Cast) -> None:
    best = {"metric": "handled", "window": "week", "percentile": {"top": 50}}
    badge(best)
    work(cast.agent, MONDAY, handled=5)
    work(cast.teammate, MONDAY, handled=4)
    night(after(6))
    assert (held(cast.agent), held(cast.teammate)) == ([("quick", "bronze", after(6))], [])
    work(cast.teammate, MONDAY, handled=9)
    night(after(7), (cast.teammate, MONDAY))
    assert (held(cast.agent), held(cast.teammate)) == ([], [("quick", "bronze", after(6))])


def test_who_is_no_longer_among_the_best_keeps_the_badge_of_another_week(cast: Cast) -> None:
    badge({"metric": "handled", "window": "week", "percentile": {"top": 50}})
    for day in (0, 7):
        work(cast.agent, after(day), handled=5)
        work(cast.teammate, after(day), handled=4)
    night(after(13))
    verdicts = KeptVerdict.objects.order_by("day")
    assert [each.people for each in verdicts] == [[cast.agent.pk], [cast.agent.pk]]
    for day in (0, 7):
        work(cast.teammate, after(day), handled=9)
        night(after(14), (cast.teammate, after(day)))
        assert bool(held(cast.agent)) is (day == 0)
    assert [each.people for each in verdicts.all()] == [[cast.teammate.pk], [cast.teammate.pk]]


def test_weeks_of_which_no_verdict_is_kept_are_asked_again(cast: Cast) -> None:
    badge({"metric": "handled", "window": "week", "percentile": {"top": 50}})
    for day in (0, 7):
        work(cast.agent, after(day), handled=5)
        work(cast.teammate, after(day), handled=4)
    night(after(13))
    KeptVerdict.objects.all().delete()
    work(cast.teammate, MONDAY, handled=9)
    night(after(14), (cast.teammate, MONDAY))
    assert held(cast.agent) == [("quick", "bronze", after(6))]
    assert [each.people for each in KeptVerdict.objects.order_by("day")] == [
        [cast.teammate.pk],
        [cast.agent.pk],
    ]


def test_the_audit_works_kept_verdicts_out_again(cast: Cast) -> None:
    badge({"metric": "handled", "window": "week", "percentile": {"top": 50}})
    work(cast.agent, MONDAY, handled=5)
    night(after(6))
    (finding,) = audit(checks(["badges"]))
    assert not finding.differences
    KeptVerdict.objects.update(people=[cast.teammate.pk])
    (finding,) = audit(checks(["badges"]))
    assert [(each.stored, each.right) for each in finding.differences] == [
        (str([cast.teammate.pk]), str([cast.agent.pk]))
    ]


def test_newcomers_badges_are_for_newcomers(cast: Cast) -> None:
    badge(DAILY, applies_to={"people": "newcomers", "newcomer_days": 90})
    cast.agent.hired_on = after(-30)
    cast.agent.save()
    for person in (cast.agent, cast.teammate):
        work(person, MONDAY, handled=5)
    night(MONDAY)
    assert (len(held(cast.agent)), len(held(cast.teammate))) == (1, 0)


def test_points_that_a_new_rule_gave_for_past_days_count(cast: Cast) -> None:
    badge({"points": "any", "window": "week", "op": ">=", "value": 10})
    work(cast.agent, MONDAY, handled=5)
    night(after(6))

    earn(cast.agent, MONDAY, 10)
    night(after(8))
    assert held(cast.agent) == [("quick", "bronze", after(6))]


def test_who_gives_a_badge_leads_the_person_and_says_why(cast: Cast) -> None:
    kind = badge(key="calm")
    token = uuid4()

    def give(**changed: object) -> Award:
        given = {"person": cast.agent, "by": cast.supervisor, "reason": REASON} | changed
        return grant(badge=kind, tier="bronze", on=MONDAY, token=token, **given)  # type: ignore[arg-type]

    for changed, message in (
        ({"by": cast.other_supervisor}, "people whom you lead"),
        ({"by": cast.teammate}, "people whom you lead"),
        ({"person": cast.supervisor}, "to themselves"),
        ({"reason": "good"}, "Write in a sentence"),
    ):
        with pytest.raises(Refused, match=message):
            give(**changed)
    assert give() == give()
    assert (Award.objects.count(), points(cast.agent)) == (1, 50)
    with pytest.raises(Refused, match="has “calm” already"):
        grant(
            badge=kind, tier="bronze", person=cast.agent, by=cast.manager, reason=REASON,
            on=MONDAY, token=uuid4(),
        )  # fmt: skip


def test_a_manager_takes_back_with_a_reason_and_the_night_does_not_give_again(cast: Cast) -> None:
    badge(DAILY)
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    award = Award.objects.get()
    with pytest.raises(Refused, match="ask one"):
        revoke(award=award, by=cast.supervisor, reason=REASON)
    revoke(award=award, by=cast.manager, reason=REASON)
    revoke(award=award, by=cast.manager, reason=REASON)
    night(after(1), everything=True)
    assert (held(cast.agent), points(cast.agent)) == ([], 0)
    notice = Notice.objects.get(person=cast.agent, kind="badge_taken_back")
    assert notice.data["reason"] == REASON
    earlier = cabinet(cast.agent, after(1)).earlier
    assert [each.pk for each in earlier] == [award.pk]


def test_the_database_refuses_to_edit_or_remove_an_award(cast: Cast) -> None:
    badge(DAILY)
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    for change in (
        lambda: Award.objects.update(tier="gold"),
        lambda: Award.objects.all().delete(),
        lambda: BadgeVersion.objects.filter(badge__key="quick").update(tiers=[]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_set_is_paid_once_even_if_a_badge_is_lost_and_won_again(cast: Cast) -> None:
    both = [
        badge(DAILY, key="one"),
        badge({"measure": "resolved", "window": "day", "op": ">=", "value": 5}, key="two"),
    ]
    made = BadgeSet(key="pair", name_en="Pair", points=200, starts_on=date(2020, 1, 1))
    save_set(badge_set=made, badges=both)
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    work(cast.agent, after(1), handled=5, resolved=5)
    night(after(1), (cast.agent, after(1)))
    assert SetCompletion.objects.get().completed_on == after(1)
    for resolved in (0, 5):
        work(cast.agent, after(1), handled=5, resolved=resolved)
        night(after(2), (cast.agent, after(1)))
    assert points(cast.agent) == 50 + 50 + 200
    (progress,) = cabinet(cast.agent, after(2)).sets
    assert (len(progress.have), progress.missing) == (2, [])


def pair(cast: Cast) -> tuple[Badge, Badge]:
    """A set of a badge that criteria give and one that people give."""
    both = badge(DAILY, key="one"), badge(key="calm")
    made = BadgeSet(key="pair", name_en="Pair", points=200, starts_on=date(2020, 1, 1))
    save_set(badge_set=made, badges=both)
    night(after(-1))
    return both


def given_by_hand(kind: Badge, cast: Cast, on: date) -> Award:
    return grant(
        badge=kind, tier="bronze", person=cast.agent, by=cast.supervisor, reason=REASON, on=on
    )


def test_a_badge_given_on_the_day_after_the_nights_day_completes_a_set(cast: Cast) -> None:
    _one, calm = pair(cast)
    given_by_hand(calm, cast, after(1))
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    assert not SetCompletion.objects.exists()
    night(after(1))
    assert SetCompletion.objects.get().completed_on == after(1)
    assert points(cast.agent) == 50 + 50 + 200


def test_who_gives_a_badge_waits_for_the_night(cast: Cast) -> None:
    calm = badge(key="calm")
    with blocking(f"SELECT pg_advisory_xact_lock({LEDGER_LOCK})"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            given_by_hand(calm, cast, MONDAY)


def test_the_audit_finds_sets_that_are_collected_and_not_paid(cast: Cast) -> None:
    one, calm = pair(cast)
    for kind in (one, calm):
        Award.objects.create(
            badge=kind, version=kind.versions.get(), person=cast.agent, tier="bronze",
            awarded_on=after(-2), given_on=after(-2),
        )  # fmt: skip
    SetCompletion.objects.create(
        set=BadgeSet.objects.get(), person=cast.teammate, completed_on=MONDAY, points=200
    )
    (finding,) = audit(checks(["badge sets"]))
    assert [(each.what.split()[0], each.stored, each.right) for each in finding.differences] == [
        (cast.teammate.key, "0", "200"),
        (cast.agent.key, "–", after(-2).isoformat()),
    ]


def test_a_set_stays_completed_when_someone_takes_a_badge_of_it_back(cast: Cast) -> None:
    _one, calm = pair(cast)
    work(cast.agent, MONDAY, handled=5)
    night(MONDAY)
    award = given_by_hand(calm, cast, after(1))
    revoke(award=award, by=cast.supervisor, reason=REASON)
    given_by_hand(calm, cast, after(2))
    night(after(3), everything=True)
    assert points(cast.agent) == 50 + 50 + 200


def test_who_gives_badges_no_more_takes_none_back(cast: Cast) -> None:
    award = given_by_hand(badge(key="calm"), cast, MONDAY)
    assert may_revoke(award=award, by=cast.supervisor)
    cast.supervisor.supervisions.all().delete()
    cast.supervisor.forget_roles()
    with pytest.raises(Refused, match="ask one"):
        revoke(award=award, by=cast.supervisor, reason=REASON)


def test_progress_leads_to_the_next_tier_that_is_not_won(cast: Cast) -> None:
    made = badge(DAILY, {**DAILY, "value": 12}, {**DAILY, "value": 60})
    work(cast.agent, MONDAY, handled=6)
    night(MONDAY, (cast.agent, MONDAY))
    stored = BadgeProgress.objects.get(person=cast.agent)
    assert stored.shares == {str(made.pk): ["silver", 0.5]}
    (ahead,) = cabinet(cast.agent, MONDAY).next
    assert (ahead.tier, ahead.percent) == ("silver", 50)


def test_progress_follows_awards_that_people_take_back(cast: Cast) -> None:
    made = badge(DAILY, {**DAILY, "value": 12})
    work(cast.agent, MONDAY, handled=6)
    night(MONDAY, (cast.agent, MONDAY))
    revoke(award=Award.objects.get(), by=cast.manager, reason=REASON)
    night(MONDAY)
    stored = BadgeProgress.objects.get(person=cast.agent)
    assert stored.shares == {str(made.pk): ["bronze", 1.0]}


def test_many_badges_at_once_are_told_in_one_line_and_old_ones_not_at_all(cast: Cast) -> None:
    for number in range(5):
        badge(DAILY, key=f"b{number}")
    work(cast.agent, MONDAY, handled=5)
    work(cast.teammate, after(-60), handled=5)
    night(MONDAY)
    assert list(Notice.objects.values_list("person", "kind")) == [(cast.agent.pk, "badges_won")]
    assert json.loads(json.dumps(Notice.objects.get().data))["many"] == 5


def test_no_award_after_the_last_day_or_before_the_first_one(cast: Cast) -> None:
    badge(DAILY)
    cast.agent.hired_on, cast.agent.left_on = after(0), after(5)
    cast.agent.save()
    for day in (-1, 6):
        work(cast.agent, after(day), handled=9)
    night(after(8))
    assert held(cast.agent) == []
    assert not Badge.objects.get(key="quick").awards.exists()


def test_an_expired_award_is_told_earlier(cast: Cast) -> None:
    badge(DAILY, expires_after_days=10)
    work(cast.agent, MONDAY, handled=9)
    night(MONDAY)
    assert len(cabinet(cast.agent, after(10)).held) == 1
    later = cabinet(cast.agent, after(11))
    assert (len(later.held), len(later.earlier)) == (0, 1)
    assert later.earlier[0].expires_on == MONDAY + timedelta(days=10)
