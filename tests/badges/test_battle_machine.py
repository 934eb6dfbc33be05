"""Imports, corrections, deletions, joins, guests and nights in any order: damage equals a naive count."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from badges.battles import fighting, members, publishing
from badges.models import Battle, BattleDamage, BattleMember
from incentives.org.memberships import join_team
from incentives.org.models import Company
from incentives.org.refusals import Refused
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.ingest.runs import catch_up
from scoring.models import ChangedDay, PointEntry, Ticket
from tests.badges.battle_data import amount, level
from tests.factories import HIRED, PersonFactory, TeamFactory
from tests.scoring.imports import import_rows

START = date(2026, 3, 2)
AGENTS = ["ann", "bob", "cho", "dan"]
#: The third fights no boss, so that guests come from it.
TEAMS = ["red", "blue", "green"]
days = st.integers(0, 11).map(lambda n: START + timedelta(days=n))
TICKETS = st.fixed_dictionaries(
    {
        "id": st.integers(1, 25).map(lambda n: f"T{n}"),
        "agent": st.sampled_from(AGENTS),
        "team": st.sampled_from(["", "", "", "red", "blue"]),
        "day": days,
        "state": st.sampled_from(["solved", "solved", "reopened"]),
        "rating": st.sampled_from(["", "1", "5"]),
        "deleted": st.sampled_from(["no", "no", "no", "yes"]),
    }
)
Blows = dict[tuple[date, str, str, str], int]


class Fight(RuleBasedStateMachine):
    """Two teams with a boss each; `teams` is what the naive count knows of memberships."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.version = 0
        self.night = START
        self.guests: dict[str, date] = {}
        self.final: dict[str, Blows] = {}

    def teardown(self) -> None:
        """Nights until both battles are settled, the comparison, and everything undone."""
        try:
            self.a_night(20)
            self.another_night_adds_nothing()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
            self.folder.cleanup()

    @initialize(tickets=st.lists(TICKETS, max_size=10), asked=st.integers(1, 5), both=st.booleans())
    def two_bosses(self, tickets: Any, asked: int, both: bool) -> None:
        """A week each, the second a day later; the first also asks for satisfied customers."""
        Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC"})
        self.boss = PersonFactory(role="manager")
        self.red, self.blue, self.green = (TeamFactory(key=key) for key in TEAMS)
        self.teams = {key: {HIRED: TEAMS[at % 3]} for at, key in enumerate(AGENTS)}
        self.people = {
            key: PersonFactory(key=key, team=getattr(self, TEAMS[at % 3]))
            for at, key in enumerate(AGENTS)
        }
        self.battles = {
            "red": self.announce(self.red, 1, both, amount(asked), level(60, least=2)),
            "blue": self.announce(self.blue, 2, both, amount(asked, "2 * handled - reopened")),
        }
        self.tickets_are_imported(tickets)

    def announce(self, team: Any, first: int, both: bool, *objectives: Any) -> Battle:
        battle = Battle(
            name_en=team.key, starts_on=START + timedelta(days=first), settlement_days=2,
            ends_on=START + timedelta(days=first + 6), points=70, combine="all" if both else "any",
        )  # fmt: skip
        publishing.save_draft(battle=battle, objectives=objectives, teams=[team], by=self.boss)
        return publishing.publish(battle=battle, by=self.boss, today=START)

    @rule(tickets=st.lists(TICKETS, min_size=1, max_size=5))
    def tickets_are_imported(self, tickets: list[dict[str, Any]]) -> None:
        """New tickets, late ones, corrections, deletions, moves to another day, agent or team."""
        rows = []
        for ticket in tickets:
            self.version += 1
            day, state = ticket["day"], ticket["state"]
            rows.append(
                {key: ticket[key] for key in ("id", "agent", "team", "rating", "deleted")}
                | {"version": self.version, "channel": "chat", "status": "solved", "contacts": "1"}
                | {"opened": f"{day} 08:00:00", "closed": f"{day} 09:00:00"}
                | {"reopens": "1" if state == "reopened" else "0"}
            )
        if rows:
            import_rows(Path(self.folder.name), rows)

    @rule(agent=st.sampled_from(AGENTS), team=st.sampled_from(TEAMS), on=days)
    def someone_joins_a_team(self, agent: str, team: str, on: date) -> None:
        """From a day on, also one that is over."""
        join_team(person=self.people[agent], team=getattr(self, team), on=on)
        self.teams[agent][on] = team

    @rule(agent=st.sampled_from(AGENTS), on=days)
    def a_guest_comes_to_red(self, agent: str, on: date) -> None:
        """Someone from elsewhere, from today on at the earliest."""
        with suppress(Refused):
            members.add_guest(
                battle=self.battles["red"], person=self.people[agent], team=self.red,
                by=self.boss, on=on, today=self.night,
            )  # fmt: skip
            self.guests[agent] = on

    @rule(later=st.integers(0, 4))
    def a_night(self, later: int) -> None:
        """A night, now or some days later."""
        self.night += timedelta(days=later)
        catch_up()
        rows = ChangedDay.objects.all()
        seen = sorted(set(rows.values_list("agent_id", "day")))
        frame = pl.DataFrame(seen, schema=DAYS_SCHEMA, orient="row")
        fighting.fight(Changes(as_of=self.night, days=frame))
        rows.delete()
        self.compare()

    @rule()
    def another_night_adds_nothing(self) -> None:
        """Everything again, with nothing new."""
        self.a_night(0)
        before = BattleDamage.objects.count(), PointEntry.objects.count()
        fighting.fight(Changes(as_of=self.night, everything=True))
        assert (BattleDamage.objects.count(), PointEntry.objects.count()) == before

    def compare(self) -> None:
        """Damage, health and pay against the tickets themselves."""
        for name, stale in self.battles.items():
            battle = Battle.objects.select_related("state").get(pk=stale.pk)
            if battle.starts_on > self.night:
                continue
            wanted = self.final.get(name) or self.blows(name, battle)
            assert stored(battle) == wanted
            fighters = set(
                BattleMember.objects.filter(battle=battle).values_list("person__key", flat=True)
            )
            assert {agent for _day, _team, agent, _what in wanted} <= fighters
            if name not in self.final:
                assert (battle.state.health == 0) == self.is_won(name, battle, wanted)
                assert battle.status == ("settled" if self.is_over(battle) else "published")
            if self.is_over(battle) and name not in self.final:
                self.final[name] = wanted
                self.paid(name, battle)

    def is_over(self, battle: Battle) -> bool:
        return self.night >= battle.ends_on + timedelta(days=2)

    def paid(self, name: str, battle: Battle) -> None:
        """Everyone with a ticket that counts got the same, once; nobody else anything."""
        won = battle.outcome == "won"
        worked = {ticket.agent.key for ticket, _team in self.counted(name, battle)}
        entries = PointEntry.objects.filter(cause__battle=battle.pk)
        got = Counter(dict(entries.values_list("agent__key").annotate(Sum("amount"))))
        assert got == Counter(dict.fromkeys(worked, 70) if won else {})

    def counted(self, name: str, battle: Battle) -> list[tuple[Any, str]]:
        """Tickets that count in a battle, with the team they count for."""
        found = []
        tickets = Ticket.objects.filter(deleted=False).select_related("agent", "team")
        ticket: Any
        for ticket in tickets.exclude(agent=None):
            agent, day = ticket.agent.key, ticket.day
            if not battle.starts_on <= day <= battle.ends_on:
                continue
            since = max(start for start in self.teams[agent] if start <= day)
            team = ticket.team.key if ticket.team else self.teams[agent][since]
            guest = name == "red" and day >= self.guests.get(agent, date.max)
            if team == name or guest:
                found.append((ticket, name))
        return found

    def blows(self, name: str, battle: Battle) -> Blows:
        """(day, team, agent, what is counted) → how much, without zeros."""
        found: Counter[tuple[date, str, str, str]] = Counter()
        for ticket, team in self.counted(name, battle):
            twice = name == "blue"
            what = "2 * handled - reopened" if twice else "handled"
            worth = int(ticket.handled) * (2 if twice else 1)
            worth -= int(twice and (ticket.reopens or 0) > 0)
            found[ticket.day, team, ticket.agent.key, what] += worth
        return {key: many for key, many in found.items() if many}

    def is_won(self, name: str, battle: Battle, blows: Blows) -> bool:
        """Whether the objectives are reached, by hand; guests do not count in the level."""
        first = battle.objectives.get(kind="amount")
        reached = [sum(blows.values()) >= first.target]
        if name == "red":
            own = [
                ticket
                for ticket, _team in self.counted(name, battle)
                if ticket.csat is not None and self.is_of_team(ticket, name)
            ]
            good = sum(bool(ticket.satisfied) for ticket in own)
            reached.append(len(own) >= 2 and Fraction(good, len(own)) >= Fraction(60, 100))
        return all(reached) if battle.combine == "all" else any(reached)

    def is_of_team(self, ticket: Any, name: str) -> bool:
        held = self.teams[ticket.agent.key]
        team = held[max(start for start in held if start <= ticket.day)]
        return (ticket.team.key if ticket.team else team) == name


def stored(battle: Battle) -> Blows:
    """The ledger's sums, without zeros."""
    rows = BattleDamage.objects.filter(battle=battle).order_by()
    summed = rows.values_list("day", "team__key", "person__key", "objective__measure")
    return {tuple(key): int(many) for *key, many in summed.annotate(Sum("amount")) if many}


@pytest.mark.slow
@pytest.mark.django_db
def test_damage_equals_a_naive_count_after_anything() -> None:
    run_state_machine_as_test(
        Fight,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
