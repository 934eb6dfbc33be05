"""What files may change about people who can sign in: nothing but what an administrator confirmed."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from incentives.org.addresses import is_confirmed
from incentives.org.models import Person, RoleGrant, Supervision
from incentives.org.people import leave_company
from scoring.figures.changes import Changes
from scoring.ingest.runs import perform
from scoring.models import Import
from scoring.nights.drop_folder import take_dropped_files
from tests.org.cast import Cast
from tests.scoring.imports import TICKETS
from tests.scoring.small_files import ticket
from tests.scoring.test_ingest_command import ingest
from tests.scoring.uploading import latest, make_mapping, send

HOSTILE = (
    "key,login,email,role,left_on,team,supervisor\n"
    "agent,boss,thief@example.com,hr,2026-01-31,,\n"
    "teammate,,,,,alpha,stranger\n"
)
CHANGES = [
    ("agent", "login name", "agent", "boss"),
    ("agent", "e-mail", "–", "thief@example.com"),
    ("supervisor", "supervises", "Alpha", "–"),
    ("stranger", "supervises", "–", "Alpha"),
    ("agent", "role", "–", "hr"),
]


def upload(client: Client, content: str = HOSTILE, **fields: Any) -> Import:
    send(client, content, name="people.csv", mapping="canonical-agents", source="hr", **fields)
    return latest()


def refused(run: Import) -> set[str]:
    return set(run.issues.values_list("field", flat=True))


def leads_alpha(cast: Cast) -> set[str]:
    rows = Supervision.objects.filter(team=cast.alpha, ends_on=None)
    return set(rows.values_list("person__key", flat=True))


def assert_untouched(cast: Cast, *, left_on: date | None = None) -> None:
    agent = cast.fresh("agent")
    assert (agent.login, agent.email, agent.left_on) == ("agent", "", left_on)
    assert not RoleGrant.objects.filter(person=agent).exists()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is imported in the test's own transaction."""
    monkeypatch.setattr("scoring.ingest.uploads.hand_over", perform)


@pytest.fixture
def administrator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.administrator)
    return client


