"""Flags, numbers, ratings and words from text, a whole column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from .field_spec import FieldSpec, Where, carried_over, scale_of

TRUE = ("true", "t", "yes", "y", "1", "1.0", "是", "对")
FALSE = ("false", "f", "no", "n", "0", "0.0", "否", "不是")
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_GAP = r"[\s\u00a0\u202f'’](\d{3})\b"
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
    if spec.contains is not None:
        words = [re.escape(word.strip().casefold()) for word in spec.contains]
        found = text.str.to_lowercase().str.contains("|".join(words))
        return found.fill_null(value=False)
    if spec.at_least is not None or spec.at_most is not None:
        return within(numbers(text, spec), spec.at_least, spec.at_most)
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


def within(number: pl.Series, at_least: float | None, at_most: float | None) -> pl.Series:
    """Whether a number (as text) lies within the limits; null where there is none."""
    number = number.cast(pl.Float64, strict=False)
    fits = number.is_not_null().set(number.is_null(), None)
    if at_least is not None:
        fits = fits & (number >= at_least)
    if at_most is not None:
        fits = fits & (number <= at_most)
    return fits


def passes(frame: pl.DataFrame, test: Where) -> pl.Series:
    """Which rows a test of one column lets through."""
    text = without_missing(frame[test.column], ())
    if test.empty is not None:
        return text.is_null() if test.empty else text.is_not_null()
    if test.is_in is None and test.not_in is None:
        number = numbers(text, FieldSpec(column=test.column))
        return within(number, test.at_least, test.at_most).fill_null(value=False)
    words = [word.strip().casefold() for word in test.is_in or test.not_in or ()]
    found = text.str.to_lowercase().is_in(words).fill_null(value=False)
    return found if test.is_in is not None else ~found


def numbers(text: pl.Series, spec: FieldSpec) -> pl.Series:
    """Numbers as exact decimal text (for the database to read); null where it is no number.

    Currency signs and grouped thousands (1,234.50 or 1 234.50) are understood; with decimal = "," so is
    1.234,50.
    """
    if spec.decimal == ",":
        text = text.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
    plain = text.str.contains(_PLAIN)
    if plain.all():
        return text.str.strip_prefix("+")
    bare = text.str.replace_all(_DECORATION, "").str.replace_all(_GAP, "$1")
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
        spec = spec.model_copy(update={"scale": f"{low}-{high}"})
    worst, best, words = scale_of(spec)
    if words:
        places = pl.Series(range(1, len(words) + 1), dtype=pl.Float64)
        mark = text.str.to_lowercase().replace_strict(
            list(words), places, default=None, return_dtype=pl.Float64
        )
    else:
        exact = numbers(text, spec)
        mark = exact.cast(pl.Float64, strict=False)
    outside = ((mark < min(worst, best)) | (mark > max(worst, best))).fill_null(value=True)
    if not words and (worst, best) == (low, high):
        return exact.set(outside, None)
    scaled: pl.Series = carried_over(mark.set(outside, None), spec, low=low, high=high)
    return scaled.round(6).cast(pl.String)
