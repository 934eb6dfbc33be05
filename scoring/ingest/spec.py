"""The `[file]` table of a mapping: how the bytes of an export become rows."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, PositiveInt

Format = Literal["csv", "xlsx", "ndjson", "json", "parquet"]
Encoding = Literal["utf-8", "gb18030", "utf-16", "windows-1252"]
Delimiter = Literal[",", ";", "\t", "|"]
DELIMITERS: tuple[str, ...] = get_args(Delimiter)


class FileSpec(BaseModel):
    """How to read a file; whatever is left out is detected."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Format | None = None
    delimiter: Delimiter | None = None
    quote: Literal['"', "'", ""] = '"'
    # Without one: by byte-order mark, else UTF-8, else GB18030.
    encoding: Encoding | None = None
    sheet: str | None = None
    header_row: PositiveInt = 1
    # Dotted path to the list (or the single object) of records in a JSON document.
    records: str | None = None
