"""The wizard's pages: from a file to facts, mappings by hand, agents to match."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incentives.org.models import Company, Person
from scoring.models import Mapping, Ticket
from tests.dashboards.test_csp import assert_no_inline
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.test_wizard import ENGLISH
from tests.scoring.uploading import DIRTY, latest, make_mapping, once, send

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
    assert "<td>x</td>" in tight(part)


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
