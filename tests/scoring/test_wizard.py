"""From a file nobody has seen to a mapping that imports it right."""

from __future__ import annotations

import html
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incentives.org.models import Company, Person
from scoring.forms.wizard import rows_with_shared_id, unused_columns
from scoring.ingest.date_forms import dates_of
from scoring.ingest.mapping import parse
from scoring.ingest.preview import preview
from scoring.ingest.proposal import propose
from scoring.ingest.reading import open_table
from scoring.ingest.toml_text import dump
from scoring.models import Mapping, Ticket
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast
from tests.scoring.uploading import DIRTY, latest, make_mapping, once, send

ENGLISH = (
    "Ticket ID,Agent Name,Team,Channel,Created At,Closed At,CSAT (1-3),Talk time (min),FCR,SLA for first response\n"
    + "".join(
        f"T{n},Ana,Phone East,Phone call,{n}/02/2026 09:15,{n}/02/2026 10:15,{n % 4 or '?'},4.5,"
        f"{'Y' if n % 2 else 'N'},{'Within SLA' if n % 3 else 'SLA Violated'}\n"
        for n in range(1, 29)
    )
)
CHINESE = "工单编号,坐席,班组,渠道,创建时间,解决时间,满意度,通话时长（秒）,是否投诉\n" + "".join(
    f"G{n},王芳,电话一组,电话,2026年3月{n}日 09:05,2026年3月{n}日 09:35,{n % 5 + 1},{60 + n},"
    f"{'是' if n == 3 else '否'}\n"
    for n in range(1, 20)
)
WORDS = "id;assignee;created;satisfaction_rating.score;via.channel\n" + "".join(
    f"{n};Bo;2026-01-{n:02}T08:00:00Z;{('good', 'bad', 'offered')[n % 3]};email\n"
    for n in range(1, 20)
)
SPLIT = (
    "Call Id,Agent,Date,Time,Answered (Y/N),Speed of answer in seconds,AvgTalkDuration\n"
    + "".join(
        f"C{n},Cy,2026-01-{n:02},09:{n:02}:00,{'Y' if n % 5 else 'N'},{n},00:02:{n:02}\n"
        for n in range(1, 20)
    )
)
LOG = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,assigned_to\n" + "".join(
    f"INC{n // 2},{'New' if n % 2 else 'Closed'},{n % 2},{13 + n % 9}/1/2026 10:00,"
    f"{13 + n % 9}/1/2026 11:00,{'?' if n == 4 else 'Di'}\n"
    for n in range(2, 22)
)


def proposed(tmp_path: Path, text: str, name: str = "file.csv", encoding: str = "utf-8") -> Any:
    """The proposal for a file, as the mapping that its TOML gives, and the sample."""
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    sample = open_table(path).head(200)
    return parse(dump(propose(sample)), name="proposal"), sample


@pytest.mark.parametrize("header", ["Grp", "Group", "grp_name"])
def test_a_group_is_proposed_as_the_team(tmp_path: Path, header: str) -> None:
    text = ENGLISH.replace(",Team,", f",{header},", 1)
    assert proposed(tmp_path, text)[0].fields["team"].column == header


def test_columns_that_nothing_reads_and_shared_ids_are_told(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG.replace("assigned_to\n", "assigned_to,odd\n", 1).replace(",Di", ",Di,1"))
    sample = open_table(path).head(200)
    data = propose(sample)
    columns = [name for name in sample.columns if name != "__line__"]
    assert unused_columns(data, columns) == ["sys_updated_at", "odd"]
    assert rows_with_shared_id(data, sample) == 20
    data["fields"]["external_id"] = {"line": True}
    assert rows_with_shared_id(data, sample) == 0
    assert unused_columns(data, columns) == ["number", "sys_updated_at", "odd"]


def test_an_english_export_is_understood(tmp_path: Path) -> None:
    mapping, sample = proposed(tmp_path, ENGLISH)
    fields = mapping.fields
    assert fields["external_id"].column == "Ticket ID"
    assert fields["opened_at"].format == ("%d/%m/%Y %H:%M",)
    assert (fields["csat"].scale, fields["talk_seconds"].unit) == ("1-3", "minutes")
    assert mapping.missing == ("?",)
    assert fields["first_response_within"].true == ("Within SLA",)
    assert fields["channel"].map == {"Phone call": "phone"}
    seen = preview(mapping, sample, company_zone="UTC", shown=1)
    assert (seen.error, seen.issues) == ("", [])
    row = dict(zip(seen.fields, (cell.text for cell in seen.rows[0][1]), strict=True))
    assert (row["opened_at"], row["talk_seconds"]) == ("2026-02-01 09:15:00", "0:04:30")


