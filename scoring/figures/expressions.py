"""Measure expressions: the numerators and denominators of KPIs.

An expression is a sum of measures with constant factors: `nps_promoters - nps_detractors`,
`2 * (saves + converted)`. Text is parsed by a small recursive parser and never evaluated; the only
identifiers that reach SQL come from the registry of measures, everything else is a parameter.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher, get_close_matches
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

LONGEST = 500
DEEPEST = 30
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,15}(?:\.\d{1,15})?)|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*()]))"
)


class ExpressionError(ValueError):
    """The text is no measure expression; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A linear combination of measures: (measure key, factor), in order of appearance."""

    terms: tuple[tuple[str, Decimal], ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """The keys of the measures it adds up."""
        return tuple(key for key, _factor in self.terms)

    def value(self, sums: Mapping[str, Decimal]) -> Decimal:
        """The exact value for given sums; measures that are absent count as 0."""
        return sum((sums.get(key, Decimal(0)) * factor for key, factor in self.terms), Decimal(0))


def close_to(word: str, known: Collection[str]) -> list[str]:
    """At most three known names that someone may have meant, the likeliest first.

    Names that are much less like the word than the likeliest one only distract.
    """
    word = word.lower()
    likely = get_close_matches(word, sorted(known), n=3, cutoff=0.6)
    best = [SequenceMatcher(None, name, word).ratio() for name in likely]
    return [name for name, ratio in zip(likely, best, strict=True) if ratio > best[0] - 0.1]


def near(word: str, known: Collection[str]) -> str:
    """` Did you mean a, b?` or an empty text, to append to an error about an unknown name."""
    matches = close_to(word, known)
    return " " + _("Did you mean %(names)s?") % {"names": ", ".join(matches)} if matches else ""


def parse(text: str, *, known: Collection[str]) -> Expression:
    """Read an expression over the measures `known`. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(
            _("The expression is longer than %(most)d characters: shorten it.") % {"most": LONGEST}
        )
    if not text.strip():
        raise ExpressionError(_("The expression is empty: name at least one measure."))
    parser = _Parser(text)
    constant, terms = parser.sum()
    parser.expect_end()
    for key in terms:
        if key not in known:
            raise ExpressionError(
                _("There is no measure “%(name)s”.") % {"name": key} + near(key, known)
            )
    kept = tuple((key, factor) for key, factor in terms.items() if factor)
    if constant or not kept:
        raise ExpressionError(
            _("A number can only multiply a measure, such as 2 * handled: add a measure to it.")
        )
    return Expression(kept)


def sum_of(
    measure: str, *, columns: Collection[str], alias: str, days: str = ""
) -> tuple[str, list[Any]]:
    """SQL for one measure summed over rows of daily totals, and its parameters; 0 without data."""
    only = f" FILTER (WHERE {days})" if days else ""
    if measure in columns:
        if not measure.isidentifier():
            raise ExpressionError(_("There is no measure “%(name)s”.") % {"name": measure})
        return f'coalesce(sum({alias}."{measure}"){only}, 0)', []
    return f"coalesce(sum(({alias}.custom->>%s)::numeric){only}, 0)", [measure]


def compile_expression(
    expression: Expression,
    *,
    columns: Collection[str],
    alias: str = "f",
    measured: bool = False,
    days: str = "",
) -> tuple[str, list[Any]]:
    """SQL for the expression over sums of daily totals (alias `f`), and its parameters.

    `columns` are the measures that have a column of their own; others are read from `custom`.
    With `measured` the result is NULL, not 0, when none of its measures was ever filled. `days`
    is an SQL condition on the rows that are summed, free of parameters.
    """
    only = f" FILTER (WHERE {days})" if days else ""
    parts: list[str] = []
    params: list[Any] = []
    for key, factor in expression.terms:
        sql, own = sum_of(key, columns=columns, alias=alias, days=days)
        if factor == 1:
            parts.append(sql)
        else:
            parts.append(f"%s * {sql}")
            params.append(factor)
        params.extend(own)
    sql = "(" + " + ".join(parts) + ")"
    own_columns = [key for key in expression.measures if key in columns]
    if measured and len(own_columns) == len(expression.terms):
        filled = ", ".join(f'max({alias}."{key}"){only}' for key in own_columns)
        sql = f"CASE WHEN coalesce({filled}) IS NOT NULL THEN {sql} END"
    return sql, params


Linear: TypeAlias = tuple[Decimal, dict[str, Decimal]]


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise ExpressionError(
                _("“%(sign)s” is not understood: use measures, numbers, + - * and parentheses.")
                % {"sign": rest[:1]}
            )
        yield str(match.lastgroup), match[str(match.lastgroup)], match.start()
        position = match.end()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def peek(self) -> str | None:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise ExpressionError(_("The expression ends too early: add a measure at its end."))
        kind, word, _position = self.tokens[self.at]
        self.at += 1
        return kind, word

    def expect_end(self) -> None:
        word = self.peek()
        if word is not None:
            raise ExpressionError(
                _("“%(word)s” is out of place: put + - or * before it.") % {"word": word}
            )

    def sum(self) -> Linear:
        total = self.product()
        while self.peek() in ("+", "-"):
            _kind, sign = self.take()
            total = _add(total, _scale(self.product(), Decimal(-1 if sign == "-" else 1)))
        return total

    def product(self) -> Linear:
        total = self.factor()
        while self.peek() == "*":
            self.take()
            total = _multiply(total, self.factor())
        return total

    def factor(self) -> Linear:
        kind, word = self.take()
        if kind == "number":
            return Decimal(word), {}
        if kind == "name":
            return Decimal(0), {word: Decimal(1)}
        if word == "-":
            return _scale(self.nested(self.factor), Decimal(-1))
        if word == "(":
            inside = self.nested(self.sum)
            self.close()
            return inside
        raise ExpressionError(
            _("“%(word)s” is out of place: a measure goes there.") % {"word": word}
        )

    def nested(self, rule: Callable[[], Linear]) -> Linear:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(_("The expression is nested too deeply: remove parentheses."))
        inside = rule()
        self.depth -= 1
        return inside

    def close(self) -> None:
        if self.peek() != ")":
            raise ExpressionError(_("A parenthesis is not closed: add “)”."))
        self.take()


def _scale(linear: Linear, factor: Decimal) -> Linear:
    constant, terms = linear
    return constant * factor, {key: own * factor for key, own in terms.items()}


def _add(left: Linear, right: Linear) -> Linear:
    terms = dict(left[1])
    for key, factor in right[1].items():
        terms[key] = terms.get(key, Decimal(0)) + factor
    return left[0] + right[0], terms


def _multiply(left: Linear, right: Linear) -> Linear:
    if left[1] and right[1]:
        raise ExpressionError(
            _("Two measures cannot be multiplied: multiply a measure by a number only.")
        )
    return _scale(left, right[0]) if left[1] else _scale(right, left[0])
