"""Mappings at work: each shipped one on rows as its system writes them."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from incentives.org.models import Company, Membership, Person
from scoring.ingest.errors import BadMapping
from scoring.ingest.mapping import parse
from scoring.models import Ticket


def test_a_score_may_be_given_in_percent(company: Company, tmp_path: Path) -> None:
    mapping = (
        'kind = "tickets"\n[fields]\nexternal_id = { column = "id" }\n'
        'agent = { column = "who" }\nopened_at = { column = "at" }\nchannel = { value = "chat" }\n'
        'qa_score = { column = "qa", unit = "percent" }\n'
    )
    path = tmp_path / "qa.toml"
    path.write_text(mapping)
    imported(tmp_path, "qa.csv", "id,who,at,qa\nA,ann,2026-03-02 10:00,94 %\n", str(path))
    assert ticket("A")["qa_score"] == 94
    with pytest.raises(BadMapping, match="which is no duration"):
        parse(mapping.replace("percent", "minutes"), name="qa")


@pytest.fixture
def company(db: None) -> Company:
    """A company whose days are UTC days."""
    Company.objects.update(time_zone="UTC")
    return Company.current()


def imported(folder: Path, name: str, text: str, mapping: str, code: int = 0) -> str:
    """Import a file with this text through the command line; returns what it told."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("ingest", path, source="helpdesk", mapping=mapping, stdout=told, stderr=told)
    assert ended.value.code == code, told.getvalue()
    return told.getvalue()


def ticket(external_id: str) -> dict[str, Any]:
    """The fields of a stored ticket, with keys for what it points to."""
    found = Ticket.objects.get(external_id=external_id)
    named = {name: getattr(found, name) for name in ("team", "channel")}
    keys = {name: value.key if value else None for name, value in named.items()}
    return {**vars(found), **keys, "agent": found.agent.key if found.agent else None}


def has(external_id: str, **expected: Any) -> None:
    """The stored ticket has these values."""
    stored = ticket(external_id)
    assert {name: stored[name] for name in expected} == expected


@pytest.mark.django_db
def test_zendesk_tickets_metrics_and_ratings(company: Company, tmp_path: Path) -> None:
    tickets_text = """{"tickets": [
     {"id": 360011071001, "generated_timestamp": 10, "assignee_id": 418284131934, "priority": "high",
      "status": "solved", "created_at": "2024-03-05T09:00:00Z", "via": {"channel": "chat"},
      "satisfaction_rating": {"score": "offered"}, "tags": [], "type": "question"},
     {"id": 2, "generated_timestamp": 10, "assignee_id": null, "priority": null, "status": "deleted",
      "created_at": "2024-03-05T23:30:00Z", "via": {"channel": "web"}, "satisfaction_rating": null},
     {"id": 3, "generated_timestamp": 10, "assignee_id": 418284131934, "status": "open",
      "created_at": "2024-03-06T09:00:00Z", "via": {"channel": "email"},
      "satisfaction_rating": {"score": "bad"}}], "end_of_stream": true, "count": 3}"""
    imported(tmp_path, "tickets.json", tickets_text, "zendesk")
    has(
        "360011071001",
        agent="418284131934",
        channel="chat",
        csat=None,
        resolved=True,
        deleted=False,
    )
    has("2", agent=None, deleted=True, channel="web")
    has("3", csat=1, satisfied=False, resolved=False)
    metrics = """{"ticket_metrics": [{"id": 9, "ticket_id": 360011071001, "reopens": 1, "replies": 1,
      "solved_at": "2024-03-05T10:30:00Z",
      "reply_time_in_minutes": {"calendar": 2, "business": 1},
      "full_resolution_time_in_minutes": {"calendar": 90, "business": 60},
      "on_hold_time_in_minutes": {"calendar": 0, "business": 0}}]}"""
    imported(tmp_path, "metrics.json", metrics, "zendesk-metrics")
    has("360011071001", first_response_seconds=120, resolution_seconds=5400, reopens=1)
    has("360011071001", first_contact=True, agent="418284131934", channel="chat")
    ratings = """{"satisfaction_ratings": [
      {"id": 1, "ticket_id": 360011071001, "score": "bad", "updated_at": "2024-03-06T10:00:00Z"},
      {"id": 1, "ticket_id": 360011071001, "score": "good", "updated_at": "2024-03-07T10:00:00Z"},
      {"id": 2, "ticket_id": 3, "score": "offered", "updated_at": "2024-03-07T10:00:00Z"}]}"""
    imported(tmp_path, "ratings.json", ratings, "zendesk-ratings")
    has("360011071001", csat=5, satisfied=True, praise=True, resolved=True)
    has("3", csat=1)


