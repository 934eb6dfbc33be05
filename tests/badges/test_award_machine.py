"""Facts, points, badges, revocations and nights in any order: awards equal a naive evaluation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
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
from badges.awards.sets import save_set
from badges.models import Award, Badge, BadgeSet, BadgeVersion, KeptVerdict, SetCompletion
from incentives.org.models import Company, Person
from scoring.models import AgentDay, Channel, PointEntry, PointRule, Score, Scorecard
from tests.badges.award_data import badge, night, points
from tests.badges.naive_awards import Naive, Set, Tier, span
from tests.factories import PersonFactory, TeamFactory
from tests.scoring.points_data import rule as point_rule

START = date(2026, 2, 23)
PEOPLE = 3
WHY = "That is how it was decided."
# Around the end of a week and of a month, where mistakes live; and some weeks later.
days = st.sampled_from([-1, 0, 3, 4, 5, 6, 7, 8, 13, 20, 36, 37]).map(
    lambda at: START + timedelta(days=at)
)
who = st.integers(0, PEOPLE - 1)
LATER = st.sampled_from([0, 0, 1, 1, 3, 31])
WORK = st.fixed_dictionaries(
    {
        "handled": st.integers(0, 4),
        "praises": st.integers(0, 2),
        "complaints": st.integers(0, 1),
        "csat_count": st.integers(0, 3),
    }
)
SINGLE = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["handled", "handled", "praise_count", "csat", "complaint_rate"]),
        "window": st.sampled_from(["day", "day", "week", "month", "quarter", "all"])
        | st.sampled_from([2, 9]).map(lambda many: {"rolling_days": many})
        | st.just({"from": "2026-02-27", "to": "2026-03-03"}),
        "op": st.sampled_from([">=", ">=", "<=", "="]),
        "value": st.sampled_from([0, 2, 4, 50, 100]),
    }
)
TOP = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["handled", "complaint_rate", "csat"]),
        "window": st.sampled_from(["day", "week", "month", "quarter"]),
        "percentile": st.sampled_from([{"top": 30}, {"top": 60}]),
        "least": st.sampled_from([0, 2]),
    }
)
ROW = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["handled", "csat", "complaint_rate"]),
        "window": st.sampled_from(["day", "week"]),
        "op": st.just(">="),
        "value": st.sampled_from([1, 50]),
        "streak": st.integers(2, 3),
    }
)
POINTS = st.fixed_dictionaries(
    {
        "points": st.just("any"),
        "window": st.sampled_from(["week", "all", "month", "quarter"]),
        "op": st.just(">="),
        "value": st.sampled_from([5, 10]),
    }
)
# Easily won, so that the set of it and a badge that people give is completed in every order.
STEADY = {"metric": "handled", "window": "day", "op": ">=", "value": 3}
CARDS = ["mine", "other"]
OF_SCORE = {
    "score": st.sampled_from(["any", "mine"]),
    "window": st.sampled_from(["day", "week", "month"]),
}
SCORE = st.fixed_dictionaries(
    OF_SCORE | {"op": st.sampled_from([">=", "<="]), "value": st.sampled_from([60, 90])}
)
BEST_SCORE = st.fixed_dictionaries(OF_SCORE | {"percentile": st.just({"top": 50})})
SCORES_IN_A_ROW = st.fixed_dictionaries(
    OF_SCORE
    | {
        "window": st.sampled_from(["day", "week"]),
        "op": st.just(">="),
        "value": st.just(60),
        "streak": st.just(2),
    }
)
LEAF = SINGLE | SINGLE | TOP | ROW | POINTS | SCORE | BEST_SCORE | SCORES_IN_A_ROW
SCORED = st.tuples(
    who,
    days,
    st.sampled_from(["day", "week", "month"]),
    st.none() | st.tuples(st.sampled_from(CARDS), st.sampled_from([40, 60, 60, 95])),
)
TREE = st.builds(
    lambda word, nodes: {word: nodes},
    st.sampled_from(["all", "all", "any"]),
    st.lists(LEAF, min_size=1, max_size=2),
)
BADGE = st.fixed_dictionaries(
    {
        "tiers": st.lists(TREE, min_size=1, max_size=2),
        "repeats": st.booleans(),
        "newcomers": st.booleans(),
    }
)


class Awards(RuleBasedStateMachine):
    """Everything that can happen between two nights."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.on = START
        self.changed: set[tuple[int, date]] = set()
        self.entries = 0

    def teardown(self) -> None:
        """The last nights, and everything undone."""
        try:
            if hasattr(self, "naive"):
                self.a_night(0)
                self.a_night(1)
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @initialize(
        first=BADGE,
        second=BADGE,
        facts=st.lists(st.tuples(who, days, WORK), max_size=12),
        scores=st.lists(SCORED, max_size=6),
    )
    def a_company(self, first: Any, second: Any, facts: Any, scores: Any) -> None:
        """Three people, two badges by criteria and one by hand, two sets, some work."""
        Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC"})
        BadgeVersion.objects.update(ends_on=date(1999, 12, 31))
        BadgeSet.objects.update(archived_on=date(1999, 12, 31))
        PointRule.objects.update(ends_on=date(1999, 12, 31))
        team = TeamFactory()
        self.people: list[Person] = list(PersonFactory.create_batch(PEOPLE, team=team))
        newcomer = self.people[0]
        newcomer.hired_on = START - timedelta(days=5)
        newcomer.save()
        self.manager = PersonFactory(role="manager")
        self.rule, self.channel = point_rule("any"), Channel.objects.get(key="chat")
        self.naive = Naive({person.pk: person.hired_on or START for person in self.people})
        self.a_badge_is_published("first", first)
        self.a_badge_is_published("second", second)
        badge(key="calm", points=10)
        badge(STEADY, key="steady", points=10)
        steady = Tier("steady", 1, "bronze", {"all": [STEADY]}, date(2020, 1, 1), date.max)
        self.naive.tiers.append(steady)
        self.a_set("both", ("first", "second"), "bronze", START)
        self.a_set("calm", ("steady", "calm"), "bronze", START + timedelta(days=3))
        # Of different jobs: two that are everybody's cannot be in force at once.
        self.cards = [
            Scorecard.objects.create(
                key=key, name_en=key, role=key, status="published", starts_on=START,
                published_at=timezone.now(),
            )
            for key in CARDS
        ]  # fmt: skip
        # Nothing is judged before there are data; here they begin with a point that stays.
        self.earn(0, START - timedelta(days=1), 1)
        for at, day, done in facts:
            self.work(at, day, done)
        for each in scores:
            self.score(*each)
        self.a_night(8)

    def a_set(self, key: str, badges: tuple[str, ...], least: str, first: date) -> None:
        made = BadgeSet(key=key, name_en=key, points=7, least_tier=least, starts_on=first)
        save_set(badge_set=made, badges=Badge.objects.filter(key__in=badges))
        self.naive.sets.append(Set(badges, least, first))

    def a_badge_is_published(self, key: str, chosen: dict[str, Any], number: int = 1) -> None:
        tiers = [
            {"tier": tier, "criteria": criteria, "points": 10}
            for tier, criteria in zip(("bronze", "silver"), chosen["tiers"], strict=False)
        ]
        can_repeat = all(
            any(leaf["window"] in ("day", "week", "month", "quarter") for leaf in each.get("all", each.get("any")))
            for each in chosen["tiers"]
        )  # fmt: skip
        repeats = chosen["repeats"] and can_repeat
        defaults = {
            "name_en": key,
            "group": "customer",
            "repeats": "period" if repeats else "once",
        }
        badge, _new = Badge.objects.get_or_create(key=key, defaults=defaults)
        first = date(2020, 1, 1)
        if number > 1:
            first = self.on + timedelta(days=1)
            self._end(key, self.on)
        BadgeVersion.objects.create(
            badge=badge,
            version=number,
            status="published",
            starts_on=first,
            tiers=tiers,
            applies_to={"people": "newcomers", "newcomer_days": 20} if chosen["newcomers"] else {},
        )
        self.naive.tiers += [
            Tier(
                key,
                number,
                each["tier"],
                each["criteria"],
                first,
                date.max,
                repeats=badge.repeats == "period",
                newcomer_days=20 if chosen["newcomers"] else None,
            )
            for each in tiers
        ]

    def _end(self, key: str, on: date) -> None:
        current = BadgeVersion.objects.filter(badge__key=key).order_by("-version")[0]
        current.ends_on = on
        current.save(update_fields=["ends_on"])
        for tier in self.naive.tiers:
            if tier.badge == key:
                tier.last = min(tier.last, on)

    @rule(chosen=BADGE)
    def a_new_version_of_the_second_badge_begins(self, chosen: dict[str, Any]) -> None:
        """From tomorrow on; repeating stays as it was."""
        number = 1 + max(tier.number for tier in self.naive.tiers if tier.badge == "second")
        newest = BadgeVersion.objects.filter(badge__key="second").order_by("-version")[0]
        if newest.starts_on > self.on or Badge.objects.get(key="second").repeats == "period":
            return
        self.a_badge_is_published("second", chosen, number)

    @rule(facts=st.lists(st.tuples(who, days, WORK), min_size=1, max_size=4), later=LATER)
    def people_work(self, facts: Any, later: int) -> None:
        """New facts, or corrections of old ones; then a night."""
        for at, day, done in facts:
            self.work(at, day, done)
        self.a_night(later)

    def work(self, at: int, day: date, done: dict[str, int]) -> None:
        person = self.people[at]
        facts = {**done, "csat_satisfied": done["csat_count"] // 2, "handled": done["handled"]}
        AgentDay.objects.filter(agent=person, day=day).delete()
        AgentDay.objects.create(agent=person, day=day, channel=self.channel, **facts)
        self.naive.work[person.pk, day] = facts
        self.changed.add((person.pk, day))

    @rule(at=who, day=days, later=LATER)
    def a_day_turns_out_not_to_have_been(self, at: int, day: date, later: int) -> None:
        """All facts of a day are deleted; then a night."""
        person = self.people[at]
        AgentDay.objects.filter(agent=person, day=day).delete()
        self.naive.work.pop((person.pk, day), None)
        self.changed.add((person.pk, day))
        self.a_night(later)

    @rule(at=who, day=days, amount=st.sampled_from([5, 7, -5]), later=LATER)
    def a_rule_gives_points(self, at: int, day: date, amount: int, later: int) -> None:
        """Entries of rules; their agent days are not on the list of changed ones."""
        self.earn(at, day, amount)
        self.a_night(later)

    def earn(self, at: int, day: date, amount: int) -> None:
        self.entries += 1
        PointEntry.objects.create(
            agent=self.people[at], occurred_on=day, booked_on=day, amount=amount, kind="rule",
            rule=self.rule, nth=self.entries,
        )  # fmt: skip
        self.naive.points.append((self.people[at].pk, day, amount))

    @rule(scores=st.lists(SCORED, min_size=1, max_size=4), later=LATER)
    def scores_change(self, scores: Any, later: int) -> None:
        """Scores of periods are new, others or gone, because of a day in them; then a night."""
        for each in scores:
            self.score(*each)
        self.a_night(later)

    def score(self, at: int, day: date, period: str, score: tuple[str, int] | None) -> None:
        person, first = self.people[at], span(period, day)[0]
        Score.objects.filter(agent=person, period=period, starts_on=first).delete()
        self.naive.scores.pop((person.pk, period, first), None)
        if score is not None:
            card, value = self.cards[CARDS.index(score[0])], score[1]
            Score.objects.create(
                agent=person, period=period, starts_on=first, scorecard=card, score=value
            )
            self.naive.scores[person.pk, period, first] = score
        self.changed.add((person.pk, day))

    @rule(at=who, done=WORK)
    def a_manager_gives_one(self, at: int, done: dict[str, int]) -> None:
        """By day: the night that closes the day before, and its facts, does not count it yet."""
        person, on = self.people[at], self.on + timedelta(days=1)
        if ("calm", "bronze", person.pk, "") not in self.naive.held:
            kind = Badge.objects.get(key="calm")
            grant(badge=kind, tier="bronze", person=person, by=self.manager, reason=WHY, on=on)
            self.naive.give("calm", "bronze", person.pk, on)
        self.work(at, self.on, done)
        self.a_night(0)

    @rule(number=st.integers(0, 5))
    def a_manager_takes_one_back(self, number: int) -> None:
        """Whoever takes an award back decides: its occasion stays closed."""
        standing = list(Award.objects.standing().select_related("badge").order_by("pk"))
        if not standing:
            return
        award = standing[number % len(standing)]
        revoke(award=award, by=self.manager, reason=WHY)
        key = (award.badge.key, award.tier, award.person_id, award.occasion)
        self.naive.closed.add(key)
        del self.naive.held[key]

    @rule(later=st.sampled_from([0, 1, 1, 3, 7, 31]))
    def a_night(self, later: int) -> None:
        """Now or some days later; then the awards are those of the naive evaluation."""
        self.on += timedelta(days=later)
        people = {person.pk: person for person in self.people}
        night(self.on, *((people[pk], day) for pk, day in self.changed))
        self.changed.clear()
        self.naive.night(self.on)
        self.all_is_as_it_should_be()

    def all_is_as_it_should_be(self) -> None:
        assert self.stored() == {
            key: (award.number, award.awarded_on, award.given_on)
            for key, award in self.naive.held.items()
        }
        completed = SetCompletion.objects.order_by("set__key", "person")
        assert list(completed.values_list("set__key", "person", "completed_on")) == [
            (key, person, day)
            for key, each in zip(("both", "calm"), self.naive.sets, strict=True)
            for person, day in sorted(each.completed.items())
        ]

    @rule()
    def everything_again(self) -> None:
        """A night that does all days again finds nothing to do."""
        self.a_night(0)
        before = Award.objects.count(), self.kept()
        night(self.on, everything=True)
        assert (Award.objects.count(), self.kept()) == before
        self.all_is_as_it_should_be()

    @staticmethod
    def kept() -> list[tuple[int, str, date, list[int]]]:
        verdicts = KeptVerdict.objects.order_by("version", "tier", "day")
        return list(verdicts.values_list("version", "tier", "day", "people"))

    @staticmethod
    def stored() -> dict[tuple[str, str, int, str], tuple[int, date, date]]:
        awards = Award.objects.standing().select_related("badge", "version")
        return {
            (award.badge.key, award.tier, award.person_id, award.occasion): (
                award.version.version,
                award.awarded_on,
                award.given_on,
            )
            for award in awards
        }

    @invariant()
    def points_are_those_of_what_is_held(self) -> None:
        """Ten for each award that stands and seven for each set, never twice."""
        for person in getattr(self, "people", ()):
            sets = SetCompletion.objects.filter(person=person).count()
            held = Award.objects.standing().filter(person=person).count()
            assert points(person) == 10 * held + 7 * sets


@pytest.mark.slow
@pytest.mark.django_db
def test_awards_equal_a_naive_evaluation_after_anything() -> None:
    run_state_machine_as_test(
        Awards,
        settings=settings(
            max_examples=16,
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
