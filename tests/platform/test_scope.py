"""Rules of the company are the company's: what managers of one site or team may change, and see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from badges.models import Battle
from dashboards.models import Wallboard
from incentives.org.access import may_change
from incentives.org.models import Person, RoleGrant
from incentives.org.refusals import Refused
from incentives.org.roles import grant_role
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.goals.operations import side_of
from scoring.models import Goal, Kpi, Leaderboard, PointRule, Scorecard
from scoring.points import budgets, giving, rules
from scoring.scorecards import versions
from tests.factories import PersonFactory, TeamFactory
from tests.org.cast import Cast
from tests.scoring.board_data import give
from tests.scoring.points_data import MONDAY, after, rule
from tests.scoring.test_point_rules import FORM

pytestmark = pytest.mark.django_db
BOARD = {
    "name_en": "Ours", "subject": "agent", "by": "points", "period": "week", "listing": "best",
    "within": "company", "league": "all", "least": "0", "shown": "10",
}  # fmt: skip


def send(client: Client, who: Person, name: str, *args: Any, **data: Any) -> Any:
    client.force_login(who)
    return client.post(reverse(name, args=args), data)


def of_team(team: Any) -> dict[str, Any]:
    return {"applies_to": {"teams": [team.pk]}}


def test_one_question_says_who_may_change_what(cast: Cast) -> None:
    team_manager = PersonFactory(key="lead", role="manager", role__team=cast.alpha)
    both = PersonFactory(key="both", role="manager", role__site=cast.north)
    grant_role(person=both, role="hr")
    asked: list[dict[str, Any]] = [
        {}, {"site": cast.north}, {"site": cast.south}, {"teams": [cast.alpha]},
        {"teams": [cast.beta]}, {"teams": [cast.alpha, cast.beta]},
        {"teams": [cast.alpha], "site": cast.south},
    ]  # fmt: skip
    may = {
        person.key: [may_change(person, **each) for each in asked]
        for person in (cast.manager, cast.site_manager, team_manager, both, cast.hr)
    }
    assert may == {
        "manager": [True] * 7,
        "site_manager": [False, True, False, True, False, False, True],
        "lead": [False, False, False, True, False, False, True],
        # Seeing everyone is not running everything.
        "both": [False, True, False, True, False, False, True],
        "hr": [False] * 7,
    }
    assert both.sees_everyone
    assert not both.runs_the_company


def test_a_site_managers_rule_is_for_their_site_never_for_everyone(
    cast: Cast, client: Client
) -> None:
    gamma = TeamFactory(key="gamma", site=cast.north)
    send(client, cast.site_manager, "scoring:point_rule_new", **FORM, publish="1")
    made = PointRule.objects.get(key="calls")
    assert made.is_published
    assert made.applies_to == {"teams": sorted([cast.alpha.pk, gamma.pk])}
    elsewhere = {**FORM, "key": "other", "teams": cast.beta.pk}
    answer = send(client, cast.site_manager, "scoring:point_rule_new", **elsewhere)
    assert answer.status_code == 422
    assert not PointRule.objects.filter(key="other").exists()
    send(client, cast.manager, "scoring:point_rule_new", **{**FORM, "key": "all"})
    assert PointRule.objects.get(key="all").applies_to == {}


@pytest.mark.parametrize("action", ["publish", "version", "end", "delete", "edit"])
def test_nobody_takes_a_rule_of_the_company_over_by_narrowing_it(
    cast: Cast, client: Client, action: str
) -> None:
    everyones = rule(starts_on=MONDAY)
    draft = rules.new_version(rule=everyones, starts_on=after(7), by=cast.manager)
    draft.applies_to = {"teams": [cast.alpha.pk]}
    rules.save_draft(rule=draft, by=cast.manager)
    form = {**FORM, "on": "2027-03-02"}
    for number, status in ((everyones.pk, 404 if action == "edit" else 403), (draft.pk, 404)):
        answer = send(client, cast.site_manager, f"scoring:point_rule_{action}", number, **form)
        assert answer.status_code == status
    everyones.refresh_from_db()
    draft.refresh_from_db()
    assert (everyones.ends_on, draft.is_published) == (None, False)


def test_operations_on_rules_ask_themselves_whose_they_are(cast: Cast) -> None:
    everyones, own = rule(starts_on=MONDAY), rule("own", starts_on=MONDAY, **of_team(cast.alpha))
    by = cast.site_manager
    draft = PointRule(
        key="new", name_en="New", per="unit", expression="handled", amount=1, starts_on=MONDAY
    )
    with pytest.raises(Refused):
        rules.save_draft(rule=draft, by=by)
    with pytest.raises(Refused):
        rules.new_version(rule=everyones, starts_on=after(7), by=by)
    with pytest.raises(Refused):
        rules.end(rule=everyones, on=after(9), today=after(8), by=by)
    version = rules.new_version(rule=own, starts_on=after(7), by=by)
    assert rules.publish(rule=version, by=by).is_published
    assert rules.end(rule=version, on=after(9), today=after(8), by=by).ends_on == after(9)


def test_a_site_managers_board_is_of_their_site_and_its_preview_too(
    cast: Cast, client: Client
) -> None:
    Leaderboard.objects.all().delete()
    for number, person in enumerate([cast.agent, cast.stranger]):
        give(person, 100 + number, MONDAY)
    refresh_boards(Changes(as_of=MONDAY))
    by = cast.site_manager
    limit: dict[str, Any]
    for limit in ({}, {"team": cast.alpha.pk}, {"site": cast.north.pk}):
        shown = send(client, by, "scoring:board_new", **BOARD, **limit, preview="1")
        assert "Stranger" not in shown.content.decode()
    for limit in ({"team": cast.beta.pk}, {"site": cast.south.pk}):
        shown = send(client, by, "scoring:board_new", **BOARD, **limit, preview="1")
        assert shown.context["preview"] is None
        assert send(client, by, "scoring:board_new", **BOARD, **limit).status_code == 422
    send(client, by, "scoring:board_new", **BOARD)
    assert [board.site for board in Leaderboard.objects.all()] == [cast.north]


def test_boards_of_others_are_left_alone(cast: Cast, client: Client) -> None:
    limits: dict[str, dict[str, Any]] = {"everyones": {}, "south": {"site": cast.south}, "beta": {"team": cast.beta},
              "north": {"site": cast.north}}  # fmt: skip
    for key, limit in limits.items():
        Leaderboard.objects.create(key=key, name_en=key, **limit)
    form = {**BOARD, "site": cast.north.pk, "action": "archive"}
    answers = {
        key: [
            send(client, cast.site_manager, f"scoring:board_{verb}", key, **form).status_code
            for verb in ("edit", "archive")
        ]
        for key in limits
    }
    assert answers == {"everyones": [403, 403], "south": [404, 404], "beta": [404, 404],
                       "north": [302, 302]}  # fmt: skip
    assert list(Leaderboard.objects.filter(archived=True).values_list("key", flat=True)) == [
        "north"
    ]


def test_a_scorecard_of_the_company_is_not_ended_by_a_teams_version(cast: Cast) -> None:
    card = Scorecard.objects.filter(status="published", team=None)[0]
    narrowed = card.new_version(starts_on=None)
    narrowed.team = cast.alpha
    narrowed.save()
    own = versions.copy_for_team(card=card, team=cast.alpha)
    assert list(versions.editable_by(cast.site_manager)) == [own]
    with pytest.raises(Refused):
        versions.publish(card=narrowed, on=after(7), by=cast.site_manager)
    # Drafts are read by those whom they concern.
    assert narrowed in versions.readable_by(cast.supervisor)
    assert narrowed not in versions.readable_by(cast.other_supervisor)


def test_a_battle_without_teams_is_not_worked_out_for_whoever_leads_some(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "badges.battles.proposing.propose", lambda **how: asked.append(how["teams"])
    )
    first = cast.agent.company_today
    form = {
        "name_en": "Dragon", "creature": "dragon", "starts_on": first, "ends_on": first,
        "points": "10", "consolation": "0", "consolation_floor": "0", "settlement_days": "1",
        "combine": "all", "objective-0-what": "=handled", "objective-0-op": ">=", "objective-0-target": "9", "preview": "1",
    }  # fmt: skip
    send(client, cast.supervisor, "badges:battle_new", **form)
    send(client, cast.supervisor, "badges:battle_new", **form, teams=cast.beta.pk)
    assert asked == []
    send(client, cast.supervisor, "badges:battle_new", **form, teams=cast.alpha.pk)
    send(client, cast.manager, "badges:battle_new", **form)
    assert asked == [[cast.alpha], []]
    assert not Battle.objects.exists()


def test_hr_who_supervise_a_team_decide_for_that_team_only(cast: Cast) -> None:
    from badges.battles.publishing import may_run
    from badges.quests.making import may_address_everyone, teams_for

    RoleGrant.objects.create(person=cast.supervisor, role="hr")
    RoleGrant.objects.create(person=cast.supervisor, role="manager", team=cast.alpha)
    both = cast.fresh("supervisor")
    assert not may_run(both, [])
    assert not may_run(both, [cast.beta])
    assert may_run(both, [cast.alpha])
    assert not may_address_everyone(both)
    assert list(teams_for(both)) == [cast.alpha]
    assert set(giving.recipients(both)) == {cast.agent, cast.teammate, cast.former}
    assert cast.other_supervisor not in budgets.budget_holders(setter=both)
    goal = Goal(agent=cast.stranger, starts_on=MONDAY, ends_on=after(6))
    assert side_of(goal, both) is None
    assert side_of(goal, cast.other_supervisor) == "supervisor"
    screen = Wallboard.objects.create(title="Hall", team=cast.beta, made_by=cast.manager)
    assert screen not in Wallboard.objects.managed_by(both)


def test_the_catalogue_and_its_targets_are_the_companys(cast: Cast, client: Client) -> None:
    target = Kpi.objects.get(key="csat").target
    for name, args, data in (
        ("kpi_edit", ["csat"], {"target": "1"}),
        ("kpi_remove", ["csat"], {"action": "archive"}),
        ("measure_new", [], {}),
        ("season_new", [], {}),
        ("calendar", [], {"action": "place", "country": "DE"}),
    ):
        answer = send(client, cast.site_manager, f"scoring:{name}", *args, **data)
        assert answer.status_code == 403
    stored = Kpi.objects.get(key="csat")
    assert (stored.target, stored.archived) == (target, False)
    client.force_login(cast.site_manager)
    for name in ("kpi_catalogue", "seasons", "calendar", "point_rules"):
        assert client.get(reverse(f"scoring:{name}")).status_code == 200
