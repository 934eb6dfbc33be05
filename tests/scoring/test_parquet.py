"""Parquet columns of every type as text."""

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from scoring.ingest import parquet
from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import open_table

MOMENT = dt.datetime(2021, 1, 1, 9, 12, 58, 123456)
FRAME = pl.DataFrame(
    {
        "id": [12345678901234567, None],
        "at": [MOMENT, MOMENT.replace(microsecond=0)],
        "day": [MOMENT.date(), None],
        "time": [dt.time(9, 12, 58), None],
        "talk": [dt.timedelta(hours=30, seconds=1.5), dt.timedelta(minutes=-1)],
        "score": [3.0, 2.5],
        "price": [Decimal("1.50"), None],
        "on": [True, False],
        "via": [{"channel": "web", "from": {"name": "客"}}, None],
        "tags": [["a", 'b"'], None],
        "raw": [b"ab", b"c"],
        "none": [None, None],
    }
).with_columns(
    zoned=pl.col("at").dt.replace_time_zone("Asia/Shanghai"),
    kind=pl.Series(["x", "y"], dtype=pl.Categorical),
)


def test_every_type_becomes_text(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "export.parquet")
    first, second = open_table(tmp_path / "export.parquet").head(9).to_dicts()
    assert first == {
        "id": "12345678901234567",
        "at": "2021-01-01 09:12:58.123456",
        "day": "2021-01-01",
        "time": "09:12:58",
        "talk": "30:00:01.500000",
        "score": "3",
        "price": "1.50",
        "on": "true",
        "via.channel": "web",
        "via.from.name": "客",
        "tags": '["a","b\\""]',
        "raw": "ab",
        "none": None,
        "zoned": "2021-01-01 09:12:58.123456+08:00",
        "kind": "x",
        "__line__": 2,
    }
    assert second["talk"] == "-00:01:00"
    assert second["score"] == "2.5"
    assert second["via.channel"] is None
    assert second["tags"] is None


def test_slices_of_a_gzipped_file_follow_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH_ROWS", 7)
    path = tmp_path / "plain.parquet"
    pl.DataFrame({"n": range(20)}).write_parquet(path, row_group_size=6)
    packed = tmp_path / "export.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    table = open_table(packed)
    batches = list(table.batches())
    assert [b.first_line for b in batches] == [2, 9, 16]
    assert [row for b in batches for row in b.frame.rows()] == [(str(n), n + 2) for n in range(20)]
    assert batches[-1].bytes_read == table.total_bytes


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.parquet"
    FRAME.write_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableFile, match="not an intact Parquet"):
        open_table(path)
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(UnreadableFile, match="PARQUET"):
        open_table(path)
