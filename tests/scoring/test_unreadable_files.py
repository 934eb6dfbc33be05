"""What can't be read is refused with one sentence, early and in bounded memory."""

import gzip
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoring.ingest.errors import UnreadableFile
from scoring.ingest.reading import FileSpec, Limits, open_table

MIB = 1 << 20


def refusal(path: Path, spec: dict[str, Any] | None = None, **options: Any) -> str:
    """The sentence with which reading the whole file is refused."""
    with pytest.raises(UnreadableFile) as caught:
        for _batch in open_table(path, FileSpec.model_validate(spec or {}), **options).batches():
            pass
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def holding(folder: Path, content: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "export.csv")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "export.csv")
    assert "not an ordinary file" in refusal(tmp_path / "export.csv")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = holding(tmp_path, b"a,b\n1,2\n")

    def refuse(*_arguments: object, **_options: object) -> Iterator[bytes]:
        raise PermissionError(13, "Permission denied")

    # The administrator of the machine, who may run the tests, may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    assert "permissions" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert re.search("is empty|no header", refusal(holding(tmp_path, content)))


def test_a_header_below_the_end(tmp_path: Path) -> None:
    assert "line 9" in refusal(holding(tmp_path, b"a,b\n1,2\n"), {"header_row": 9})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04....", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"\r\n<!DOCTYPE html><html>", "HTML"),
        (b"PAR1....", "Parquet"),
    ],
)
def test_another_kind_of_file_under_the_name_of_a_table(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    assert kind in refusal(holding(tmp_path, content))


def test_bytes_that_no_text_has(tmp_path: Path) -> None:
    assert "line 3" in refusal(holding(tmp_path, b"a,b\n1,2\n3,\0\n"))


def test_an_ending_that_says_nothing(tmp_path: Path) -> None:
    path = holding(tmp_path, b"a,b\n1,2\n", "export.dat")
    assert ".csv" in refusal(path)
    assert open_table(path, FileSpec(format="csv")).columns == ["a", "b"]
    assert open_table(path, name="upload.CSV").columns == ["a", "b"]


def test_a_gzip_that_is_cut_off_or_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(50_000)))
    assert "cut off" in refusal(holding(tmp_path, packed[:-20], "cut.csv.gz"))
    checksum = bytearray(packed)
    checksum[-6] ^= 0xFF
    assert "damaged" in refusal(holding(tmp_path, bytes(checksum), "sum.csv.gz"))
    middle = bytearray(packed)
    middle[len(middle) // 2 : len(middle) // 2 + 64] = b"\xff" * 64
    assert "damaged" in refusal(holding(tmp_path, bytes(middle), "middle.csv.gz"))


def test_an_endless_line_is_refused_after_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        file.truncate(4096 * MIB)  # sparse: four gibibytes that take no room
    limits = Limits(max_line_bytes=MIB)
    assert re.search("longer than 1 MiB|no text has", refusal(path, limits=limits))
    text = holding(tmp_path, b"a,b\n1,2\n" + b"x" * 64 * MIB, "text.csv")
    assert "longer than 1 MiB" in refusal(text, limits=limits)


def test_a_quote_that_is_never_closed_names_its_line(tmp_path: Path) -> None:
    rows = b"1,2\n" * 10 + b'3,"open\n' + b"4,5\n" * 400_000
    path = holding(tmp_path, b"a,b\n" + rows)
    assert "line 12" in refusal(path, limits=Limits(max_line_bytes=MIB))
    assert "line 12" in refusal(path)


def test_a_gzip_that_expands_beyond_reason(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"a,b\n")
        for _ in range(64):
            file.write(b"1,2\n" * (MIB // 4))
    assert "200 times" in refusal(path)
    assert "than the 8 MiB" in refusal(path, limits=Limits(max_bytes=8 * MIB))


def test_a_workbook_that_expands_beyond_reason(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 64 * MIB)
    assert "200 times" in refusal(path)
    assert "more than 8 MiB" in refusal(path, limits=Limits(max_ratio=9999, max_xlsx_bytes=8 * MIB))


def test_more_columns_than_anyone_has(tmp_path: Path) -> None:
    path = holding(tmp_path, b",".join(b"c%d" % i for i in range(2001)) + b"\n")
    assert "2001 columns" in refusal(path)


def test_two_encodings_in_one_file(tmp_path: Path) -> None:
    utf8, gb = "1,退款投诉\n".encode(), "2,退款投诉\n".encode("gb18030")
    assert "line 4" in refusal(holding(tmp_path, b"a,b\n" + utf8 + utf8 + gb + utf8))
    mixed = refusal(holding(tmp_path, b"a,b\n" + gb + utf8 + gb + gb))
    assert "mixes encodings" in mixed
    assert "line 3" in mixed
    # The other encoding comes long after the first has been decided on.
    late = holding(tmp_path, b"a,b\n" + utf8 + b"1,2\n" * 100_000 + gb)
    assert "line 100003" in refusal(late, block_bytes=1 << 16)
    other_way = holding(tmp_path, b"a,b\n" + gb + b"1,2\n" * 100_000 + utf8)
    assert "line 100003" in refusal(other_way, block_bytes=1 << 16)


def test_text_that_is_not_in_the_named_encoding(tmp_path: Path) -> None:
    path = holding(tmp_path, "a,b\n1,退款\n".encode("gb18030"))
    assert "Line 2" in refusal(path, {"encoding": "utf-8"})
    odd = holding(tmp_path, "a,b\n1,2\n".encode("utf-16")[:-1], "odd.csv")
    assert "UTF-16" in refusal(odd)
