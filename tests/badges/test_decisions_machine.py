"""No sequence of decisions by people without an administrator pays anybody beyond what limits allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from badges.awards.granting import grant
from badges.awards.revoking import revoke
from badges.battles.publishing import publish, save_draft
from badges.models import Award, Badge, Battle, BattleObjective, Quest, QuestClaim
from badges.quests.claims import Evidence, approve, claim, withdraw
from badges.quests.making import cancel, make
from incentives.org.memberships import join_team
from incentives.org.models import Company, Person
from incentives.org.refusals import Refused
from scoring.audit.running import audit, checks
from scoring.figures.changes import Changes
from scoring.goals import operations as goals
from scoring.goals.review import review_goals
from scoring.models import (
    AgentDay,
    AwardBudget,
    Channel,
    Goal,
    PointDecision,
    PointEntry,
    PointLimits,
)
from scoring.points import awards, budgets, decisions
from scoring.points import reversals as taking_back
from tests.factories import MembershipFactory, PersonFactory, SupervisionFactory, TeamFactory

MOST_EACH, MOST_A_MONTH, SECOND_FROM = 120, 200, 250
REASON = "Because it was a long and hard day."
DECIDERS = ["lead_red", "lead_blue", "lead_both", "manager", "second_manager"]
EVERYONE = [*DECIDERS, "ann", "bob"]
people = st.sampled_from(EVERYONE)
deciders = st.sampled_from(DECIDERS)
teams = st.sampled_from(["red", "blue"])
amounts = st.sampled_from([40, 100, MOST_EACH, MOST_EACH, MOST_EACH + 1, 2_000_000_000])
some = st.integers(0, 3)


class Schemers(RuleBasedStateMachine):
    """Two teams; supervisors are in their own or each other's, a manager is in one too."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        try:
            found = audit(checks(["decisions", "goal points", "quest points", "battle points"]))
            assert [each for finding in found for each in finding.differences] == []
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @initialize()
    def a_company(self) -> None:
        Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC"})
        PointLimits.objects.update_or_create(
            pk=1,
            defaults={
                "one_decision": MOST_EACH, "person_a_month": MOST_A_MONTH,
                "second_from": SECOND_FROM, "budget_a_head": 100,
            },
        )  # fmt: skip
        self.today = Company.current().today()
        self.teams = {key: TeamFactory(key=key) for key in ("red", "blue")}
        for name in EVERYONE:
            PersonFactory(key=name, **({"role": "manager"} if "manager" in name else {}))
        for name, team in (("lead_red", "red"), ("lead_blue", "red"), ("lead_both", "red"),
                           ("manager", "red"), ("ann", "red"), ("bob", "blue")):  # fmt: skip
            MembershipFactory(person=self.person(name), team=self.teams[team])
        for name, key in (("lead_red", "red"), ("lead_blue", "blue"),
                          ("lead_both", "red"), ("lead_both", "blue")):  # fmt: skip
            SupervisionFactory(person=self.person(name), team=self.teams[key])
        for person in Person.objects.all():
            AgentDay.objects.create(
                agent=person, day=self.today, channel=Channel.objects.get(key="chat"), handled=3,
                team=self.teams["red"],
            )  # fmt: skip

    def person(self, name: str) -> Person:
        found: Person = Person.objects.get(key=name)
        return found

    @rule(given=st.lists(st.tuples(deciders, people, amounts), min_size=1, max_size=5))
    def awards(self, given: list[tuple[str, str, int]]) -> None:
        for by, to, amount in given:
            with _attempt():
                awards.award(
                    agent=self.person(to), amount=amount, reason=REASON, by=self.person(by),
                    on=self.today,
                )  # fmt: skip

    @rule(by=deciders, team=teams, amount=amounts, other=deciders)
    def reach_a_goal(self, by: str, team: str, amount: int, other: str) -> None:
        self.set_a_goal(by, team, amount)
        last = Goal.objects.order_by("pk").last()
        for name in (by, other):
            with _attempt():
                if last is not None:
                    goals.assess(goal=last, by=self.person(name), reached=True, note=REASON)

    @rule(by=deciders, keys=st.sets(teams), amount=amounts, number=some, other=deciders)
    def win_a_quest(self, by: str, keys: set[str], amount: int, number: int, other: str) -> None:
        self.make_a_quest(by, keys, amount, number, 1)
        for quest in Quest.objects.order_by("-pk")[:1]:
            for name in EVERYONE:
                with _attempt():
                    claim(
                        quest=quest, by=self.person(name), evidence=Evidence("Done."),
                        on=self.today,
                    )  # fmt: skip
            for each in QuestClaim.objects.filter(quest=quest):
                for name in (by, other):
                    with _attempt():
                        approve(claim=each, by=self.person(name))

    @rule(by=deciders, team=teams, amount=amounts)
    def set_a_goal(self, by: str, team: str, amount: int) -> None:
        goal = Goal(
            team=self.teams[team], title="Well", points=amount,
            starts_on=self.today, ends_on=self.today,
        )  # fmt: skip
        with _attempt():
            goals.propose(goal=goal, by=self.person(by))

    @rule(by=deciders, which=some, reached=st.booleans())
    def assess_a_goal(self, by: str, which: int, reached: bool) -> None:
        for goal in Goal.objects.order_by("pk")[which : which + 1]:
            with _attempt():
                goals.assess(goal=goal, by=self.person(by), reached=reached, note=REASON)

    @rule(by=deciders, keys=st.sets(teams), amount=amounts, number=some, count=st.integers(1, 2))
    def make_a_quest(self, by: str, keys: set[str], amount: int, number: int, count: int) -> None:
        quest = Quest(
            name_en=f"Quest {number}", way="claimed", evidence="text", points=amount,
            starts_on=self.today, ends_on=self.today, count=count,
            audience="team" if number == 3 else "person",
        )  # fmt: skip
        with _attempt():
            make(
                quest=quest, teams=[self.teams[key] for key in keys], by=self.person(by),
                today=self.today,
            )  # fmt: skip

    @rule(by=people, which=some)
    def hand_in(self, by: str, which: int) -> None:
        for quest in Quest.objects.order_by("pk")[which : which + 1]:
            with _attempt():
                claim(quest=quest, by=self.person(by), evidence=Evidence("Done."), on=self.today)

    @rule(by=deciders, which=some)
    def approve_a_claim(self, by: str, which: int) -> None:
        waiting = QuestClaim.objects.filter(status="waiting").order_by("pk")
        for each in waiting[which : which + 1]:
            with _attempt():
                approve(claim=each, by=self.person(by))

    @rule(which=some)
    def withdraw_a_claim(self, which: int) -> None:
        for each in QuestClaim.objects.order_by("pk")[which : which + 1]:
            with _attempt():
                withdraw(claim=each, by=each.person)

    @rule(by=deciders, which=some)
    def call_a_quest_off(self, by: str, which: int) -> None:
        for quest in Quest.objects.order_by("pk")[which : which + 1]:
            with _attempt():
                cancel(quest=quest, by=self.person(by), reason=REASON, today=self.today)

    @rule(by=deciders, to=people, tier=st.sampled_from(["bronze", "gold"]))
    def grant_a_badge(self, by: str, to: str, tier: str) -> None:
        badge = Badge.objects.get(key="helping_hand")
        with _attempt():
            grant(
                badge=badge, tier=tier, person=self.person(to), by=self.person(by),
                reason=REASON, on=self.today,
            )  # fmt: skip

    @rule(by=deciders, which=some)
    def revoke_a_badge(self, by: str, which: int) -> None:
        for award in Award.objects.order_by("pk")[which : which + 1]:
            with _attempt():
                revoke(award=award, by=self.person(by), reason=REASON)

    @rule(by=deciders, keys=st.sets(teams), amount=amounts)
    def announce_a_battle(self, by: str, keys: set[str], amount: int) -> None:
        tomorrow = self.today + timedelta(days=1)
        battle = Battle(
            name_en="Dragon", starts_on=tomorrow, ends_on=tomorrow, points=amount,
            settlement_days=0,
        )  # fmt: skip
        objective: Any = BattleObjective(kind="amount", measure="handled", target=1)
        with _attempt():
            save_draft(
                battle=battle, objectives=[objective],
                teams=[self.teams[key] for key in keys], by=self.person(by),
            )  # fmt: skip
            publish(battle=battle, by=self.person(by), today=self.today)

    @rule(by=people, of=people, amount=st.sampled_from([0, 90, 400, 10**6]))
    def set_a_budget(self, by: str, of: str, amount: int) -> None:
        with _attempt():
            budgets.set_budget(
                person=self.person(of), month=self.today, points=amount, by=self.person(by)
            )

    @rule(by=people, which=some, yes=st.booleans())
    def answer_as_second_person(self, by: str, which: int, yes: bool) -> None:
        for each in PointDecision.objects.filter(status="waiting").order_by("pk")[
            which : which + 1
        ]:
            with _attempt():
                if yes:
                    decisions.confirm(decision=each, by=self.person(by), on=self.today)
                else:
                    decisions.refuse(
                        decision=each, by=self.person(by), reason=REASON, on=self.today
                    )

    @rule(by=people, which=some)
    def take_back(self, by: str, which: int) -> None:
        for entry in PointEntry.objects.filter(amount__gt=0).order_by("pk")[which : which + 1]:
            with _attempt():
                taking_back.take_back(entry=entry, by=self.person(by), reason=REASON)

    @rule(name=people, team=teams)
    def move(self, name: str, team: str) -> None:
        join_team(person=self.person(name), team=self.teams[team], on=self.today)

    @rule()
    def a_night(self) -> None:
        review_goals(Changes(as_of=self.today, everything=True))

    @invariant()
    def nobody_has_more_than_the_limit(self) -> None:
        sums = PointEntry.objects.values("agent").order_by().annotate(n=Sum("amount"))
        assert all(0 <= each["n"] <= MOST_A_MONTH for each in sums)

    @invariant()
    def budgets_are_kept_and_pay_everything(self) -> None:
        for budget in AwardBudget.objects.all():
            paid = budget.decisions.aggregate(n=Sum("paid"))["n"] or 0
            assert paid <= budget.spent <= budget.points

    @invariant()
    def nobody_is_paid_by_their_own_decision(self) -> None:
        for entry in PointEntry.objects.filter(amount__gt=0).select_related("decision"):
            assert entry.decision is not None
            assert entry.agent_id not in entry.decision.deciders


@contextmanager
def _attempt() -> Iterator[None]:
    """Try something in a savepoint: a refusal leaves nothing behind."""
    with suppress(Refused, Refused, ValidationError), transaction.atomic():
        yield


@pytest.mark.slow
@pytest.mark.django_db
def test_no_sequence_of_decisions_pays_beyond_what_limits_and_budgets_allow() -> None:
    run_state_machine_as_test(
        Schemers,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        ),
    )
