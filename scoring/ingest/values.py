"""Flags, numbers, ratings and words from text, a whole column at a time."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from .mapping import FieldSpec, scale_of

TRUE = ("true", "t", "yes", "y", "1", "1.0", "是", "对")
FALSE = ("false", "f", "no", "n", "0", "0.0", "否", "不是")
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_DECORATION = r"^[\s\u00a0]*[$€£¥￥₹]?[\s\u00a0]*|[\s\u00a0]*[$€£¥￥₹元%]?[\s\u00a0]*$"


def without_missing(text: pl.Series, words: Iterable[str]) -> pl.Series:
    """The trimmed text, null where it is empty or one of the missing-value words.

    Words match whatever their case; words that are numbers match by value ("0" fits "0.0").
    """
    text = text.str.strip_chars()
    gone = text == ""
    wanted = [word.strip().casefold() for word in words if word.strip()]
    if wanted:
        gone = gone | text.str.to_lowercase().is_in(wanted)
        numbers = [float(word) for word in wanted if _is_number(word)]
        if numbers:
            gone = gone | text.cast(pl.Float64, strict=False).is_in(numbers).fill_null(value=False)
    return text.set(gone.fill_null(value=False), None)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return word not in ("nan", "inf", "-inf", "infinity")


def translated(text: pl.Series, spec: FieldSpec) -> pl.Series:
    """The text with the mapping's value map applied; unmapped values stay unless `otherwise`."""
    if spec.map is None:
        return text
    words = {old.strip().casefold(): new for old, new in spec.map.items()}
    found = text.str.to_lowercase().replace_strict(
        list(words), list(words.values()), default=None, return_dtype=pl.String
    )
    if spec.otherwise is None:
        found = found.zip_with(found.is_not_null(), text)
    elif spec.otherwise:
        found = found.fill_null(spec.otherwise)
    return found.set((text.is_null() | (found == "")).fill_null(value=False), None)


def flags(text: pl.Series, spec: FieldSpec) -> pl.Series:
    """Yes and no as booleans; null where the text is neither."""
    if spec.present:
        return text.is_not_null()
    if spec.at_least is not None or spec.at_most is not None:
        return _compared(numbers(text, spec).cast(pl.Float64, strict=False), spec)
    lowered = text.str.to_lowercase()
    if spec.true is None and spec.false is None:
        yes, no = lowered.is_in(TRUE), lowered.is_in(FALSE)
    else:
        yes = lowered.is_in([word.strip().casefold() for word in spec.true or ()])
        no = lowered.is_in([word.strip().casefold() for word in spec.false or ()])
        if spec.false is None:
            no = ~yes
        if spec.true is None:
            yes = ~no
    return yes.set((~(yes | no)).fill_null(value=True), None)


def _compared(number: pl.Series, spec: FieldSpec) -> pl.Series:
    fits = number.is_not_null().set(number.is_null(), None)
    if spec.at_least is not None:
        fits = fits & (number >= spec.at_least)
    if spec.at_most is not None:
        fits = fits & (number <= spec.at_most)
    return fits


def numbers(text: pl.Series, spec: FieldSpec) -> pl.Series:
    """Numbers as exact decimal text (for the database to read); null where it is no number.

    Currency signs and grouped thousands (1,234.50) are understood; with decimal = "," so is
    1.234,50.
    """
    if spec.decimal == ",":
        text = text.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
    plain = text.str.contains(_PLAIN)
    if plain.all():
        return text.str.strip_prefix("+")
    bare = text.str.replace_all(_DECORATION, "")
    grouped = bare.str.contains(_GROUPED).fill_null(value=False)
    bare = bare.str.replace_all(",", "", literal=True).zip_with(grouped, bare)
    good = bare.str.contains(_PLAIN).fill_null(value=False)
    return bare.set(~good, None).str.strip_prefix("+")


def integers(text: pl.Series, spec: FieldSpec) -> pl.Series:
    """Whole numbers; null where the text is no number or has a fraction."""
    number = numbers(text, spec).cast(pl.Float64, strict=False)
    whole = number.set((number != number.round()).fill_null(value=False), None)
    return whole.cast(pl.Int64, strict=False)


def on_scale(text: pl.Series, spec: FieldSpec, *, low: float, high: float) -> pl.Series:
    """Marks of the mapping's scale carried over to low–high, as decimal text (6 places).

    Null where the text is no number or lies outside the scale; scales of words count from the
    worst word upwards.
    """
    if spec.scale is None:
        bottom, top, words = low, high, ()
    else:
        bottom, top, words = scale_of(spec)
    if words:
        places = pl.Series(range(1, len(words) + 1), dtype=pl.Float64)
        mark = text.str.to_lowercase().replace_strict(
            list(words), places, default=None, return_dtype=pl.Float64
        )
    else:
        exact = numbers(text, spec)
        mark = exact.cast(pl.Float64, strict=False)
        if (bottom, top) == (low, high):
            outside = ((mark < low) | (mark > high)).fill_null(value=True)
            return exact.set(outside, None)
    mark = mark.set(((mark < bottom) | (mark > top)).fill_null(value=True), None)
    scaled = low + (mark - bottom) * (high - low) / (top - bottom)
    return scaled.round(6).cast(pl.String)
