"""Mappings as TOML text: what the wizard writes and people edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit


def dump(data: Mapping[str, Any]) -> str:
    """TOML of a mapping: plain keys first, then one table each; fields are one line each.

    None values are left out, since TOML has none.
    """
    plain = {key: value for key, value in data.items() if not isinstance(value, dict)}
    parts = [_lines(plain)] if plain else []
    parts += [
        tomlkit.dumps({name: {}}) + _lines(table)
        for name, table in data.items()
        if isinstance(table, dict) and table
    ]
    return "\n".join(parts)


def _lines(table: Mapping[str, Any]) -> str:
    document = tomlkit.document()
    for key, value in table.items():
        if value is not None:
            document.add(key, _item(value))
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        return _inline({key: _item(each) for key, each in value.items() if each is not None})
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        array.extend(_item(each) for each in value)
        return array
    return tomlkit.item(value)


def _inline(items: Mapping[str, Any]) -> tomlkit.items.InlineTable:
    inline = tomlkit.inline_table()
    if items:
        inline.add(tomlkit.ws(" "))
        inline.update(items)
        inline.add(tomlkit.ws(" "))
    return inline
