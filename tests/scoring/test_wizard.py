"""From a file nobody has seen to a mapping that imports it right."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from scoring.ingest.date_forms import dates_of
from scoring.ingest.forms.wizard import rows_with_shared_id, unused_columns
from scoring.ingest.mapping import parse
from scoring.ingest.preview import preview
from scoring.ingest.proposal import propose
from scoring.ingest.reading import open_table
from scoring.ingest.toml_text import dump

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
