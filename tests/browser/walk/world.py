"""A small demo company with one of everything that a page may be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from badges.awards import granting, versions
from badges.battles.publishing import fight_again
from badges.credentials import issuing
from badges.models import Badge, Battle, Credential, Quest
from badges.quests.claims import Evidence, claim
from badges.quests.making import make
from dashboards.models import Wallboard
from dashboards.wallboard.links import token_of
from dashboards.wallboard.scenes import choices
from incentives.capabilities import DemoStep, declared
from incentives.org.models import Company, Person, RoleGrant
from scoring.appeals import operations as appeals
from scoring.demo import fill, sign_ins
from scoring.demo.company import make_company
from scoring.demo.exports import write_files
from scoring.demo.plan import Plan
from scoring.goals import operations as goals
from scoring.models import CustomMeasure, Goal, Import, Kpi, Mapping, PointRule, Score, Scorecard
from scoring.points import awards, rules
from tests.scoring.uploading import TEXT

AGENTS, DAYS = 10, 35


@dataclass(frozen=True, slots=True)
class World:
    """Who looks at the pages, by role, the password of all of them, and addresses of special cases."""

    people: dict[str, Person]
    password: str
    more: list[str]


def make_world(folder: Path) -> World:
    """Import the demo's files, run a night, and add what only people make."""
    fill.set_up_company()
    today = Company.current().today()
    plan = Plan(AGENTS, DAYS, seed=3, last_day=today - timedelta(days=1))
    write_files(plan, make_company(plan), folder)
    for _run in fill.import_files(folder):
        pass
    password = sign_ins.set_up(folder)
    for part in declared(DemoStep):
        part.make(today)
    call_command("nightly", stdout=StringIO())
    Person.objects.update(locale="en")
    people = _people()
    return World(people, password, _make_by_hand(people))


def _people() -> dict[str, Person]:
    """One of each role; the supervisor leads the agent."""
    supervisor = Person.objects.get(key="S001")
    agent = (
        Person.objects.visible_to(supervisor).filter(pk__in=Score.objects.values("agent")).first()
    )
    assert agent is not None
    granted = {
        role: Person.objects.filter(
            pk__in=RoleGrant.objects.filter(role=role, site=None).values("person")
        ).first()
        for role in ("manager", "hr", "executive", "administrator")
    }
    found = {"agent": agent, "supervisor": supervisor, **granted}
    return {role: person for role, person in found.items() if person is not None}


def _make_by_hand(people: dict[str, Person]) -> list[str]:
    """What only people make; returns the addresses of what is linked beside others of its kind."""
    agent, supervisor = people["agent"], people["supervisor"]
    today = agent.company_today
    goal = Goal(
        title="Ratings of 95 %",
        kpi=Kpi.objects.get(key="csat"),
        target=95,
        agent=agent,
        starts_on=today.replace(day=1),
        ends_on=today + timedelta(days=20),
    )
    goals.propose(goal=goal, by=supervisor)
    score = Score.objects.filter(agent=agent, period="month").latest("starts_on")
    appeals.raise_about_score(
        agent=agent, score=score, text="The outage of Tuesday is in it.", on=today
    )
    awards.award(
        agent=agent, amount=20, reason="Stayed late for a customer.", by=supervisor, on=today
    )
    draft = Scorecard.objects.filter(status="published")[0].new_version(starts_on=None)
    with transaction.atomic():
        rules.new_version(
            rule=PointRule.objects.all()[0], starts_on=today + timedelta(days=7), by=None
        )
    Mapping.objects.create(name="Desk", kind="tickets", text=TEXT)
    CustomMeasure.objects.create(
        key="vip",
        name_en="Tickets with many contacts",
        definition={"measure": "count"},
    )
    screen = Wallboard.objects.create(
        title="Hall", scenes=[key for key, _name in choices(None)][:3], made_by=people["manager"]
    )
    quest = _claimed_quest(agent, supervisor)
    shared = _shared_badge(agent, supervisor)
    battle = fight_again(
        battle=Battle.objects.filter(status="settled")[0],
        by=people["manager"],
        starts_on=today + timedelta(days=30),
    )
    running = Battle.objects.get(status="published", starts_on__lte=today)
    spoilt = Import.objects.filter(rows_rejected__gt=0)[0]
    return [
        reverse("scoring:scorecard_publish", args=[draft.pk]),
        reverse("dashboards:wallboard_edit", args=[screen.pk]),
        reverse("dashboards:wall", args=[token_of(screen)]),
        reverse("scoring:import_rejected", args=[spoilt.pk]),
        reverse("badges:quest", args=[quest.pk]),
        reverse("badges:quest_evidence", args=[quest.claims.get().pk]),
        reverse("badges:battle_edit", args=[battle.pk]),
        reverse("badges:battle_publish", args=[battle.pk]),
        reverse("badges:battle_extend", args=[running.pk]),
        reverse("badges:battle_cancel", args=[running.pk]),
        reverse("badges:verify"),
        reverse("badges:verify_one", args=[shared.public_id]),
    ]


def _shared_badge(agent: Person, by: Person) -> Credential:
    """A badge that the agent has signed and shows to the public; its next version is a draft."""
    today = agent.company_today
    badge = Badge.objects.get(key="helping_hand")
    award = granting.grant(
        badge=badge,
        tier="gold",
        person=agent,
        by=by,
        reason="Took over three night shifts.",
        on=today,
        token=uuid4(),
    )
    with transaction.atomic():
        versions.new_version(badge=badge, starts_on=today + timedelta(days=7))
    signed = issuing.issue(
        award=award, by=agent, base="https://incentives.example", with_evidence=True
    )
    issuing.share(credential=signed)
    return signed


def _claimed_quest(agent: Person, supervisor: Person) -> Quest:
    """A quest of the team with a picture that waits for the supervisor's yes."""
    today = agent.company_today
    team = agent.memberships.active(on=today).get().team
    quest = Quest(
        name_en="A clearer signature",
        way="claimed",
        evidence="file",
        points=40,
        starts_on=today,
        ends_on=today + timedelta(days=2),
    )
    make(quest=quest, teams=[team], by=supervisor, today=today)
    picture = SimpleUploadedFile("before.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
    claim(quest=quest, by=agent, evidence=Evidence("In order", file=picture), on=today)
    return quest
