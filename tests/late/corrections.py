"""Everything that people and systems say too late, at random, by the doors that they use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from incentives.org.calendar import judge_days
from incentives.org.models import Alias, CalendarDay, Person, Site, Team
from incentives.org.people import join_team, leave_company, upsert_people
from scoring.boards.forms import BoardAliasForm
from scoring.explorer.changes import apply_to_the_past, save_kpi
from scoring.figures.windows import ONE_DAY
from scoring.models import Activity, AgentDay, Kpi, PointRule, Scorecard, Season, Ticket
from scoring.points import rules as point_rules
from scoring.points.forms import SeasonForm
from scoring.scorecards.marking import touch_days
from scoring.scorecards.versions import publish, replace_items
from tests.scoring.imports import import_rows

# The columns of the files below, and what a mapping says of them.
_FIELDS = {
    "id": 'external_id = "id"',
    "version": 'version = "version"',
    "deleted": 'deleted = "deleted"',
    "agent": 'agent = "agent"',
    "channel": 'channel = "channel"',
    "status": 'status = "status"',
    "opened": 'opened_at = "opened"',
    "replied": 'first_response_at = "replied"',
    "resolved": 'resolved_at = "resolved"',
    "day": 'day = "day"',
    "contacts": 'contacts = "contacts"',
    "reopens": 'reopens = "reopens"',
    "rating": 'csat = { column = "rating", scale = "1-5" }',
    "complaint": 'complaint = "complaint"',
    "difficulty": 'difficulty = "difficulty"',
    "handle": 'handle_seconds = "handle"',
    "kind": 'kind = "kind"',
    "quantity": 'quantity = "quantity"',
    "score": 'score = "score"',
    "accepted": 'accepted = "accepted"',
}
_HELPDESK, _OTHERS = "demo-helpdesk", "demo-activities"
# How far back most of them lie: weeks before, months before, and the time since the last night.
_BACK = ((0, 5), (3, 12), (8, 35), (25, 80))


class Late:
    """Random corrections of the company in the database, up to the day `today`."""

    def __init__(self, folder: Path, seed: int, today: date) -> None:
        self.random, self.folder, self.today = Random(seed), folder, today
        self.number, self.files = 0, 0
        self.done: list[str] = []
        self.first = AgentDay.objects.order_by("day").values_list("day", flat=True)[0]
        newest = Ticket.objects.exclude(version=None).order_by("-version")
        self.version = (newest.values_list("version", flat=True).first() or 0) + 1
        self.held: list[str] = []

    def one(self) -> str:
        """Make one correction; returns what it was."""
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        with transaction.atomic():
            said = f"{kind.__name__[1:]} {kind(self) or ''}"
        self.done.append(said)
        return said

    def work_until(self, day: date) -> None:
        """The tickets of the days up to `day`, as the helpdesk exports them."""
        rows = []
        while self.today < day:
            self.today += ONE_DAY
            for agent in Person.objects.filter(
                memberships__starts_on__lte=self.today, left_on=None, is_active=True
            ).distinct().order_by("pk"):  # fmt: skip
                if self.today.weekday() < 5 or self.random.random() < 0.2:
                    many = self.random.randint(0, 5)
                    rows += [self._row(agent.key, self.today) for _each in range(many)]
        if rows:
            self.tickets(*rows)

    def tickets(self, *rows: dict[str, Any]) -> None:
        """Import rows of the helpdesk."""
        self._import(list(rows), "tickets", _HELPDESK)

    def _import(self, rows: list[dict[str, Any]], kind: str, source: str) -> None:
        self.files += 1
        self.version += 1
        rows = [row | {"version": self.version} for row in rows]
        head = [f'kind = "{kind}"', 'timezone = "UTC"', 'unknown_agents = "hold"', "[fields]"]
        mapping = "\n".join([*head, *(_FIELDS[name] for name in rows[0])])
        name = f"late-{self.files}.csv"
        run = import_rows(self.folder, rows, mapping=mapping, source=source, name=name)
        assert run.status == "done", run.message

    def _row(self, agent: str, day: date) -> dict[str, Any]:
        self.number += 1
        opened = datetime.combine(day, time(self.random.randint(1, 12), 0))
        replied = opened + timedelta(seconds=self.random.choice((10, 25, 40, 400)))
        rated = self.random.random() < 0.6
        return {
            "id": f"L{self.number}",
            "agent": agent,
            "channel": self.random.choice(("phone", "chat")),
            "status": "solved",
            "day": day.isoformat(),
            "opened": opened.isoformat() + "Z",
            "replied": replied.isoformat() + "Z",
            "resolved": (opened + timedelta(minutes=20)).isoformat() + "Z",
            "contacts": self.random.choice((1, 1, 1, 2)),
            "reopens": self.random.choice((0, 0, 0, 1)),
            "rating": self.random.choice((1, 3, 4, 5, 5, 5, 5)) if rated else "",
            "complaint": self.random.choice(("false", "false", "false", "true")),
            "difficulty": self.random.choice((1, 2, 5)),
            "handle": self.random.randint(60, 900),
        }

    def _day(self) -> date:
        least, most = self.random.choice(_BACK)
        return max(self.first, self.today - timedelta(days=self.random.randint(least, most)))

    def _agent(self) -> Person:
        found = Person.objects.filter(memberships__isnull=False).distinct().order_by("pk")
        people: list[Person] = list(found)
        return self.random.choice(people)

    def _ticket(self) -> Ticket | None:
        near = Ticket.objects.filter(source__name=_HELPDESK).exclude(agent=None)
        found = list(near.filter(day=self._day()).order_by("external_id")[:200])
        return self.random.choice(found) if found else None

    # What comes late.

    def _late_tickets(self) -> str:
        agent, day = self._agent(), self._day()
        many = self.random.randint(1, 6)
        self.tickets(*(self._row(agent.key, day) for _each in range(many)))
        return f"{many} of {agent.key} on {day}"

    def _changed_rating(self) -> str:
        return self._changed(rating=self.random.choice((1, 2, 5)))

    def _changed_work(self) -> str:
        return self._changed(
            reopens=self.random.randint(0, 3), contacts=self.random.randint(1, 3),
            handle=self.random.randint(30, 2000), complaint=self.random.choice(("true", "false")),
        )  # fmt: skip

    def _deleted(self) -> str:
        return self._changed(deleted=self.random.choice(("true", "true", "false")))

    def _another_agent(self) -> str:
        return self._changed(agent=self._agent().key)

    def _another_day(self) -> str:
        return self._changed(day=self._day().isoformat())

    def _changed(self, **fields: Any) -> str:
        ticket = self._ticket()
        if ticket is None:
            return "nothing"
        self.tickets(_known(ticket) | fields)
        return f"{ticket.external_id} {ticket.agent} {ticket.day} {fields}"

    def _whole_day_deleted(self) -> str:
        agent, day = self._agent(), self._day()
        ids = Ticket.objects.filter(source__name=_HELPDESK, agent=agent, day=day)
        rows = [_known(each) | {"deleted": "true"} for each in ids]
        if rows:
            self.tickets(*rows)
        return f"{agent.key} {day} {len(rows)}"

    def _late_activity(self) -> str:
        agent, day = self._agent(), self._day()
        self.number += 1
        kind = self.random.choice(("learning", "qa_review", "praise", "complaint", "kb_article"))
        row = {"id": f"A{self.number}", "agent": agent.key, "day": day.isoformat(), "kind": kind,
               "quantity": self.random.randint(1, 3), "score": self.random.randint(50, 100),
               "accepted": "true", "deleted": "false"}  # fmt: skip
        self._import([row], "activities", _OTHERS)
        return f"{kind} {agent.key} {day}"

    def _activity_deleted(self) -> str:
        found = Activity.objects.filter(source__name=_OTHERS, day=self._day()).exclude(agent=None)
        found = found.order_by("external_id")
        rows = [_known(each) | {"deleted": "true", "kind": each.kind} for each in found[:2]]
        if rows:
            self._import(rows, "activities", _OTHERS)
        return str(rows)

    def _someone_unknown_works(self) -> str:
        self.number += 1
        key = f"TEMP{self.number}"
        self.held.append(key)
        self.tickets(*(self._row(key, self._day()) for _each in range(self.random.randint(1, 8))))
        return key

    def _someone_becomes_known(self) -> str:
        if not self.held:
            return "nobody"
        key = self.held.pop(self.random.randrange(len(self.held)))
        person = self._agent()
        Alias.objects.create(person=person, source=_HELPDESK, key=key)
        return f"{key} is {person.key}"

    def _moved(self) -> str:
        person, day = self._agent(), self._day()
        team = self.random.choice(list(Team.objects.order_by("pk")))
        join_team(person=person, team=team, on=day)
        return f"{person.key} to {team.key} on {day}"

    def _left(self) -> str:
        person, day = self._agent(), self._day()
        try:
            with transaction.atomic():
                leave_company(person=person, on=day)
        except ValidationError:
            return "refused"
        return f"{person.key} on {day}"

    def _employment(self) -> str:
        """A people file tells another first day, last day, share of employment or name."""
        person = self._agent()
        told: dict[str, Any] = self.random.choice(
            (
                {"hired_on": self._day()},
                {"hired_on": self.first - timedelta(days=self.random.randint(0, 400))},
                {"left_on": self._day()},
                {"employment_share": Decimal(self.random.choice(("0.5", "0.75", "1")))},
                {"name": f"{self.random.choice('ABXYZ')} {person.key}"},
            )
        )
        upsert_people([{"key": person.key, **told}], on=self.today)
        return f"{person.key} {told}"

    def _returned(self) -> str:
        gone = list(Person.objects.exclude(left_on=None).order_by("pk"))
        if not gone:
            return "nobody"
        person = self.random.choice(gone)
        person.is_active, person.left_on = True, None
        person.save(update_fields=["is_active", "left_on"])
        join_team(person=person, team=self.random.choice(list(Team.objects.all())), on=self.today)
        return str(person.key)

    def _name_on_boards(self) -> str:
        person = self._agent()
        name = self.random.choice(("", f"Star {person.key}"))
        form = BoardAliasForm({"name": name}, person=person)
        assert form.is_valid()
        form.save()
        return f"{person.key} {name}"

    def _team_of_another_site(self) -> str:
        team = self.random.choice(list(Team.objects.order_by("pk")))
        team.site = self.random.choice(list(Site.objects.order_by("pk")))
        team.archived_on = self.random.choice((None, None, self._day()))
        team.name = self.random.choice("ABC") + team.name
        team.save()
        return f"{team.key} {team.site} {team.archived_on}"

    def _calendar(self) -> str:
        day = self._day()
        how = self.random.choice(list(CalendarDay.Treatment))
        changed = judge_days(
            [CalendarDay(day=day, treatment=how, factor=Decimal("0.8"), name_en="x")], keep=True
        )
        if changed:
            touch_days(changed)
        return f"{day} {how}"

    def _formula(self) -> str:
        kpi = Kpi.objects.get(key="handled")
        kpi.numerator = "handled + reopened" if kpi.numerator == "handled" else "handled"
        save_kpi(kpi=kpi, today=self.today)
        if self.random.random() < 0.5:
            apply_to_the_past(kpi=kpi)
        return kpi.numerator

    def _target(self) -> str:
        cards = Scorecard.objects.filter(status="published", ends_on=None).order_by("pk")
        before = self.random.choice(list(cards))
        on = max(self._day(), before.starts_on + ONE_DAY) if before.starts_on else self._day()
        items = list(before.items.all())
        card = Scorecard.objects.create(
            key=before.key, version=before.version + 1, name_en=before.name_en, role=before.role,
            level=before.level, team=before.team, channel=before.channel,
        )  # fmt: skip
        for item in items:
            if item.target is not None and item.floor is not None:
                item.target += (item.target - item.floor) / self.random.choice((10, -10))
        replace_items(card=card, items=items)
        publish(card=card, on=on, by=None)
        return f"{card.key} from {on}"

    def _season_moves(self) -> str:
        open_ = list(Season.objects.filter(closed_at=None).order_by("starts_on")[:2])
        if len(open_) < 2 or open_[0].ends_on < self.today:
            return "none"
        first, second = open_
        last = first.ends_on + timedelta(days=self.random.randint(-8, 8))
        if last <= first.starts_on:
            return "none"
        form = {"ends_on": last, "starts_on": first.starts_on, "name": first.name}
        later = {"ends_on": second.ends_on, "starts_on": last + ONE_DAY, "name": second.name}
        both = [(form, first), (later, second)]
        for told, season in both if last < first.ends_on else reversed(both):
            each = SeasonForm(told, instance=season)
            assert each.is_valid(), each.errors
            each.save()
        return f"{first.name} ends {last}"

    def _rule_ends(self) -> str:
        held = PointRule.objects.filter(status="published", ends_on=None, key__startswith="window")
        if held.count() < 3:
            return "none"
        rule, on = self.random.choice(list(held.order_by("pk"))), self._day()
        point_rules.end(rule=rule, on=on, today=self.today, by=None)
        return f"{rule.key} on {on}"


def _known(fact: Ticket | Activity) -> dict[str, Any]:
    """What every row of a fact has to say."""
    agent, day = fact.agent, fact.day
    assert agent is not None
    assert day is not None
    return {"id": fact.external_id, "agent": agent.key, "day": day.isoformat()}


#: Kinds of corrections and how often each comes.
KINDS: dict[Callable[[Late], str], int] = {
    Late._late_tickets: 20,
    Late._changed_rating: 16,
    Late._changed_work: 8,
    Late._deleted: 8,
    Late._another_agent: 8,
    Late._another_day: 6,
    Late._whole_day_deleted: 6,
    Late._late_activity: 8,
    Late._activity_deleted: 4,
    Late._someone_unknown_works: 3,
    Late._someone_becomes_known: 4,
    Late._moved: 8,
    Late._left: 2,
    Late._employment: 6,
    Late._returned: 2,
    Late._name_on_boards: 3,
    Late._team_of_another_site: 2,
    Late._calendar: 4,
    Late._formula: 1,
    Late._target: 2,
    Late._rule_ends: 1,
    Late._season_moves: 2,
}
