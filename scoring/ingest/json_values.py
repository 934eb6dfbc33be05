"""JSON objects as flat rows of text that keep every number as it was written."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

FlatRecord = dict[str, str | None]


class WrittenFloat(float):
    """A number that remembers its digits, so that 1.50 stays "1.50"."""

    text: str = ""

    @classmethod
    def parse(cls, text: str) -> "WrittenFloat":
        """The number in `text`."""
        number = cls(text)
        number.text = text
        return number


def load_json(text: str | bytes) -> Any:
    """Parse JSON; raises ValueError, RecursionError for absurd nesting."""
    text = text if isinstance(text, str) else text.decode()
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # more digits than Python makes a number of
        return _OF_MANY_DIGITS.decode(text)


_DECODER = json.JSONDecoder(parse_float=WrittenFloat.parse)
_OF_MANY_DIGITS = json.JSONDecoder(parse_float=WrittenFloat.parse, parse_int=WrittenFloat.parse)


def flatten(record: dict[str, Any]) -> FlatRecord:
    """Nested objects become dotted names, lists JSON text; null is missing."""
    flat: FlatRecord = {}
    _flatten_into(flat, record, "")
    return flat


def _flatten_into(flat: FlatRecord, record: dict[str, Any], prefix: str) -> None:
    for key, value in record.items():
        if isinstance(value, str):
            flat[prefix + key] = value
        elif isinstance(value, dict) and value:
            _flatten_into(flat, value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = _text(value)


def _text(value: Any) -> str | None:
    if value is None or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WrittenFloat):
        return value.text
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def key_order(records: Iterable[FlatRecord]) -> list[str]:
    """Every key of the records, in the order of first appearance."""
    keys: dict[str, None] = {}
    for record in records:
        keys.update(dict.fromkeys(record))
    return list(keys)


def as_rows(
    records: Iterable[tuple[int, FlatRecord]], keys: list[str]
) -> Iterator[tuple[str | int | None, ...]]:
    """Rows of the values under `keys`, followed by the record's line."""
    for line, record in records:
        yield (*map(record.get, keys), line)
