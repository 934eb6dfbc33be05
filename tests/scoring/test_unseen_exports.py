"""Exports in shapes that people meet in the wild, read with mappings from the documentation alone.

The files are made here; their columns, codes and quirks are those of widespread public data sets.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.management import call_command

from incentives.org.models import Company, Supervision
from scoring.figures.kpis import figures
from scoring.figures.query import Grouping
from scoring.figures.windows import Period
from scoring.models import Activity, Import, QueueInterval, Ticket

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mappings.md"
Ingest = Callable[..., Import]


@pytest.fixture
def ingest(db: None, tmp_path: Path) -> Ingest:
    """Import lines of text, or a file, with a mapping's text through the command line."""
    Company.objects.update(time_zone="UTC")

    def run(lines: str | Path, mapping: str, *, encoding: str = "utf-8", code: int = 0) -> Import:
        text = tmp_path / "mapping.toml"
        text.write_text(mapping, encoding="utf-8")
        path = lines if isinstance(lines, Path) else tmp_path / "export.csv"
        if isinstance(lines, str):
            path.write_text(lines, encoding=encoding)
        told = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command(
                "ingest", path, source="unseen", mapping=str(text), stdout=told, stderr=told
            )
        assert ended.value.code == code, told.getvalue()
        return Import.objects.order_by("-pk")[0]

    return run


