"""From export keys to people and teams."""

from __future__ import annotations

from incentives.org.models import Person, Team
from incentives.org.people import create_people, find_or_create_teams, find_people
from tests.org.cast import Cast


def test_people_are_found_by_key_then_by_the_keys_of_the_source_then_of_any_source(
    cast: Cast,
) -> None:
    cast.agent.aliases.create(source="", key="k1")
    cast.teammate.aliases.create(source="crm", key="k1")
    cast.stranger.aliases.create(source="crm", key="agent")
    assert find_people("crm", ["agent", "k1"]) == {"agent": cast.agent.pk, "k1": cast.teammate.pk}
    assert find_people("phone", ["k1"]) == {"k1": cast.agent.pk}
    assert find_people("", ["k1"]) == {"k1": cast.agent.pk}


def test_keys_match_exactly_after_trimming(cast: Cast) -> None:
    keys = [" agent ", "Agent", "agen", "", "\x00", "x" * 300]
    assert find_people("", keys) == {" agent ": cast.agent.pk}


def test_unknown_agents_become_people_without_login(db: None) -> None:
    named = {" 17 ": "Ana", "18": "", "": "nobody", "y" * 201: "too long"}
    ids = create_people(named)
    assert set(ids) == {" 17 ", "18"}
    ana = Person.objects.get(pk=ids[" 17 "])
    assert (ana.key, ana.display_name, ana.login) == ("17", "Ana", None)
    assert not ana.has_usable_password()
    assert Person.objects.get(pk=ids["18"]).display_name == "18"


def test_people_who_exist_already_keep_their_name(cast: Cast) -> None:
    assert create_people({"agent": "Somebody else"}) == {"agent": cast.agent.pk}
    assert cast.fresh("agent").display_name == "Agent"


def test_teams_are_found_by_key_then_by_name_and_else_made(cast: Cast) -> None:
    Team.objects.create(key="x", name="alpha")
    ids = find_or_create_teams(["alpha", "Beta", " Gamma ", ""])
    gamma = Team.objects.get(key="Gamma")
    assert ids == {"alpha": cast.alpha.pk, "Beta": cast.beta.pk, " Gamma ": gamma.pk}
    assert gamma.name == "Gamma"
    assert find_or_create_teams(["Gamma"]) == {"Gamma": gamma.pk}