@pytest.mark.django_db
def test_zendesk_warehouse_tables(company: Company, tmp_path: Path) -> None:
    users = "id,email,name,role\n418284131934,a@example.com,Ana Ruiz,agent\n7,c@example.com,Cy,end-user\n"
    imported(tmp_path, "user.csv", users, "zendesk-table-users")
    assert list(
        Person.objects.filter(key="418284131934").values_list("display_name", flat=True)
    ) == ["Ana Ruiz"]
    assert not Person.objects.filter(key="7").exists()
    table = (
        "id,assignee_id,created_at,status,updated_at,via_channel,merged_ticket_ids\n"
        "1595,,2020-02-19 01:54:52,deleted,2020-02-19 01:55:11,web,[]\n"
        "16988,418284131934.0,2020-12-22 00:19:23,closed,2020-12-23 00:00:00,email,[]\n"
    )
    imported(tmp_path, "ticket.csv", table, "zendesk-tables")
    has("1595", deleted=True, agent=None)
    has("16988", agent="418284131934", resolved=True, deleted=False)


@pytest.mark.django_db
def test_freshdesk_export_and_api(company: Company, tmp_path: Path) -> None:
    export = (
        "Ticket ID,Status,Priority,Source,Type,Agent,Group,Created time,Resolved time,Closed time,"
        "Last update time,Initial response time,Agent interactions,First response status,"
        "Survey results,Tags\n"
        "101,Closed,High,Portal,Question,Ana,Billing,2024-03-05 09:00:00,2024-03-05 11:00:00,"
        "2024-03-06 11:00:00,2024-03-06 11:00:00,2024-03-05 09:10:00,1,Within SLA,Extremely happy,vip\n"
        "102,Waiting on Customer,Low,Chat,,No Agent,,2024-03-05 10:00:00,,,2024-03-05 10:00:00,,,,,\n"
    )
    imported(tmp_path, "export.csv", export, "freshdesk")
    has(
        "101", agent="Ana", team="Billing", channel="web", csat=5, first_contact=True, resolved=True
    )
    has("101", first_response_seconds=600, resolution_seconds=7200, first_response_within=True)
    has("102", agent=None, channel="chat", resolved=False, csat=None)
    api = """[{"id": 201, "status": 5, "priority": 2, "source": 3, "responder_id": 9001,
      "created_at": "2024-03-05T09:00:00Z", "updated_at": "2024-03-06T09:00:00Z", "spam": false,
      "stats": {"first_responded_at": "2024-03-05T09:01:00Z", "resolved_at": "2024-03-05T10:00:00Z",
      "closed_at": null}}]"""
    imported(tmp_path, "api.json", api, "freshdesk-api")
    has("201", agent="9001", channel="phone", status="closed", priority="medium", resolved=True)
    has("201", first_response_seconds=60, resolution_seconds=3600, deleted=False)


@pytest.mark.django_db
def test_chatwoot_conversations_and_ratings(company: Company, tmp_path: Path) -> None:
    api = """{"data": {"meta": {"all_count": 2}, "payload": [
      {"id": 41, "status": "resolved", "priority": null, "created_at": 1709629500,
       "first_reply_created_at": 1709629560, "updated_at": 1709640000.25, "timestamp": 1709640000,
       "meta": {"channel": "Channel::WebWidget", "assignee": {"id": 7, "name": "Ana Ruiz"},
                "team": {"id": 1, "name": "sales"}}},
      {"id": 42, "status": "open", "created_at": 1709629600, "first_reply_created_at": 0,
       "updated_at": 1709640000, "meta": {"channel": "Channel::Email"}}]}}"""
    imported(tmp_path, "conversations.json", api, "chatwoot")
    has("41", agent="7", team="sales", channel="chat", resolved=True, first_response_seconds=60)
    has("42", agent=None, channel="email", resolved=False, first_response_seconds=None)
    report = (
        "Agent Name,Rating,Feedback Comment,Contact Name,Link to the conversation,Recorded date\n"
        "Ana Ruiz,4,fine,Cy,https://chat.example.com/app/accounts/1/conversations/41,2024-03-05\n"
    )
    imported(tmp_path, "csat.csv", report, "chatwoot-csat")
    has("41", csat=4, satisfied=True, agent="7", resolved=True)