def recipe(description: str) -> str:
    """The documentation's mapping with this description."""
    found = re.findall(r"^```toml\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.M | re.S)
    return next(str(text) for text in found if f'description = "{description}' in text)


def ticket(external_id: str, *names: str) -> list[Any]:
    """Fields of a stored ticket; the names of its agent, team and channel."""
    found = Ticket.objects.get(external_id=external_id)
    got = [getattr(found, name) for name in names]
    return [getattr(value, "key", value) for value in got]


def figure(metric: str) -> Decimal | None:
    """A KPI of the company over everything."""
    return figures(by=Grouping.COMPANY, period=Period.ALL, metrics=[metric])[0].value


def test_the_documents_first_example(ingest: Ingest) -> None:
    lines = re.search(r"```text\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S)
    assert lines is not None
    ingest(lines[1], recipe("Support tickets of the old helpdesk."))
    assert ticket("#88121", "agent", "team", "channel") == ["Ana Ruiz", "Billing", "phone"]
    assert ticket("#88121", "resolved", "first_contact", "csat") == [True, True, Decimal("4.2")]
    assert ticket("#88121", "first_response_seconds", "handle_seconds") == [480, 750]
    assert ticket("#88121", "satisfied") == [True]
    assert ticket("#88122", "resolved", "csat", "handle_seconds") == [False, None, None]


def test_an_incident_log_with_a_row_for_each_update(ingest: Ingest) -> None:
    lines = (
        "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,"
        "opened_at,contact_type,category,priority,assignment_group,assigned_to,resolved_at,closed_at\n"
        "INC1,New,true,0,0,0,true,29/2/2016 01:16,Phone,Category 55,3 - Moderate,Group 56,?,"
        "29/2/2016 11:29,5/3/2016 12:00\n"
        "INC1,Closed,false,0,1,10,false,29/2/2016 01:16,Phone,Category 55,3 - Moderate,Group 56,"
        "Resolver 89,29/2/2016 11:29,5/3/2016 12:00\n"
        "INC1,Resolved,true,0,0,9,true,29/2/2016 01:16,Phone,Category 55,2 - High,Group 56,"
        "Resolver 89,29/2/2016 11:29,5/3/2016 12:00\n"
        "INC2,-100,true,2,0,3,true,1/3/2016 9:05,Email,?,4 - Low,?,?,?,?\n"
    )
    run = ingest(lines, recipe("Incident log"))
    assert (run.rows_read, run.rows_new, run.rows_rejected) == (4, 2, 0)
    assert ticket("INC1", "agent", "team", "priority") == ["Resolver 89", "Group 56", "Moderate"]
    assert ticket("INC1", "resolved", "reopens", "resolution_seconds") == [True, 1, 36_780]
    assert Ticket.objects.get(external_id="INC1").extra == {"made_sla": "false"}
    assert ticket("INC2", "agent", "status", "resolved", "topic") == [None, None, False, None]


def test_shop_support_with_handling_times_and_surveys(ingest: Ingest) -> None:
    lines = (
        "Unique id,channel_name,category,Sub-category,Customer Remarks,Order_id,order_date_time,"
        "Issue_reported at,issue_responded,Survey_response_Date,Customer_City,Product_category,"
        "Item_price,connected_handling_time,Agent_name,Supervisor,Manager,Tenure Bucket,Agent Shift,"
        "CSAT Score\n"
        "7e9a,Outcall,Product Queries,Life Insurance,,c27c,,01/08/2023 11:13,01/08/2023 11:47,"
        "01-Aug-23,,,,,Richard Buchanan,Mason Gupta,Jennifer Nguyen,On Job Training,Morning,5\n"
        'b07e,Inbound,Cancellation,Cancel,"Slow, again",d406,,02/08/2023 12:52,02/08/2023 12:54,'
        "02-Aug-23,Pune,Mobile,999.5,303.0,Vicki Collins,Dylan Kim,Michael Lee,>90,Evening,1\n"
    )
    run = ingest(lines, recipe("Contacts of a shop"))
    assert (run.rows_new, run.fields_rejected) == (2, 0)
    assert ticket("7e9a", "first_response_seconds", "handle_seconds", "csat") == [2040, None, 5]
    assert ticket("b07e", "handle_seconds", "channel") == [303, "phone"]
    assert Ticket.objects.get(external_id="b07e").extra == {"shift": "Evening", "tenure": ">90"}
    teams = Supervision.objects.values_list("team__key", "person__key")
    assert ("Dylan Kim", "Dylan Kim") in teams


def test_tickets_whose_time_to_resolution_is_a_timestamp(ingest: Ingest) -> None:
    lines = (
        "Ticket ID,Ticket Type,Ticket Status,Ticket Channel,First Response Time,Time to Resolution,"
        "Customer Satisfaction Rating\n"
        "1,Refund request,Closed,Social media,2023-06-01 11:14:38,2023-06-01 18:05:38,3.0\n"
        "2,Billing inquiry,Open,Email,,,\n"
        "3,Billing inquiry,Closed,Chat,2023-06-01 15:46:00,2023-05-31 23:51:00,5.0\n"
    )
    run = ingest(lines, recipe("Tickets that only know"), code=1)
    assert (run.rows_rejected, run.fields_rejected) == (0, 1)
    assert ticket("1", "resolution_seconds", "channel", "csat") == [24_660, "social", 3]
    assert ticket("3", "resolution_seconds", "resolved") == [None, True]
    assert Ticket.objects.get(external_id="2").day is not None
    assert figure("handled") == 3


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_chinese_export(ingest: Ingest, encoding: str) -> None:
    lines = (
        "会话编号,工号,客服姓名,班组,渠道,开始时间,首次响应时长,会话时长,是否解决,满意度\n"
        "S-1,0012,王芳,售后一组,在线客服,2024年3月5日 9时05分,12秒,5.5,是,非常满意\n"
        "S-2,0012,王芳,售后一组,电话,2024/3/5 下午 3:05,1分30秒,10,否,未评价\n"
        "S-3,0013,李娜,售后二组,微信,2024年3月5日,,,是,-\n"
    )
    run = ingest(lines, recipe("在线客服会话"), encoding=encoding)
    assert (run.rows_new, run.fields_rejected) == (3, 0)
    assert ticket("S-1", "agent", "team", "channel") == ["0012", "售后一组", "chat"]
    assert ticket("S-1", "first_response_seconds", "handle_seconds", "csat") == [12, 330, 5]
    assert ticket("S-2", "first_response_seconds", "resolved", "csat") == [90, False, None]
    assert str(Ticket.objects.get(external_id="S-2").opened_at) == "2024-03-05 07:05:00+00:00"
    assert ticket("S-3", "channel") == ["social"]


def test_city_requests_with_american_times_and_due_dates(ingest: Ingest) -> None:
    lines = (
        "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Status,Due Date,Open Data Channel\n"
        "59893776,01/15/2024 02:05:11 PM,01/15/2024 03:05:11 PM,NYPD,Noise,Closed,"
        "01/15/2024 10:05:11 PM,ONLINE\n"
        "59893777,01/16/2024 12:00:00 AM,,DOT,Street,In Progress,01/18/2024 12:00:00 AM,PHONE\n"
    )
    american = 'format = "%m/%d/%Y %I:%M:%S %p"'
    mapping = (
        'kind = "tickets"\n[fields]\nexternal_id = "Unique Key"\nteam = "Agency"\n'
        'topic = "Complaint Type"\nstatus = "Status"\nchannel = "Open Data Channel"\n'
        f'opened_at = {{ column = "Created Date", {american} }}\n'
        f'closed_at = {{ column = "Closed Date", {american} }}\nday = "opened_at"\n[extra]\n'
        f'in_time = {{ column = "Closed Date", type = "flag", not_after = "Due Date", {american} }}\n'
    )
    ingest(lines, mapping)
    assert ticket("59893776", "team", "channel", "resolution_seconds") == ["NYPD", "chat", 3600]
    assert Ticket.objects.get(external_id="59893776").extra == {"in_time": "true"}
    assert str(Ticket.objects.get(external_id="59893777").day) == "2024-01-16"
    assert figure("resolution_rate") == 50


def test_calls_with_durations_in_words_and_start_and_end(ingest: Ingest) -> None:
    lines = (
        "call|rep|start|end|wait|outcome|survey|nps\n"
        "1|Ana|3/5/24 9:05 AM|3/5/24 9:12 AM|45 s|Resolved|3|10\n"
        "2|Ana|3/5/24 1:00 PM|3/5/24 1:02 PM|1 min 5 s|Follow-up|1|6\n"
        "3||3/5/24 1:10 PM|3/5/24 1:10 PM|2 min|Abandoned|not rated|-1\n"
    )
    clock = 'format = "%m/%d/%y %I:%M %p"'
    mapping = (
        'kind = "tickets"\n[fields]\nexternal_id = "call"\nagent = "rep"\nchannel = { value = "phone" }\n'
        f'opened_at = {{ column = "start", {clock} }}\n'
        f'handle_seconds = {{ from = "start", to = "end", {clock}, '
        'when = { column = "outcome", not_in = "Abandoned" } }\n'
        'answer_seconds = "wait"\nanswered = { column = "outcome", false = "Abandoned" }\n'
        'resolved = { column = "outcome", true = "Resolved" }\n'
        'csat = { column = "survey", scale = "1-3", missing = "not rated" }\n'
        'nps = { column = "nps", missing = "-1" }\n'
    )
    ingest(lines, mapping)
    assert ticket("1", "handle_seconds", "answer_seconds", "csat", "nps") == [420, 45, 5, 10]
    assert ticket("2", "csat", "satisfied", "answer_seconds") == [1, False, 65]
    assert ticket("3", "answered", "handled", "handle_seconds", "nps") == [False, False, None, None]
    assert figure("nps") == 0
    assert round(figure("abandon_rate") or 0, 4) == Decimal("33.3333")


def test_german_intervals_with_decimal_commas_and_shares(ingest: Ingest) -> None:
    lines = (
        "Datum;Uhrzeit;Gruppe;Angeboten;Angenommen;SL;Ø Wartezeit;Ø Gespräch (min);Pause\n"
        "05.03.2024;08:00;Hotline;1.200;1.100;76,5 %;00:00:17;3,5;0:15\n"
        "05.03.2024;08:30;Hotline;0;0;;;;\n"
    )
    mapping = (
        'kind = "queues"\ntimezone = "Europe/Berlin"\n[fields]\n'
        'external_id = { columns = ["Gruppe", "Datum", "Uhrzeit"] }\nteam = "Gruppe"\n'
        'starts_at = { date = "Datum", date_format = "%d.%m.%Y", time = "Uhrzeit" }\n'
        'offered = { column = "Angeboten", decimal = "," }\n'
        'answered = { column = "Angenommen", decimal = "," }\n'
        'answered_within_sl = { column = "SL", unit = "percent", decimal = ",", times = "offered" }\n'
        'answer_seconds = { column = "Ø Wartezeit", times = "answered" }\n'
        'handle_seconds = { column = "Ø Gespräch (min)", unit = "minutes", decimal = ",", '
        'times = "answered" }\n'
        'break_seconds = { column = "Pause", unit = "hh:mm" }\n'
    )
    run = ingest(lines, mapping)
    assert (run.rows_new, run.fields_rejected) == (2, 0)
    first = QueueInterval.objects.get(external_id="Hotline-05.03.2024-08:00")
    assert [first.offered, first.answered, first.abandoned] == [1200, 1100, 100]
    assert [first.answered_within_sl, first.answer_seconds] == [918, 18_700]
    assert [first.handle_seconds, first.handle_count, first.break_seconds] == [231_000, 1100, 900]
    assert str(first.starts_at) == "2024-03-05 07:00:00+00:00"
    assert figure("service_level") == Decimal("76.5")


def test_surveys_and_reviews_as_activities(ingest: Ingest) -> None:
    lines = (
        "id,rep,what,when,points,ok\n1,ana,NPS,1709629500,9,\n2,ana,NPS,1709629500,3,\n"
        "3,ana,Audit,1709629500,87.5,\n4,ana,Idea,1709629500,,accepted\n"
    )
    mapping = (
        'kind = "activities"\n[fields]\nexternal_id = "id"\nagent = "rep"\n'
        'kind = { column = "what", map = { NPS = "survey", Audit = "qa_review", Idea = "suggestion" } }\n'
        'occurred_at = { column = "when", format = "epoch" }\nscore = "points"\n'
        'accepted = { column = "ok", true = "accepted" }\n'
    )
    ingest(lines, mapping)
    assert Activity.objects.count() == 4
    assert figure("nps") == 0
    assert figure("qa_score") == Decimal("87.5")
    assert figure("suggestions_adopted") == 1


def test_nested_records_in_parquet_and_ndjson(ingest: Ingest, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "id": [2**53 + 1],
            "who": ["ana"],
            "opened": pl.Series(["2024-03-05 09:05:00"]).str.to_datetime(),
            "hours": [0.25],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    mapping = (
        'kind = "tickets"\n[fields]\nexternal_id = "id"\nagent = "who"\nopened_at = "opened"\n'
        'resolution_seconds = { column = "hours", unit = "hours" }\n'
    )
    ingest(tmp_path / "t.parquet", mapping)
    assert ticket("9007199254740993", "agent", "resolution_seconds") == ["ana", 900]
    lines = tmp_path / "t.ndjson"
    lines.write_text(
        '{"id": 5, "user": {"id": "ana"}, "opened": "2024-03-05T09:05:00Z", "tags": ["angry"]}\n'
    )
    mapping = (
        'kind = "tickets"\n[fields]\nexternal_id = "id"\nagent = "user.id"\nopened_at = "opened"\n'
        'complaint = { column = "tags", contains = "angry" }\n'
    )
    ingest(lines, mapping)
    assert ticket("5", "agent", "complaint") == ["ana", True]


def test_a_title_above_the_header(ingest: Ingest) -> None:
    lines = "Report Q1;;\n;;\nNo;Opened;Share\n1;2024-03-05;85%\n"
    mapping = (
        'kind = "tickets"\n[file]\ndelimiter = ";"\nheader_row = 3\n[fields]\n'
        'external_id = "No"\nopened_at = "Opened"\nqa_score = "Share"\n'
    )
    ingest(lines, mapping)
    assert ticket("1", "qa_score") == [85]
