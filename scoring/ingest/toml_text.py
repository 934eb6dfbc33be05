"""Mappings as TOML text: what the wizard writes and people edit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")


def dump(data: Mapping[str, Any]) -> str:
    """TOML of a mapping: plain keys first, then one table each; fields are one line each.

    None values are left out, since TOML has none.
    """
    plain = {key: value for key, value in data.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and value}
    parts = ["".join(_lines(plain))] if plain else []
    parts += [f"[{_key(name)}]\n" + "".join(_lines(table)) for name, table in tables.items()]
    return "\n".join(parts)


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}\n" for key, value in table.items() if value is not None]


def _key(name: str) -> str:
    return name if _BARE_KEY.match(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return _text(str(value))


def _text(value: str) -> str:
    # JSON's escapes are TOML's too; only DEL needs one that JSON does not ask for.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
