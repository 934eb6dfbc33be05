"""Imports, corrections, deletions, rule changes and appeals in any order: the ledger equals a naive count."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from incentives.org.models import Company, Person
from incentives.org.refusals import Refused
from scoring.appeals import operations as appeals
from scoring.appeals.settling import settle, settle_appeals
from scoring.figures.changes import Changes
from scoring.ingest.corrections import Remedy
from scoring.models import ChangedDay, Channel, PointEntry, PointRule, PointTotal, Ticket
from scoring.points import rules
from scoring.points.ledger import reconcile
from tests.factories import PersonFactory
from tests.scoring import naive_points
from tests.scoring.imports import import_rows

START = date(2026, 3, 2)
COLUMNS = ("id", "version", "deleted", "agent", "channel", "opened", "closed", "status", "contacts",
           "reopens", "rating", "difficulty")  # fmt: skip
ACTIVITIES = """
kind = "activities"
timezone = "UTC"
optional = true
[fields]
external_id = "id"
version = "version"
deleted = "deleted"
agent = "agent"
day = "day"
kind = "kind"
quantity = "quantity"
score = "score"
accepted = "accepted"
"""
days = st.integers(0, 12).map(lambda n: START + timedelta(days=n))
ids = st.integers(1, 30)
caps = st.sampled_from([None, None, 3, 7])
GUARDS = st.sampled_from(
    [
        None,
        {"all": [{"metric": "csat", "window": "week", "op": ">=", "value": 60}]},
        {"all": [{"metric": "csat", "window": {"rolling_days": 4}, "op": ">=", "value": 50}]},
        {
            "all": [
                {"metric": "csat", "window": "month", "op": ">=", "value": 50, "least": 2},
                {"metric": "handled", "window": "day", "op": "<=", "value": 3},
            ]
        },
    ]
)


COUNTED = {"one": "handled", "two": "hard_solved + learning_units", "sum": "points_one"}
TICKETS = st.fixed_dictionaries(
    {
        "number": ids,
        "agent": st.sampled_from(["ann", "ann", "bob"]),
        "day": days,
        "channel": st.sampled_from(["chat", "chat", "phone"]),
        "state": st.sampled_from(["solved", "solved", "reopened"]),
        "rating": st.sampled_from(["", "1", "4", "5"]),
        "difficulty": st.sampled_from(["", "2", "5"]),
        "deleted": st.sampled_from(["no", "no", "no", "yes"]),
    }
)
RULES = st.fixed_dictionaries(
    {
        "key": st.sampled_from(list(COUNTED)),
        "starts_on": days,
        "amount": st.integers(1, 4),
        "units": st.integers(1, 2),
        "cap_day": caps,
        "cap_week": caps,
        "guard": GUARDS,
        "only_chat": st.booleans(),
    }
)
REACHED = st.fixed_dictionaries(
    {
        "window": st.sampled_from(["day", "week", "week", "month"]),
        "least": st.integers(1, 3),
        "amount": st.integers(1, 5),
        "starts_on": days,
        "cap_week": caps,
        "guard": GUARDS,
    }
)


def ticket_row(
    *, number: int, agent: str, day: date, channel: str, state: str, rating: str,
    difficulty: str, deleted: str,
) -> dict[str, Any]:  # fmt: skip
    """A line of the export."""
    return {
        "id": f"T{number}", "agent": agent, "channel": channel, "deleted": deleted,
        "opened": f"{day} 08:00:00", "rating": rating, "difficulty": difficulty,
        "closed": f"{day} 09:00:00" if state == "solved" else "", "status": state,
        "contacts": "1", "reopens": "1" if state == "reopened" else "0",
    }  # fmt: skip


class Ledger(RuleBasedStateMachine):
    """Everything that can happen to the facts and the rules between two nights."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.version = 0
        self.night = START
        self.voided: set[str] = set()
        self.moved: dict[str, Person] = {}

    def teardown(self) -> None:
        """The last night, the comparison, and everything undone."""
        try:
            self.reconcile_and_compare(0)
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
            self.folder.cleanup()

    @initialize(tickets=st.lists(TICKETS, min_size=8, max_size=16), rule=RULES, threshold=REACHED)
    def a_company_at_work(self, tickets: Any, rule: Any, threshold: Any) -> None:
        """Two weeks of tickets, two rules, and the first night."""
        Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC"})
        self.manager = PersonFactory(role="manager")
        self.tickets_are_imported(tickets)
        self.a_rule_is_published(rule | {"key": "one"})
        self.a_threshold_is_published(threshold)
        self.reconcile_and_compare(0)

    @rule(tickets=st.lists(TICKETS, min_size=1, max_size=4))
    def tickets_are_imported(self, tickets: list[dict[str, Any]]) -> None:
        """New tickets, corrections, reopenings, deletions, moves to another day or agent."""
        self.write([ticket_row(**ticket) for ticket in tickets], columns=COLUMNS)

    def write(self, rows: list[dict[str, Any]], **how: Any) -> None:
        versioned = []
        for row in rows:
            self.version += 1
            versioned.append({"version": self.version, **row})
        import_rows(Path(self.folder.name), versioned, **how)

    @rule(
        number=ids,
        agent=st.sampled_from(["ann", "bob"]),
        day=days,
        kind=st.sampled_from(["learning", "kb_article", "collaboration", "qa_review"]),
        quantity=st.sampled_from(["1", "2.5", "7"]),
        deleted=st.sampled_from(["no", "no", "yes"]),
    )
    def an_activity_is_imported(
        self, number: int, agent: str, day: date, kind: str, quantity: str, deleted: str
    ) -> None:
        """Lessons, articles, collaboration, reviews."""
        self.write(
            [{
                "id": f"A{number}", "agent": agent, "day": str(day), "kind": kind,
                "quantity": quantity, "score": "96", "accepted": "yes", "deleted": deleted,
            }],
            mapping=ACTIVITIES,
            name="activities.csv",
        )  # fmt: skip

    @rule(chosen=RULES)
    def a_rule_is_published(self, chosen: dict[str, Any]) -> None:
        """A first or a new version; some count what other rules give."""
        chat = {"channels": [Channel.objects.get(key="chat").pk]}
        applies = chat if chosen["only_chat"] and chosen["key"] != "sum" else {}
        fields = {name: value for name, value in chosen.items() if name != "only_chat"}
        counted = COUNTED[chosen["key"]]
        self.publish(PointRule(per="unit", expression=counted, applies_to=applies, **fields))

    @rule(chosen=REACHED)
    def a_threshold_is_published(self, chosen: dict[str, Any]) -> None:
        """So many tickets in a day, week or month."""
        fields = dict(chosen)
        leaf = {"metric": "handled", "op": ">=", "window": fields.pop("window")}
        leaf["value"] = fields.pop("least")
        draft = PointRule(key="reached", per="threshold", threshold={"all": [leaf]}, **fields)
        self.publish(draft)

    def publish(self, draft: PointRule) -> None:
        versions = PointRule.objects.filter(key=draft.key).order_by("-version")
        newest = versions.first()
        draft.name_en = draft.key
        draft.version = newest.version + 1 if newest else 1
        with suppress(Refused):
            rules.publish(rule=rules.save_draft(rule=draft, by=None), by=None)

    @rule(key=st.sampled_from(["one", "two", "reached", "learning_unit"]), on=days)
    def a_rule_ends(self, key: str, on: date) -> None:
        """The version in force holds no longer."""
        current = PointRule.objects.filter(key=key, status="published", ends_on=None).first()
        if current is not None:
            with suppress(Refused):
                rules.end(rule=current, on=on, today=self.night, by=None)

    @rule(number=ids, moves=st.booleans(), at_once=st.booleans())
    def an_appeal_is_granted(self, number: int, moves: bool, at_once: bool) -> None:
        """A rating counts no more, or a ticket becomes the other agent's; at once or by the night."""
        ticket = Ticket.objects.filter(external_id=f"T{number}", deleted=False).first()
        other = Person.objects.filter(key__in=["ann", "bob"]).exclude(pk=ticket and ticket.agent_id)
        if ticket is None or ticket.agent is None or (moves and not other.exists()):
            return
        with suppress(Refused):
            self._grant(ticket, other.get() if moves else None, at_once=at_once)

    def _grant(self, ticket: Ticket, to: Person | None, *, at_once: bool) -> None:
        fact = ("tickets", ticket.source_id, ticket.external_id)
        assert ticket.agent is not None
        appeal = appeals.raise_about_fact(
            agent=ticket.agent, kind=fact[0], source_id=fact[1], external_id=fact[2],
            text="It was not like that.", on=self.night, part="" if to else "csat",
        )  # fmt: skip
        remedy = Remedy(*fact, reassigns=True, agent=to) if to else Remedy(*fact, parts=("csat",))
        appeals.decide(
            appeal=appeal, by=self.manager, granted=True, reason="It is true.", remedies=[remedy]
        )
        if to:
            self.moved[ticket.external_id] = to
        else:
            self.voided.add(ticket.external_id)
        if at_once:
            settle(appeal, as_of=self.night)

    def corrections_hold(self) -> None:
        """No later import has undone what appeals decided."""
        rated = Ticket.objects.filter(external_id__in=self.voided).exclude(csat=None)
        assert not rated.exists()
        for external_id, person in self.moved.items():
            assert Ticket.objects.get(external_id=external_id).agent_id == person.pk

    @rule(later=st.integers(0, 5))
    def reconcile_and_compare(self, later: int) -> None:
        """A night, now or some days later."""
        self.night += timedelta(days=later)
        settle_appeals(Changes(as_of=self.night))
        self.corrections_hold()
        rows = ChangedDay.objects.all()
        seen = sorted(set(rows.values_list("agent_id", "day")))
        frame = Changes(as_of=self.night).days.clear()
        if seen:
            frame = frame.vstack(type(frame)(seen, schema=frame.schema, orient="row"))
        reconcile(Changes(as_of=self.night, days=frame))
        rows.delete()
        assert naive_points.ledger() == naive_points.expected(self.night)

    @rule()
    def another_night_posts_nothing(self) -> None:
        """Everything again, with nothing new."""
        self.reconcile_and_compare(0)
        before = PointEntry.objects.count()
        reconcile(Changes(as_of=self.night, everything=True))
        assert PointEntry.objects.count() == before

    @invariant()
    def lifetime_is_the_sum(self) -> None:
        """The trigger's running totals."""
        summed: dict[int, int] = {}
        for agent, amount in PointEntry.objects.values_list("agent_id", "amount"):
            summed[agent] = summed.get(agent, 0) + amount
        assert dict(PointTotal.objects.values_list("agent_id", "lifetime")) == summed


@pytest.mark.slow
@pytest.mark.django_db
def test_the_ledger_equals_a_naive_count_after_anything() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
