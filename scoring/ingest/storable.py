"""What the database cannot hold, taken out of a batch before it gets there.

One such value would make PostgreSQL refuse the whole file. Keys end up in B-tree indexes, whose
entries are limited to some 2,700 bytes; decimals have as many digits as their columns.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, DecimalException

import polars as pl
from django.utils.translation import gettext as _

from .fields import Field, Type
from .table import LINE
from .work import Issue

# In characters, of which each takes up to four bytes. People, teams and channels have at most
# 200 in their own tables.
_LONGEST = {"external_id": 500, "agent": 200, "team": 200, "channel": 200}
_DECIMALS = (Type.NUMBER, Type.RATING, Type.SCORE)
# Decimals are numeric(12, 6) at the least: six digits before the point.
_SMALL = {"concurrent_sum": 1e6}
_LONG_NUMBER = 30
_STEP = Decimal("0.000001")


def without_nul(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without the one character that PostgreSQL's text cannot hold."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    if not texts or not frame.height:
        return frame
    found = frame.select(pl.col(texts).str.contains("\x00", literal=True).any()).row(0)
    affected = [name for name, has in zip(texts, found, strict=True) if has]
    if not affected:
        return frame
    return frame.with_columns(pl.col(affected).str.replace_all("\x00", "", literal=True))


def storable(
    frame: pl.DataFrame, raw: pl.DataFrame, known: dict[str, Field]
) -> tuple[pl.DataFrame, list[Issue]]:
    """The rows and fields that fit the database, and an issue for each that does not.

    A row without a usable id goes as a whole; any other field goes alone.
    """
    issues: list[Issue] = []
    for name, longest in _LONGEST.items():
        if name in frame.columns:
            frame = _short(frame, raw, name, longest, issues)
    for field in known.values():
        if field.type in _DECIMALS and field.name in frame.columns:
            frame = _plain(frame, raw, field.name, issues)
    return frame, issues


def _short(
    frame: pl.DataFrame, raw: pl.DataFrame, name: str, longest: int, issues: list[Issue]
) -> pl.DataFrame:
    long = (frame[name].str.len_chars() > longest).fill_null(value=False)
    if not long.any():
        return frame
    whole = name == "external_id"
    detail = _("The %(field)s has over %(longest)s characters.") % {
        "field": name,
        "longest": longest,
    }
    issues += _issues(frame.filter(long), raw, name, "key_too_long", detail, whole=whole)
    if whole:
        return frame.filter(~long)
    return frame.with_columns(frame[name].set(long, None))


def _plain(frame: pl.DataFrame, raw: pl.DataFrame, name: str, issues: list[Issue]) -> pl.DataFrame:
    """Decimals as plain short text: no exponents, no thousands of digits, none too large."""
    text = frame[name].cast(pl.String)
    odd = ((text.str.len_chars() > _LONG_NUMBER) | text.str.contains("[eE]")).fill_null(value=False)
    if odd.any():
        mended = [_rounded(value) for value in text.filter(odd)]
        text = text.scatter(odd.arg_true(), mended)
    bad = text.is_null() & frame[name].is_not_null()
    if name in _SMALL:
        size = text.cast(pl.Float64, strict=False).abs()
        bad = bad | (size >= _SMALL[name]).fill_null(value=False)
    if bad.any():
        issues += _issues(frame.filter(bad), raw, name, "outside_limits", "", whole=False)
        text = text.set(bad, None)
    elif not odd.any():
        return frame
    return frame.with_columns(text.alias(name))


def _rounded(text: str) -> str | None:
    try:
        number = Decimal(text).quantize(_STEP, rounding=ROUND_HALF_UP)
    except DecimalException:
        return None
    return format(number, "f")


def _issues(
    rows: pl.DataFrame, raw: pl.DataFrame, name: str, code: str, detail: str, *, whole: bool
) -> list[Issue]:
    originals = raw.filter(raw[LINE].is_in(rows[LINE].implode())).rows_by_key(
        LINE, named=True, unique=True
    )
    ids = rows["external_id"] if "external_id" in rows.columns else [None] * rows.height
    return [
        Issue(
            line=line,
            code=code,
            field=name,
            value=str(value)[:200],
            detail=detail,
            external_id=(key or "")[:200],
            whole_row=whole,
            row=originals.get(line, {}),
        )
        for line, value, key in zip(rows[LINE], rows[name], ids, strict=True)
    ]