def test_a_chinese_export_in_gb18030_is_understood(tmp_path: Path) -> None:
    mapping, sample = proposed(tmp_path, CHINESE, encoding="gb18030")
    columns = {name: spec.column for name, spec in mapping.fields.items()}
    assert columns["external_id"] == "工单编号"
    assert columns["talk_seconds"] == "通话时长（秒）"
    assert columns["complaint"] == "是否投诉"
    assert preview(mapping, sample, company_zone="UTC", shown=1).issues == []


def test_ratings_in_words_become_a_scale(tmp_path: Path) -> None:
    mapping, sample = proposed(tmp_path, WORDS)
    assert mapping.fields["csat"].scale == "good/bad"
    assert mapping.fields["csat"].missing == ("offered",)
    assert preview(mapping, sample, company_zone="UTC", shown=1).issues == []


def test_a_date_and_its_time_of_day_are_put_together(tmp_path: Path) -> None:
    mapping, sample = proposed(tmp_path, SPLIT)
    assert (mapping.fields["opened_at"].date, mapping.fields["opened_at"].time) == ("Date", "Time")
    seen = preview(mapping, sample, company_zone="UTC", shown=1)
    assert seen.rows[0][1][seen.fields.index("opened_at")].text == "2026-01-01 09:01:00"