def test_a_managers_file_changes_no_sign_ins(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    for fields in ({"dry_run": "on"}, {}):
        run = upload(client, **fields)
        assert run.status == "done"
        assert refused(run) == {"login", "email", "role", "left_on", "supervisor"}
        assert all(issue.reason.endswith(".") for issue in run.issues.all())
        assert run.sign_ins == []
    client.post(f"/imports/{latest().pk - 1}/again/", {"sign_ins": "on"})
    assert refused(latest()) == {"login", "email", "role", "left_on", "supervisor"}
    assert_untouched(cast)
    assert leads_alpha(cast) == {"supervisor"}


def test_what_else_such_a_row_says_is_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    run = upload(client, "key,email,employment_share\nagent,thief@example.com,0.5\n")
    assert refused(run) == {"email"}
    assert cast.fresh("agent").employment_share == pytest.approx(0.5)


def test_people_who_cannot_sign_in_are_free_to_be_changed(client: Client, cast: Cast) -> None:
    leave_company(person=cast.former, on=date(2026, 1, 31))
    client.force_login(cast.manager)
    run = upload(
        client,
        "key,login,email,role\nformer,f2,f@example.com,hr\nnew,newcomer,n@example.com,supervisor\n",
    )
    assert refused(run) == set()
    assert cast.fresh("former").email == "f@example.com"
    assert Person.objects.get(key="new").login == "newcomer"


def test_nobody_changes_themselves_by_a_file_that_they_send(client: Client, cast: Cast) -> None:
    client.force_login(cast.manager)
    run = upload(client, "key,team,employment_share,job\nmanager,alpha,0.1,chief\n")
    assert refused(run) == {"key"}
    assert not cast.manager.memberships.exists()
    assert not cast.manager.positions.exists()
    assert cast.fresh("manager").employment_share == 1


def test_an_administrator_confirms_what_a_dry_run_showed_and_nothing_else(
    administrator: Client, cast: Cast
) -> None:
    # Without a dry run, and after one without the confirmation, nothing of it is done.
    run = upload(administrator)
    assert refused(run) == {"login", "email", "role", "supervisor"}
    trial = upload(administrator, dry_run="on")
    page = administrator.get(f"/imports/{trial.pk}/")
    shown = [(c["key"], c["what"], c["before"], c["after"]) for c in page.context["sign_ins"]]
    assert shown == CHANGES
    assert "These sign-ins would change" in page.content.decode()
    administrator.post(f"/imports/{trial.pk}/again/")
    assert refused(latest()) == {"login", "email", "role", "supervisor"}
    assert_untouched(cast, left_on=date(2026, 1, 31))
    # What was shown was another file, or read in another way.
    Import.objects.filter(pk=trial.pk).update(digest="other")
    administrator.post(f"/imports/{trial.pk}/again/", {"sign_ins": "on"})
    assert_untouched(cast, left_on=date(2026, 1, 31))
    Import.objects.filter(pk=trial.pk).update(digest=trial.digest)
    # What has become different meanwhile was not shown.
    Person.objects.filter(pk=cast.agent.pk).update(email="own@example.com")
    administrator.post(f"/imports/{trial.pk}/again/", {"sign_ins": "on"})
    assert refused(latest()) == {"email"}
    agent = cast.fresh("agent")
    assert (agent.login, agent.email) == ("boss", "own@example.com")
    assert agent.role_grants.get().role == "hr"
    assert leads_alpha(cast) == {"stranger"}
    assert [change["field"] for change in latest().sign_ins] == [
        "login", "supervisor", "supervisor", "role"
    ]  # fmt: skip


def test_a_confirmed_address_from_a_file_still_gets_no_link(
    administrator: Client, cast: Cast
) -> None:
    trial = upload(administrator, "key,email\nagent,thief@example.com\n", dry_run="on")
    administrator.post(f"/imports/{trial.pk}/again/", {"sign_ins": "on"})
    assert cast.fresh("agent").email == "thief@example.com"
    assert not is_confirmed(cast.fresh("agent"))


def test_a_manager_does_not_see_the_addresses_of_an_administrators_dry_run(
    administrator: Client, client: Client, cast: Cast
) -> None:
    trial = upload(administrator, dry_run="on")
    client.force_login(cast.manager)
    assert "thief@example.com" not in client.get(f"/imports/{trial.pk}/").content.decode()
    # Nor is it theirs to confirm.
    client.post(f"/imports/{trial.pk}/again/", {"sign_ins": "on"})
    assert_untouched(cast)


def test_someone_who_is_no_administrator_any_more_confirms_nothing(
    administrator: Client, cast: Cast, monkeypatch: Any
) -> None:
    trial = upload(administrator, dry_run="on")
    monkeypatch.setattr("scoring.ingest.uploads.hand_over", lambda run: None)
    administrator.post(f"/imports/{trial.pk}/again/", {"sign_ins": "on"})
    RoleGrant.objects.filter(person=cast.administrator).delete()
    run = perform(Import.objects.get(pk=latest().pk))
    assert refused(run) == {"login", "email", "role", "left_on", "supervisor"}


def test_the_drop_folder_says_who_leaves_and_leads_but_changes_no_sign_ins(cast: Cast) -> None:
    path = Path(settings.DROP_FOLDER) / "hr" / "canonical-agents" / "people.csv"
    path.parent.mkdir(parents=True)
    path.write_text(HOSTILE)
    os.utime(path, (1, 1))
    take_dropped_files(Changes(as_of=date(2026, 3, 2)))
    assert refused(latest()) == {"login", "email", "role"}
    assert_untouched(cast, left_on=date(2026, 1, 31))
    assert not cast.fresh("agent").is_active
    assert leads_alpha(cast) == {"stranger"}


def test_the_command_line_lists_them_in_a_dry_run_and_asks_for_a_word(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("key,login,role\nagent,boss,hr\n")
    mapping = ("--mapping", "canonical-agents")
    dry = ingest(path, *mapping, "--dry-run", source="hr")
    assert "Agent (agent), login name: agent → boss" in dry.out
    ran = ingest(path, *mapping, source="hr")
    assert (ran.code, ran.err.count("an administrator changes it")) == (1, 2)
    assert_untouched(cast)
    assert ingest(path, *mapping, "--sign-ins", source="hr").code == 0
    assert cast.fresh("agent").login == "boss"


def test_tickets_do_not_make_their_sender_a_supervisor_nor_move_them(
    client: Client, cast: Cast
) -> None:
    text = TICKETS.replace('kind = "tickets"', 'kind = "tickets"\nteam_of = "agent"')
    make_mapping("t", text + 'supervisor = "boss"\n')
    client.force_login(cast.manager)
    rows = [
        ticket("T1", agent="manager", team="alpha", boss="manager"),
        ticket("T2", agent="agent", team="gamma", boss="manager"),
    ]
    header = list(rows[0])
    lines = [",".join(header), *(",".join(str(row[name]) for name in header) for row in rows)]
    send(client, "\n".join(lines) + "\n", mapping="t")
    run = latest()
    assert run.rows_new == 2
    assert [issue.field for issue in run.issues.all()] == ["supervisor", "supervisor"]
    assert leads_alpha(cast) == {"supervisor"}
    assert not cast.manager.memberships.exists()
    assert not cast.manager.supervisions.exists()
    assert cast.agent.memberships.filter(team__key="gamma").exists()
