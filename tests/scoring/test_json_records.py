"""JSON documents and NDJSON as flat rows of text."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import FileSpec, Limits, open_table

REAL = Path(__file__).resolve().parents[3] / "shared/data/zendesk_api"


def holding(folder: Path, content: str | bytes, name: str = "export.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, **spec: Any) -> list[dict[str, Any]]:
    return open_table(path, FileSpec(**spec)).head(100).to_dicts()


def test_values_keep_their_text(tmp_path: Path) -> None:
    record = (
        '{"id": 12345678901234567890, "price": 1.50, "big": 1e3, "on": true, "none": null,'
        ' "via": {"channel": "web", "source": {}}, "tags": ["a", "客", 2], "a.b": "dotted"}'
    )
    assert rows(holding(tmp_path, f"[{record}]")) == [
        {
            "id": "12345678901234567890",
            "price": "1.50",
            "big": "1e3",
            "on": "true",
            "none": None,
            "via.channel": "web",
            "via.source": None,
            "tags": '["a", "客", 2]',
            "a.b": "dotted",
            "__line__": 2,
        }
    ]


@pytest.mark.parametrize(
    "document",
    [
        [{"id": 1}, {"id": 2}],
        {"tickets": [{"id": 1}, {"id": 2}], "meta": {"has_more": False}, "count": 2},
    ],
)
def test_the_records_of_an_api_answer_are_found(tmp_path: Path, document: Any) -> None:
    found = rows(holding(tmp_path, json.dumps(document)))
    assert found == [{"id": "1", "__line__": 2}, {"id": "2", "__line__": 3}]


@pytest.mark.parametrize(
    "document",
    [{"ticket_metric": {"id": 1, "comments": [{"x": 1}]}}, {"id": 1, "comments": [{"x": 1}]}],
)
def test_a_single_object_is_one_record(tmp_path: Path, document: Any) -> None:
    (found,) = rows(holding(tmp_path, json.dumps(document)))
    assert found == {"id": "1", "comments": '[{"x": 1}]', "__line__": 2}


def test_the_mapping_can_name_the_place_of_the_records(tmp_path: Path) -> None:
    document = {"data": {"x.y": {"rows": [{"id": 1}], "users": [{"id": 2}]}}, "users": [{"id": 3}]}
    path = holding(tmp_path, json.dumps(document))
    assert rows(path, records="data.x.y.rows")[0]["id"] == "1"
    with pytest.raises(UnreadableFile, match=r"records = “data.rows”.*: x.y"):
        open_table(path, FileSpec(records="data.rows"))


def test_several_lists_are_not_guessed_between(tmp_path: Path) -> None:
    path = holding(tmp_path, json.dumps({"tickets": [{"id": 1}], "users": [{"id": 2}]}))
    with pytest.raises(UnreadableFile, match="tickets, users"):
        open_table(path)


def test_an_answer_without_records_is_an_empty_table(tmp_path: Path) -> None:
    table = open_table(holding(tmp_path, '{"tickets": [], "count": 0}'))
    assert table.columns == []
    assert list(table.batches()) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"tickets": [{"id": 1}, {"id"', "line 1, column"),
        ("[1, 2]", "not JSON objects"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
        (b'[{"a": "\xff"}]', "Line 1"),
    ],
)
def test_a_broken_document_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        open_table(holding(tmp_path, content))


def test_a_document_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    path = holding(tmp_path, json.dumps([{"a": "x" * 3_000_000}]))
    with pytest.raises(UnreadableFile, match="more than 2 MiB of JSON"):
        open_table(path, limits=Limits(max_json_bytes=2 << 20))


@pytest.mark.parametrize("block_bytes", [5, 1 << 20])
def test_lines_of_objects_are_streamed_and_broken_ones_reported(
    tmp_path: Path, block_bytes: int
) -> None:
    lines = ['{"id": 1}', "", '{"id": 2, "late": {"key": "客"}}', '{"id": ', "[3]", '{"id": 4}']
    packed = holding(tmp_path, gzip.compress("\r\n".join(lines).encode()), "export.ndjson.gz")
    table = open_table(packed, block_bytes=block_bytes)
    assert table.columns == ["id", "late.key"]
    batches = list(table.batches())
    assert [row for b in batches for row in b.frame.rows()] == [
        ("1", None, 1),
        ("2", "客", 3),
        ("4", None, 6),
    ]
    assert [row.line for b in batches for row in b.ragged] == [4, 5]


def test_lines_of_objects_are_recognised_under_the_name_of_a_document(tmp_path: Path) -> None:
    assert len(rows(holding(tmp_path, '{"id": 1}\n{"id": 2}\n'))) == 2


def test_a_broken_first_line_means_another_format(tmp_path: Path) -> None:
    path = holding(tmp_path, 'id,name\n{"id": 1}\n', "export.jsonl")
    with pytest.raises(UnreadableFile, match="line 1 is no JSON object"):
        open_table(path)


@pytest.mark.skipif(not REAL.exists(), reason="the real files beside the project are absent")
def test_real_api_answers_become_one_row_each() -> None:
    (ticket,) = rows(REAL / "tickets.json")
    assert ticket["satisfaction_rating.score"] == "good"
    assert ticket["tags"] == '["enterprise", "other_tag"]'
    (metric,) = rows(REAL / "ticket_metrics.json")
    assert metric["id"] == "5527084754447"
    assert metric["reply_time_in_minutes.calendar"] is None
    (rating,) = rows(REAL / "satisfaction_ratings.json")
    assert rating["created_at"] == "2009-07-20T22:55:29Z"