def test_an_event_log_is_reduced_to_its_last_rows(tmp_path: Path) -> None:
    mapping, _sample = proposed(tmp_path, LOG)
    assert mapping.reduce is not None
    assert mapping.reduce.keep == "last"
    assert mapping.fields["opened_at"].format == ("%d/%m/%Y %H:%M",)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("agents", "Employee ID,Full name,E-mail,Team,Hire date\n1,Ana,a@x.cn,East,2024-01-05\n"),
        (
            "queues",
            "Queue,Interval start,Calls offered,Calls answered,Abandoned\nA,2026-01-05 09:00,9,8,1\n",
        ),
        (
            "activities",
            "Id,Agent,Activity type,Occurred at,Quantity\n1,Ana,learning,2026-01-05,2\n",
        ),
    ],
)
def test_the_kind_of_file_is_guessed(tmp_path: Path, kind: str, text: str) -> None:
    mapping, sample = proposed(tmp_path, text)
    assert mapping.kind == kind
    assert preview(mapping, sample, company_zone="UTC", shown=1).issues == []


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["03/04/2026", "05/06/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["03/04/2026", "25/06/2026"], ["%d/%m/%Y"]),
        (["3-4-26 1:05 PM", "3-25-26 2:00 PM"], ["%m-%d-%y %I:%M %p"]),
        (["25/12/2026", "12/25/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["5 Jan 2026 10:22"], ["%d %b %Y %H:%M"]),
        (["2026-01-05"], [""]),
        (["1767600000"], ["epoch"]),
        (["46027.5"], ["excel"]),
    ],
)
def test_only_evidence_of_the_column_decides_day_or_month(
    texts: list[str], formats: list[str]
) -> None:
    dates = dates_of(texts)
    assert dates is not None
    assert [reading.format for reading in dates.readings] == formats


def test_what_is_no_date_has_no_reading() -> None:
    assert dates_of(["00:00:17"]) is None
    assert dates_of(["Ana", "Bo"]) is None
    assert dates_of([]) is None


def test_toml_says_what_it_was_given() -> None:
    data = {
        "kind": "tickets",
        "missing": ["?", 'a "b"\\', "无\n"],
        "where": [{"column": "A b", "in": ["x"]}],
        "fields": {"csat": {"column": "满意度", "scale": "1-5", "whole": True}},
        "extra": {"with space": "c", "number": 1.5},
    }
    assert tomllib.loads(dump(data)) == data


# ---- the pages


@pytest.fixture
def manager(cast: Cast, client: Client) -> Client:
    """A browser in which the manager is signed in."""
    Company.objects.update(time_zone="UTC")
    client.force_login(cast.manager)
    return client


def begin(client: Client, text: str, name: str = "export.csv") -> str:
    """The address of the columns of a file that was sent to the wizard."""
    token = once(client, "/imports/mappings/new/")
    file = SimpleUploadedFile(name, text.encode())
    response = client.post("/imports/mappings/new/", {"once": token, "file": file})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser would send for the columns' form: every select, input and hidden field."""
    page = page[page.index('<form id="editor"') :]
    page = page[: page.index("</form>")]
    sent: dict[str, list[str]] = {}
    for select in re.finditer(r'<select[^>]* name="([^"]+)".*?</select>', page, re.S):
        options = re.findall(r"<option([^>]*)>([^<]*)", select.group())
        chosen = next((each for each in options if "selected" in each[0]), options[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        sent[select.group(1)] = [value.group(1) if value else chosen[1]]
    for tag in re.findall(r"<input[^>]+>", page):
        if 'type="radio"' in tag and "checked" not in tag:
            continue
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            sent.setdefault(name.group(1), []).append(value.group(1) if value else "")
    return sent


@pytest.mark.django_db(transaction=True)
def test_the_wizard_leads_from_a_file_to_its_facts(manager: Client, cast: Cast) -> None:
    columns = begin(manager, ENGLISH)
    page = manager.get(columns).content.decode()
    assert_no_inline(page)
    assert "Phone East" in page
    answer = manager.post(columns, form_of(page) | {"next": "1"})
    assert answer["Location"] == f"{columns}check/"
    check = manager.get(f"{columns}check/").content.decode()
    assert "1/02/2026 09:15 is 1 Feb 2026" in check
    assert "13/02/2026 09:15 allows no other order" in check
    assert_no_inline(check)
    save = f"{columns}save/"
    text = re.search(
        r"<textarea[^>]*>\s*(.*?)</textarea>", manager.get(save).content.decode(), re.S
    )
    assert text is not None
    sent = {
        "name": "helpdesk",
        "text": html.unescape(text.group(1)),
        "source": "helpdesk",
        "import_now": "on",
    }
    done = manager.post(save, sent)
    run = latest()
    assert done["Location"] == f"/imports/{run.pk}/"
    assert (run.status, run.rows_new, run.fields_rejected) == ("done", 28, 0)
    first = Ticket.objects.get(external_id="T1")
    assert first.opened_at == datetime(2026, 2, 1, 9, 15, tzinfo=UTC)
    assert Mapping.objects.get(name="helpdesk").updated_by == cast.manager
    assert manager.get(columns).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_dates_that_allow_both_orders_are_asked_never_guessed(manager: Client) -> None:
    columns = begin(manager, "Id,Agent,Created\n1,Ana,03/04/2026\n2,Ana,05/06/2026\n")
    page = manager.get(columns).content.decode()
    assert "Day or month first?" in page
    assert "3 Apr 2026" in page
    assert "4 Mar 2026" in page
    sent = form_of(page) | {"next": "1"}
    assert manager.post(columns, sent).status_code == 422
    assert manager.get(f"{columns}check/")["Location"] == columns
    chosen = manager.post(columns, sent | {"opened_at.format": ["%m/%d/%Y"]})
    assert chosen["Location"] == f"{columns}check/"
    assert "2026-03-04" in manager.get(f"{columns}check/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_change_shows_the_rows_anew_and_marks_what_is_not_taken(manager: Client) -> None:
    columns = begin(
        manager, "Id,Agent,Created,Rating,Note\n1,Ana,2026-01-05,9,x\n2,Bo,2026-01-06,1,y\n"
    )
    sent = form_of(manager.get(columns).content.decode())
    sent["csat.scale"] = ["1-5"]
    part = manager.post(columns, sent, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "outside of the rating scale" in part
    sent["csat.scale"] = ["nonsense"]
    part = manager.post(columns, sent, headers={"HX-Request": "true"}).content.decode()
    assert "is not a scale" in part
    sent = form_of(part) | {"csat.column": [""], "topic.column": ["Note"]}
    part = manager.post(columns, sent, headers={"HX-Request": "true"}).content.decode()
    assert "is not a scale" not in part
    assert "<td>x</td>" in part


@pytest.mark.django_db(transaction=True)
def test_another_kind_is_proposed_anew(manager: Client) -> None:
    columns = begin(manager, "Id,Agent,Team,Created\n1,Ana,East,2026-01-05\n")
    sent = form_of(manager.get(columns).content.decode()) | {"kind": ["agents"]}
    part = manager.post(columns, sent, headers={"HX-Request": "true"}).content.decode()
    assert 'name="key.column"' in part


@pytest.mark.django_db(transaction=True)
def test_a_refused_import_is_corrected_in_the_wizard(manager: Client) -> None:
    make_mapping()
    send(manager, "Ticket,Agent,Created,Resolved,Rating\n1,Ana,03/04/2026,,5\n")
    run = latest()
    assert run.status == "refused"
    columns = manager.post("/imports/mappings/new/", {"run": run.pk})["Location"]
    sent = form_of(manager.get(columns).content.decode())
    sent |= {"next": ["1"], "opened_at.format": ["%d/%m/%Y"]}
    assert manager.post(columns, sent).status_code == 302
    save = f"{columns}save/"
    text = re.search(
        r"<textarea[^>]*>\s*(.*?)</textarea>", manager.get(save).content.decode(), re.S
    )
    assert text is not None
    sent_save = {"name": "desk", "text": html.unescape(text.group(1)), "source": "desk"}
    manager.post(save, sent_save | {"import_now": "on"})
    assert (latest().status, latest().rows_new) == ("done", 1)
    assert Mapping.objects.count() == 1
    assert Ticket.objects.get().opened_at == datetime(2026, 4, 3, tzinfo=UTC)


@pytest.mark.django_db
def test_a_draft_belongs_to_its_writer(manager: Client, cast: Cast) -> None:
    columns = begin(manager, ENGLISH)
    other = Client()
    other.force_login(cast.administrator)
    for page in ("", "check/", "save/"):
        assert other.get(f"{columns}{page}").status_code == 404


@pytest.mark.django_db
def test_an_unreadable_file_is_an_error_of_the_first_step(manager: Client) -> None:
    token = once(manager, "/imports/mappings/new/")
    file = SimpleUploadedFile("a.csv", b"%PDF-1.4 0000")
    response = manager.post("/imports/mappings/new/", {"once": token, "file": file})
    assert response.status_code == 422
    assert "PDF" in response.content.decode()


# ---- mappings


@pytest.mark.django_db
def test_a_mapping_is_written_copied_changed_and_deleted(manager: Client) -> None:
    text = 'kind = "tickets"\n[fields]\nexternal_id = "a"\nday = "b"\n'
    assert manager.post("/imports/mappings/write/", {"name": "m", "text": text}).status_code == 302
    own = Mapping.objects.get(name="m")
    copy = manager.get("/imports/mappings/write/?copy=m").content.decode()
    assert 'value="m-2"' in copy
    shipped = manager.get("/imports/mappings/write/?copy=canonical-tickets").content.decode()
    assert 'value="canonical-tickets-2"' in shipped
    manager.post(f"/imports/mappings/{own.pk}/", {"name": "m", "text": text.replace("b", "c")})
    own.refresh_from_db()
    assert 'day = "c"' in own.text
    manager.post(f"/imports/mappings/{own.pk}/delete/")
    assert not Mapping.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("m", "kind = ", "not valid TOML"),
        ("m", 'kind = "tickets"\n[fields]\nexternal_id = "a"\ncsta = "b"', "csat"),
        ("canonical-tickets", 'kind = "agents"\n[fields]\nkey = "a"', "built-in mapping"),
        ("m", 'name = "x"\nkind = "agents"\n[fields]\nkey = "a"', "leave that line away"),
        ("", 'kind = "agents"\n[fields]\nkey = "a"', "required"),
    ],
)
def test_a_wrong_mapping_is_an_error_in_its_place(
    manager: Client, name: str, text: str, said: str
) -> None:
    response = manager.post("/imports/mappings/write/", {"name": name, "text": text})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Mapping.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mapping_in_use_stays(manager: Client) -> None:
    own = make_mapping()
    send(manager)
    manager.post(f"/imports/mappings/{own.pk}/delete/")
    assert Mapping.objects.filter(pk=own.pk).exists()


# ---- unknown agents


@pytest.mark.django_db(transaction=True)
def test_held_agents_are_matched_or_created_and_their_tickets_count(
    manager: Client, cast: Cast
) -> None:
    make_mapping(
        text='kind="tickets"\nunknown_agents="hold"\ntimezone="UTC"\n[fields]\n'
        'external_id="Ticket"\nagent="Agent"\nopened_at="Created"\nresolved_at="Resolved"\n'
    )
    send(manager, DIRTY)
    assert latest().rows_held == 4
    page = manager.get("/imports/held/").content.decode()
    assert "Ana" in page
    assert_no_inline(page)
    source = str(latest().source_id)
    match = "/imports/held/match/"
    found = manager.get(match, {"source": source, "key": "Ana", "q": "team"})
    assert "Teammate" in found.content.decode()
    assert manager.get(match, {"source": source, "key": "nobody"}).status_code == 404
    manager.post(match, {"source": source, "key": "Ana", "person": cast.teammate.pk})
    assert Ticket.objects.get(external_id="1").agent == cast.teammate
    manager.post("/imports/held/create/", {"source": source, "key": "=Bo"})
    assert Ticket.objects.get(external_id="2").agent == Person.objects.get(key="=Bo")
    manager.post("/imports/held/create/", {"all": "1"})
    assert not Ticket.objects.exclude(held_for=None).exists()
    assert "Everyone is known" in manager.get("/imports/held/").content.decode()
