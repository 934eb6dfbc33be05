"""Whatever goes out as CSV, no cell of it is a formula for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from incentives.org.models import Person
from incentives.spreadsheets import harmless, restored
from scoring.models import Import, ImportIssue, Source
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, night, rule, work

ROOT = Path(__file__).resolve().parents[2]
# The full-width sign, behind a mark of direction: what only looks harmless.
TRAP = "\u200e＝HYPERLINK(0)"
# Who writes CSV of its own: into the product, not out of it.
INWARDS = {"scoring/demo/exports.py", "scoring/ingest/repair.py"}


def runs(cell: str) -> bool:
    """Whether a spreadsheet that folds signs and skips the unseen begins a formula here."""
    if re.fullmatch(r"[+-]?[0-9.,]+([eE][+-]?[0-9]+)?%?", cell):
        return False
    seen = [each for each in cell if unicodedata.category(each)[0] not in "ZC"]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[0] in "=+-−@"


@given(st.text(alphabet="'=+-@＝＋－＠﹦⁼−\u200e\ufeff\u00a0 \t\r,.0123456789ab%", max_size=8))
@example("＝1")
@example("\u200e=1")
@example("\n=1")
@example("-5\n")
def test_a_neutralised_cell_is_no_formula_and_comes_back(text: str) -> None:
    assert restored(harmless(text)) == text
    assert not runs(harmless(text))


@pytest.mark.parametrize("text", ["-5.25", "+49", "1e-7", "12 %", "Ana", "Ümit", "王芳", "", "3/4"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_nobody_else_writes_cells() -> None:
    sources = {
        str(path.relative_to(ROOT)): path.read_text()
        for app in ("incentives", "scoring", "badges", "careers", "rewards", "dashboards")
        for path in (ROOT / app).rglob("*.py")
    }
    writer = re.compile(r"csv\.(Dict)?writer|write_excel|openpyxl|xlsxwriter", re.IGNORECASE)
    writing = {name for name, text in sources.items() if writer.search(text)}
    assert writing - INWARDS == {"incentives/spreadsheets.py"}
    # A new export joins the walk below.
    exporting = {name for name, text in sources.items() if "spreadsheets import Rows" in text}
    assert {name.rpartition("/")[2] for name in exporting} == {name.split()[0] for name in EXPORTS}
    assert {n for n, text in sources.items() if "text/csv" in text} <= {
        "scoring/explorer/views/kpis.py",
        "scoring/ingest/views/repairs.py",
    }


EXPORTS = ["kpis.py page", "repair.py", "kpis.py command", "points.py"]


@pytest.mark.django_db
@pytest.mark.parametrize("export", EXPORTS)
def test_a_trap_in_a_name_or_a_value_goes_out_as_text(
    export: str, cast: Cast, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    work(cast.agent, MONDAY, handled=3, csat_sum=12, csat_count=3)
    Person.objects.filter(pk=cast.agent.pk).update(display_name=TRAP)
    if export == "repair.py":
        run = Import.objects.create(
            source=Source.objects.create(name="desk"), kind="tickets", status="done"
        )
        ImportIssue.objects.create(run=run, line=2, code="not_a_time", row={TRAP: TRAP})
        text = content(client, cast, f"/imports/{run.pk}/rejected.csv")
    elif export == "kpis.py page":
        span = "from=2026-03-01&to=2026-03-31"
        text = content(client, cast, f"/kpis/?kpi=csat&level=agent&{span}&format=csv")
    elif export == "kpis.py command":
        call_command("kpis", by="agent", period="day", metric="handled", format="csv")
        text = capsys.readouterr().out
    else:
        rule()
        night(MONDAY, (cast.agent, MONDAY))
        call_command("points", by="agent", period="day", format="csv")
        text = capsys.readouterr().out
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert f"'{TRAP}" in cells
    assert not [cell for cell in cells if runs(cell)]


def content(client: Client, cast: Cast, url: str) -> str:
    """What the manager downloads."""
    client.force_login(cast.manager)
    answer: Any = client.get(url)
    return b"".join(answer).decode()
