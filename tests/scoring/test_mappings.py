"""Mapping texts: what is refused and how, the shipped ones, and every example of the documentation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.ingest.errors import BadMapping
from scoring.ingest.field_spec import ExtraSpec, FieldSpec, Where
from scoring.ingest.fields import FIELDS
from scoring.ingest.library import shipped_mappings
from scoring.ingest.mapping import FileMapping, Reduce, parse
from scoring.ingest.spec import FileSpec

ROOT = Path(__file__).resolve().parents[2]


DOCUMENT = ROOT / "docs" / "mappings.md"


SNIPPET = re.compile(r"^```toml ?([a-z ]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


BASE = {
    "tickets": 'external_id = "id"\nopened_at = "created"\n',
    "queues": 'external_id = "id"\nstarts_at = "from"\n',
}


def tickets(fields: str, top: str = "") -> FileMapping:
    """A mapping of tickets with these lines of [fields]."""
    return parse(f'kind = "tickets"\n{top}\n[fields]\n{fields}', name="mine")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind = ", r"mine is not valid TOML"),
        ('[fields]\nexternal_id = "a"', r"kind"),
        ('kind = "ticket"\n[fields]\nexternal_id = "a"', r"kind.*'tickets'"),
        ('kind = "tickets"\nfeilds = 1', r"feilds is not known; did you mean fields\?$"),
        ('kind = "tickets"\n[fields]\nopened_at = "a"', r"needs external_id"),
        ('kind = "activities"\n[fields]\nexternal_id = "a"\nday = "b"', r"needs kind"),
        ('kind = "agents"\n[fields]\nname = "a"', r"needs key"),
        ('kind = "tickets"\n[fields]\nexternal_id = "a"\nagent = "b"', r"needs a date"),
        ('kind = "tickets"\ntimezone = "Europe/Dublim"\n[fields]\n', r"Europe/Dublin"),
        ('kind = "tickets"\n[file]\nsheat = "x"\n[fields]\n', r"sheat.*sheet"),
        ('kind = "tickets"\n[reduce]\norder_by = "x"\n[fields]\n', r"order_by.*order"),
        ('kind = "tickets"\n[reduce]\nformat = "dd/mm"\n[fields]\n', r"dd/mm is not a format"),
        ('kind = "tickets"\n[[where]]\ncolumn = "x"\nis = "y"\n[fields]\n', r"is is not known.*in"),
        ('kind = "tickets"\n[[where]]\ncolumn = "x"\n[fields]\n', r"exactly one of in"),
    ],
)
def test_a_wrong_mapping_is_refused_with_one_sentence(text: str, told: str) -> None:
    with pytest.raises(BadMapping, match=told) as refused:
        parse(text, name="mine")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ('agnet = "x"', r"agnet is not known; did you mean agent"),
        (
            'csat = { colum = "x" }',
            r"fields\.csat\.colum: colum is not known; did you mean column, columns\?$",
        ),
        ('csat = { scale = "1-5" }', r"exactly one of column, first_of"),
        ('csat = { column = "x", value = 3 }', r"exactly one of"),
        ('csat = { column = "x", scale = "five" }', r"five is not a scale"),
        ('csat = { column = "x", scale = "3-3" }', r"3-3 is not a scale"),
        ('csat = { column = "x", scale = ["good"] }', r"at least two different words"),
        ('csat = { column = "x", satisfied_from = "great" }', r"great, which is no mark"),
        ('topic = { column = "x", scale = "1-5" }', r"'scale' does not fit topic, which is a text"),
        ('csat = { column = "x", true = "y" }', r"'true' does not fit csat"),
        ('contacts = { column = "x", unit = "hours" }', r"'unit' does not fit contacts"),
        ('contacts = { from = "a", to = "b" }', r"'from' does not fit contacts"),
        ('handle_seconds = { from = "a" }', r"both 'from' and 'to'"),
        ('handle_seconds = { column = "x", times = "y" }', r"multiplied by y"),
        ('handle_seconds = { column = "x", unit = "fortnights" }', r"unit"),
        ('closed_at = { column = "x", format = "DD/MM/YYYY" }', r"DD/MM/YYYY is not a format"),
        ('closed_at = { column = "x", format = "%Q" }', r"%Q is not a format"),
        ('closed_at = { column = "x", timezone = "CET+1" }', r"CET\+1 is no time zone"),
        ('closed_at = { column = "x", time = "y" }', r"'time' goes with 'date'"),
        ('topic = { column = "x", pattern = "[a" }', r"\[a is not a pattern"),
        ('csat = { column = "x", scale = ["good", "Good"] }', r"at least two different words"),
        ('topic = { column = "x", pattern = "(a)(?=b)" }', r"is not a pattern"),
        ('topic = { column = "x", pattern = "abc" }', r"abc is not a pattern.*brackets"),
        (
            'talk_seconds = { from = "a", to = "b", default = 0 }',
            r"'default', 'map' and 'pattern' go",
        ),
        (
            'talk_seconds = { sum_of = ["a", "b"], default = 0 }',
            r"'default', 'map' and 'pattern' go",
        ),
        ('topic = { column = "x", otherwise = "y" }', r"'otherwise' goes with 'map'"),
        ('topic = { column = "x", when = { column = "y", equals = "z" } }', r"equals is not known"),
        (
            'talk_seconds = { column = "x", times = "handle_seconds" }\n'
            'handle_seconds = { column = "x", times = "talk_seconds" }',
            r"talk_seconds, handle_seconds build on each other in a circle",
        ),
    ],
)
def test_a_wrong_field_is_refused_with_one_sentence(field: str, told: str) -> None:
    with pytest.raises(BadMapping, match=told) as refused:
        tickets(f"{BASE['tickets']}{field}")
    assert "\n" not in str(refused.value)


def test_extra_columns_are_checked_alike() -> None:
    with pytest.raises(BadMapping, match=r"extra\.gap.*'duration'"):
        tickets(BASE["tickets"] + '[extra]\ngap = { column = "x", type = "span" }')
    with pytest.raises(BadMapping, match=r"'not_after' does not fit gap, which is a text"):
        tickets(BASE["tickets"] + '[extra]\ngap = { column = "x", not_after = "y" }')


def test_a_missing_column_is_told_with_its_neighbour_and_all_that_are_there() -> None:
    mapping = tickets(BASE["tickets"])
    with pytest.raises(BadMapping, match=r"a.csv has no column “created”.*\[fields\] opened_at"):
        mapping.fitted(["id", "Created at"], file_name="a.csv")
    with pytest.raises(BadMapping, match=r"Did you mean “Created at”\? It has: id, Created at\."):
        mapping.fitted(["id", "Created at"], file_name="a.csv")


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ('[[where]]\ncolumn = "gone"\nempty = true', r"\[\[where\]\]"),
        ('[reduce]\norder = "gone"', r"\[reduce\] order"),
        ('[extra]\nx = "gone"', r"\[extra\] x"),
    ],
)
def test_columns_of_every_part_are_looked_for(part: str, place: str) -> None:
    mapping = tickets(BASE["tickets"], top=part)
    with pytest.raises(BadMapping, match=rf"“gone”, which the mapping names at {place}"):
        mapping.fitted(["id", "created"], file_name="a.csv")


def test_names_fit_whatever_their_case_unless_two_would() -> None:
    mapping = tickets('external_id = "id"\nopened_at = "Created At"')
    fitted = mapping.fitted(["ID", "created  at"], file_name="a.csv")
    assert fitted.fields["opened_at"].column == "created  at"
    with pytest.raises(BadMapping, match="no column “Created At”"):
        mapping.fitted(["id", "created at", "CREATED AT"], file_name="a.csv")


def test_optional_fields_go_with_all_that_build_on_them() -> None:
    mapping = tickets(
        'external_id = "id"\nopened_at = "o"\n'
        'resolved_at = { column = "r", optional = true }\n'
        'resolution_seconds = { from = "opened_at", to = "resolved_at" }\n'
        'csat = { column = "c", when = { column = "gone", empty = false }, optional = true }\n'
        'topic = { first_of = ["t", "u"], optional = true }'
    )
    fitted = mapping.fitted(["id", "o", "c"], file_name="a.csv")
    assert list(fitted.fields) == ["external_id", "opened_at"]
    assert "topic" in mapping.fitted(["id", "o", "u"], file_name="a.csv").fields


def test_an_optional_field_that_the_file_lacks_takes_its_default() -> None:
    mapping = tickets(
        BASE["tickets"] + 'channel = { column = "c", default = "web", optional = true }'
    )
    fitted = mapping.fitted(["id", "created"], file_name="a.csv")
    assert fitted.fields["channel"].value == "web"


def test_an_optional_mapping_still_needs_its_id() -> None:
    shipped = {found.name: found.mapping for found in shipped_mappings()}
    with pytest.raises(BadMapping, match="no column “id”"):
        shipped["zendesk"].fitted(["foo"], file_name="a.csv")


def snippets() -> Iterator[tuple[str, str, str]]:
    """Kind of snippet, its text, and the whole mapping that it stands for."""
    for word, text in SNIPPET.findall(DOCUMENT.read_text(encoding="utf-8")):
        yield word, text, whole(word, text)


def whole(word: str, text: str) -> str:
    """A documented snippet as a whole mapping: lines of fields and single tables are completed."""
    if word == "":
        return str(text)
    kind = "queues" if "queues" in word else "tickets"
    head = f'kind = "{kind}"\n'
    if word == "top":
        return f"{head}{text}\n[fields]\n{BASE[kind]}"
    given = "".join(
        line + "\n" for line in BASE[kind].splitlines() if line.split(" = ")[0] not in text
    )
    return f"{head}[fields]\n{given}{text}"


@pytest.mark.parametrize("text", [text for _word, _text, text in snippets()])
def test_every_example_of_the_documentation_is_a_mapping(text: str) -> None:
    parse(text, name="example")


def test_the_documentation_names_every_key_field_and_shipped_mapping() -> None:
    told = DOCUMENT.read_text(encoding="utf-8")
    examples = "".join(text for _word, text, _whole in snippets())
    for model in (FileMapping, FieldSpec, ExtraSpec, Where, Reduce, FileSpec):
        for name, field in model.model_fields.items():
            key = field.alias or name
            if (model, key) != (FileMapping, "name"):
                assert re.search(rf"\b{key}\b", examples), f"no example of {key}"
    for fields in FIELDS.values():
        for name in fields:
            assert f"`{name}`" in told, f"{name} is not documented"
    for found in shipped_mappings():
        documented = f"`{found.name}`" in told or found.name.startswith(("canonical-", "demo-"))
        assert documented, f"{found.name} is not documented"


def test_every_shipped_mapping_describes_itself_in_a_sentence() -> None:
    for found in shipped_mappings():
        assert re.fullmatch(r"[A-Z].{10,}\.", found.description), found.name


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 10_000,
        "a = " + "{a=" * 10_000,
        "a" + ".a" * 10_000 + " = 1",
        "a = " + "9" * 5_000,
        "# " + "x" * 200_000,
    ],
)
def test_toml_that_is_deep_or_endless_is_a_bad_mapping(text: str) -> None:
    with pytest.raises(BadMapping):
        parse(text)
