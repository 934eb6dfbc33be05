"""One of everything that an address can be about, for each scope: own, team, site, beyond, company."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partialmethod
from typing import Any
from uuid import uuid4

from django.utils import timezone

from badges.credentials import issuing
from badges.models import BadgeSet, Battle, BattleMember, QuestClaim, QuestTemplate
from badges.quests import files
from dashboards.models import Wallboard
from dashboards.wallboard.links import token_of
from incentives.org.models import Alias, Notice, Person, RoleGrant, Team
from scoring.models import (
    Appeal,
    CustomMeasure,
    Goal,
    Import,
    Leaderboard,
    Mapping,
    NightRun,
    PointDecision,
    PointEntry,
    PointRule,
    Scorecard,
    Season,
    Source,
)
from scoring.points.decisions import decide, teams_of
from scoring.points.occasions import Occasion, post
from scoring.scorecards import versions
from tests.badges.badge_data import badge_for_pages, won
from tests.badges.battle_data import amount
from tests.badges.quest_data import quest
from tests.factories import PersonFactory, SupervisionFactory, TeamFactory
from tests.org.cast import Cast
from tests.scoring.uploading import TEXT

#: o: the viewer's own; t: of team alpha (the agent's, the supervisor's); s: of another team of the
#: same site; b: of another site (beyond); c: of the whole company.
SCOPES = "otsbc"
ROLES = (
    "agent", "supervisor", "team_manager", "site_manager", "manager", "hr", "executive",
    "administrator",
)  # fmt: skip
Arguments = dict[str, Any]


@dataclass
class World:
    """The cast with a second team in the north, and what was made so far."""

    cast: Cast
    made: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cast = self.cast
        gamma = TeamFactory(key="gamma", name="Gamma", site=cast.north)
        self.teams: dict[str, Team | None] = {
            "t": cast.alpha, "s": gamma, "b": cast.beta, "c": None
        }  # fmt: skip
        self.members = {
            "t": cast.teammate, "s": PersonFactory(key="other", team=gamma), "b": cast.stranger
        }  # fmt: skip
        leader = PersonFactory(key="leader")
        SupervisionFactory(person=leader, team=gamma)
        self.leaders = {"t": cast.supervisor, "s": leader, "b": cast.other_supervisor}
        manager = PersonFactory(key="team_manager", role="manager", role__team=cast.alpha)
        self.viewers: dict[str, Person] = {
            role: manager if role == "team_manager" else getattr(cast, role) for role in ROLES
        }
        self.today = cast.agent.company_today

    def of(self, kind: str, scope: str, role: str) -> Any:
        """The thing of that kind and scope, made when it is first asked for."""
        known = (kind, scope, role if scope == "o" else "")
        if known not in self.made:
            self.made[known] = getattr(self, f"make_{kind}")(scope, role)
        return self.made[known]

    def person(self, scope: str, role: str) -> Person:
        """Whose things they are."""
        return self.viewers[role] if scope == "o" else self.members[scope]

    def make_person(self, scope: str, role: str) -> Person:
        return self.person(scope, role)

    def make_leader(self, scope: str, role: str) -> Person:
        return self.leaders[scope]

    def make_team(self, scope: str, role: str) -> Any:
        return self.teams[scope]

    def make_alias(self, scope: str, role: str) -> Alias:
        person = self.person(scope, role)
        return Alias.objects.create(person=person, key=f"also {person.pk}")

    def make_grant(self, scope: str, role: str) -> RoleGrant:
        person = self.person(scope, role)
        return RoleGrant.objects.get_or_create(person=person, role="agent", team=None, site=None)[0]

    def make_notice(self, scope: str, role: str) -> Notice:
        person = self.person(scope, role)
        words = {"name": "Someone", "title": "Better"}
        return Notice.objects.create(
            person=person, kind="goal_proposed", source_key="one", data=words
        )

    def make_goal(self, scope: str, role: str) -> Goal:
        return Goal.objects.create(
            title="Better", agent=self.person(scope, role), starts_on=self.today,
            ends_on=self.today + timedelta(days=9), proposed_by=self.cast.manager,
        )  # fmt: skip

    def make_appeal(self, scope: str, role: str) -> Appeal:
        return Appeal.objects.create(
            agent=self.person(scope, role), about="score", period="week", text="Not so.",
            day=self.today - timedelta(days=7), due_on=self.today + timedelta(days=3),
        )  # fmt: skip

    def make_entry(self, scope: str, role: str) -> Any:
        person, by = self.person(scope, role), self.cast.administrator
        decision = self.make_decision(scope, role)
        occasion = Occasion(
            agent=person.pk, amount=5, on=self.today, key=f"manual:{by.pk}:{decision.pk}",
            reason="Stayed calm for hours.", actor=by.pk, decision=decision.pk,
        )  # fmt: skip
        post([occasion], kind="manual")
        return PointEntry.objects.get(source_key=occasion.key)

    def make_decision(self, scope: str, role: str) -> PointDecision:
        person = self.person(scope, role)
        return decide(
            kind="award", by=self.cast.administrator, on=self.today, each=5,
            people=[person.pk], said={"en": "Stayed calm for hours."},
            teams=teams_of(person, on=self.today),
        )  # fmt: skip

    def make_award(self, scope: str, role: str) -> Any:
        return won(self.of("badge", "c", ""), self.person(scope, role))

    def make_credential(self, scope: str, role: str) -> Any:
        award = won(self.of("badge", "c", ""), self.cast.former)
        base = "https://incentives.example"
        signed = issuing.issue(award=award, by=award.person, base=base, with_evidence=False)
        issuing.share(credential=signed)
        return signed

    def make_quest(self, scope: str, role: str, way: str = "measured") -> Any:
        team, fields = self.teams[scope], {"way": "claimed"} if way == "claimed" else {}
        return quest(
            *([team] if team else []), start=self.today, days=3, name_en=f"{way} {scope}",
            made_by=self.cast.administrator, **fields,
        )  # fmt: skip

    def make_claim(self, scope: str, role: str) -> QuestClaim:
        person, team = self.person(scope, role), self.teams.get(scope) or self.cast.alpha
        path = files.where("evidence.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
        return QuestClaim.objects.create(
            quest=self.of("claimed_quest", "c", ""), person=person, team=team, subject=person.pk,
            number=1, text="Done", claimed_on=self.today, file_name="a.png", file_type="image/png",
            file_path="evidence.png",
        )  # fmt: skip

    def make_claimed_quest(self, scope: str, role: str) -> Any:
        return self.make_quest(scope, role, way="claimed")

    def _rule(self, scope: str, role: str, *, status: str) -> PointRule:
        team = self.teams[scope]
        return PointRule.objects.create(
            key=f"{status}_{scope}", name_en="Rule", per="unit", expression="handled", amount=1,
            starts_on=self.today, status=status, applies_to={"teams": [team.pk]} if team else {},
        )  # fmt: skip

    make_rule = partialmethod(_rule, status="published")
    make_rule_draft = partialmethod(_rule, status="draft")

    def make_board(self, scope: str, role: str) -> Leaderboard:
        return Leaderboard.objects.create(
            key=f"board-{scope}", name_en="Board", team=self.teams[scope]
        )

    def make_card_draft(self, scope: str, role: str) -> Scorecard:
        general = Scorecard.objects.filter(status="published", team=None)[0]
        team = self.teams[scope]
        if team is None:
            return general.new_version(starts_on=None)
        return versions.copy_for_team(card=general, team=team)

    def make_card(self, scope: str, role: str) -> Scorecard:
        if self.teams[scope] is None:
            return Scorecard.objects.filter(status="published", team=None)[0]
        card = self.make_card_draft(scope, role)
        Scorecard.objects.filter(pk=card.pk).update(
            status="published", starts_on=self.today, published_at=timezone.now()
        )
        return card

    def make_battle_draft(self, scope: str, role: str) -> Battle:
        team = self.teams[scope]
        made = Battle.objects.create(
            name_en="Dragon", starts_on=self.today, ends_on=self.today + timedelta(days=3),
            made_by=self.cast.administrator,
        )  # fmt: skip
        made.teams.set([team] if team else [])
        objective = amount(9)
        objective.battle = made
        objective.save()
        return made

    def make_battle(self, scope: str, role: str) -> Battle:
        made = self.make_battle_draft(scope, role)
        made.status = Battle.Status.PUBLISHED
        made.save()
        return made

    def make_guest(self, scope: str, role: str) -> BattleMember:
        return BattleMember.objects.create(
            battle=self.of("battle", scope, ""), person=self.cast.former, team=self.teams[scope],
            joined_on=self.today, how="guest",
        )  # fmt: skip

    def make_wallboard(self, scope: str, role: str) -> Wallboard:
        return Wallboard.objects.create(
            title="Hall", team=self.teams[scope], made_by=self.cast.administrator
        )

    def make_badge(self, scope: str, role: str) -> Any:
        return badge_for_pages("praise", today=self.today, way="granted")

    def make_badge_draft(self, scope: str, role: str) -> Any:
        return badge_for_pages("coming", today=self.today, way="granted", status="draft")

    def make_set(self, scope: str, role: str) -> BadgeSet:
        return BadgeSet.objects.create(key="all", name_en="All", starts_on=self.today)

    def make_template(self, scope: str, role: str) -> QuestTemplate:
        return QuestTemplate.objects.filter(archived_on=None)[0]

    def make_measure(self, scope: str, role: str) -> CustomMeasure:
        return CustomMeasure.objects.create(
            key="vip", name_en="Some", definition={"measure": "count"}
        )

    def make_season(self, scope: str, role: str) -> Season:
        first = self.today - timedelta(days=60)
        return Season.objects.create(name="Old", starts_on=first, ends_on=first)

    def make_mapping(self, scope: str, role: str) -> Mapping:
        return Mapping.objects.create(name="desk", kind="tickets", text=TEXT)

    def make_import(self, scope: str, role: str) -> Import:
        source = Source.objects.create(name="desk")
        return Import.objects.create(
            source=source, kind="tickets", mapping_name="desk", mapping_text=TEXT, status="done",
            file_name="tickets.csv", file_path="gone.csv", finished_at=timezone.now(),
        )  # fmt: skip

    def make_night(self, scope: str, role: str) -> NightRun:
        return NightRun.objects.create(as_of=self.today, status="done", origin="page")


def arguments(world: World, name: str, scope: str, role: str) -> Arguments:
    """What stands in the address of a route, for a thing of that scope."""
    kind, more = KINDS[name]
    found: Arguments = {"day": world.today - timedelta(days=1)} if more == "day" else {}
    thing = world.of(kind, scope, role)
    if more in ("alias", "grant"):
        return {"pk": thing.pk, more: world.of(more, scope, role).pk}
    if more == "member":
        return {"pk": thing.pk, more: world.of("guest", scope, role).pk}
    if more == "token":
        return {"token": token_of(thing)}
    if more in ("key", "public_id"):
        return {more: getattr(thing, more)}
    if more == "file":
        return {"public_id": thing.public_id, "kind": "svg"}
    return found | {"pk": thing.pk}


#: Arguments that mean the same for everyone.
FIXED: dict[str, Arguments] = {
    "scoring:kpi": {"key": "csat"},
    "scoring:kpi_edit": {"key": "csat"},
    "scoring:kpi_past": {"key": "csat"},
    "scoring:kpi_remove": {"key": "csat"},
    "scoring:criteria_builder": {"prefix": "criteria"},
    "scoring:calendar_year": {"year": 2026},
    "scoring:mapping_shipped": {"name": "call-log"},
    # Files of a wizard belong to the session that sent them; nobody here has sent one.
    "scoring:wizard_columns": {"token": "x"},
    "scoring:wizard_check": {"token": "x"},
    "scoring:wizard_save": {"token": "x"},
    "badges:status_list": {"number": 0},
    "badges:achievement": {"key": "helping_hand", "version": 1, "tier": "gold"},
    "badges:achievement_picture": {"key": "helping_hand", "version": 1, "tier": "gold"},
    "badges:verify_one": {"public_id": uuid4()},
    "badges:public_file": {"public_id": uuid4(), "kind": "svg"},
}
#: The scopes that things of a kind have.
SCOPES_OF = {
    **dict.fromkeys(("person", "notice", "goal", "appeal", "entry", "decision", "award", "claim"), "otsb"),
    **dict.fromkeys(("leader", "team"), "tsb"),
    **dict.fromkeys(
        ("rule", "rule_draft", "board", "card", "card_draft", "battle", "battle_draft", "quest",
         "claimed_quest", "wallboard"), "tsbc",
    ),
}  # fmt: skip


#: The addresses that a kind of thing is behind, with the field that an address names it by.
_ADDRESSES = {
    "person": (
        "org:person org:edit_person org:set_password org:join_team org:set_position org:leave"
        " org:let_in org:add_alias org:remove_alias/alias org:add_role org:remove_role/grant"
        " scoring:explain/day scoring:points_of scoring:kpi_agent scoring:agent_day/day"
        " badges:cabinet_of dashboards:person_analytics"
    ),
    "notice": "org:notice_open",
    "team": "org:team org:edit_team org:set_supervisor",
    "leader": "scoring:set_award_budget",
    "goal": (
        "scoring:goal scoring:goal_edit scoring:goal_acknowledge scoring:goal_withdraw"
        " scoring:goal_assess"
    ),
    "appeal": "scoring:appeal scoring:appeal_withdraw scoring:appeal_hand_on",
    "entry": "scoring:take_back_award",
    "decision": "scoring:decision",
    "rule": "scoring:point_rule scoring:point_rule_version scoring:point_rule_end",
    "rule_draft": ("scoring:point_rule_edit scoring:point_rule_publish scoring:point_rule_delete"),
    "season": "scoring:season scoring:season_edit scoring:season_close",
    "board": "scoring:board/key scoring:board_edit/key scoring:board_archive/key",
    "measure": "scoring:measure_edit/key scoring:measure_remove/key",
    "import": ("scoring:import scoring:import_again scoring:import_rejected scoring:import_repair"),
    "mapping": "scoring:mapping_edit scoring:mapping_delete",
    "night": "scoring:night",
    "card": (
        "scoring:scorecard scoring:scorecard_revise scoring:scorecard_copy"
        " scoring:scorecard_retire scoring:scorecard_acknowledge"
    ),
    "card_draft": ("scoring:scorecard_edit scoring:scorecard_publish scoring:scorecard_discard"),
    "award": (
        "badges:award/public_id badges:revoke/public_id badges:credential/public_id"
        " badges:own_file/file"
    ),
    "set": "badges:set_edit/key badges:set_archive/key",
    "badge": "badges:badge/key badges:grant/key badges:badge_version/key badges:badge_archive/key",
    "badge_draft": "badges:badge_edit/key badges:badge_publish/key badges:badge_delete/key",
    "template": "badges:quest_template badges:quest_template_archive",
    "quest": "badges:quest badges:quest_cancel",
    "claimed_quest": "badges:quest_claim",
    "claim": "badges:quest_refuse badges:quest_withdraw badges:quest_evidence",
    "battle": (
        "badges:battle badges:battle_extend badges:battle_cancel badges:battle_again"
        " badges:battle_guests badges:battle_guest_leaves/member"
    ),
    "battle_draft": (
        "badges:battle_edit badges:battle_publish badges:battle_rehearse badges:battle_delete"
    ),
    "wallboard": (
        "dashboards:wallboard_edit dashboards:wallboard_link dashboards:wallboard_switch"
        " dashboards:wall/token dashboards:wall_scenes/token"
    ),
}
KINDS: dict[str, tuple[str, str]] = {
    name.partition("/")[0]: (kind, name.partition("/")[2])
    for kind, names in _ADDRESSES.items()
    for name in names.split()
}