@pytest.mark.django_db
def test_intercom_conversations(company: Company, tmp_path: Path) -> None:
    api = """{"type": "conversation.list", "pages": {"page": 1}, "conversations": [
      {"id": "1295", "created_at": 1709629500, "updated_at": 1709640000, "state": "closed",
       "priority": "not_priority", "admin_assignee_id": 814860, "team_assignee_id": 55,
       "source": {"type": "conversation", "subject": ""},
       "conversation_rating": {"rating": 5, "remark": "great"},
       "statistics": {"time_to_admin_reply": 120, "time_to_last_close": 3600,
                      "last_close_at": 1709633100, "count_reopens": 1}},
      {"id": "1296", "created_at": 1709629500, "updated_at": 1709640000, "state": "open",
       "admin_assignee_id": 0, "source": {"type": "email", "subject": "Hi"},
       "conversation_rating": null, "statistics": null}]}"""
    imported(tmp_path, "conversations.json", api, "intercom")
    has("1295", agent="814860", channel="chat", csat=5, resolved=True, reopens=1, priority="normal")
    has("1295", first_response_seconds=120, resolution_seconds=3600)
    has("1296", agent=None, channel="email", resolved=False, csat=None)


@pytest.mark.django_db
def test_intercom_warehouse_tables(company: Company, tmp_path: Path) -> None:
    admins = "id,_fivetran_deleted,name\n4077639,false,Ana\n4077640,true,Gone\n"
    imported(tmp_path, "admin.csv", admins, "intercom-table-admins")
    assert Person.objects.filter(key="4077639", display_name="Ana").exists()
    assert not Person.objects.filter(key="4077640").exists()
    history = (
        "id,updated_at,assignee_id,assignee_type,created_at,state,source_type,"
        "conversation_rating_value,priority,_fivetran_active\n"
        "15,2020-10-29 00:26:06,4077639,admin,2020-10-28 23:59:37,open,conversation,,not_priority,false\n"
        "15,2020-10-30 00:26:06,4077639,admin,2020-10-28 23:59:37,closed,conversation,4,not_priority,TRUE\n"
    )
    imported(tmp_path, "conversation_history.csv", history, "intercom-tables")
    has("15", agent="4077639", resolved=True, csat=4, channel="chat")


@pytest.mark.django_db
def test_a_call_log_with_the_usual_columns(company: Company, tmp_path: Path) -> None:
    log = (
        "Call ID,Agent,Start time,Queue,Answered,Resolved,Wait time,Talk time,Hold time,Wrap time,CSAT\n"
        "c1,Ana,2024-03-05 09:00:00,Billing,Yes,Yes,12,3 min 5 s,0,30,5\n"
        "c2,-,2024-03-05 09:05:00,Billing,abandoned,No,45,,,,\n"
    )
    told = imported(tmp_path, "log.csv", log, "call-log", code=0)
    assert "0 rows and 0 fields rejected" in told
    has(
        "c1",
        agent="Ana",
        channel="phone",
        answered=True,
        handle_seconds=215,
        acw_seconds=30,
        csat=5,
    )
    has("c2", agent=None, answered=False, handled=False, answer_seconds=45)


@pytest.mark.django_db
def test_the_canonical_mapping_takes_our_own_column_names(company: Company, tmp_path: Path) -> None:
    people = "key,name,team,starts_on,role\nana,Ana Ruiz,billing,2024-01-01,agent\n"
    imported(tmp_path, "people.csv", people, "canonical-agents")
    assert Membership.objects.filter(person__key="ana", team__key="billing").exists()
    text = "external_id,agent,day,handled,csat,something\n1,ana,2024-03-05,yes,4,x\n"
    imported(tmp_path, "tickets.csv", text, "canonical")
    has("1", agent="ana", csat=4)
