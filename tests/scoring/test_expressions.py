"""Measure expressions: parsed by hand, never evaluated."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.figures.expressions import ExpressionError, compile_expression, parse

KNOWN = ["handled", "resolved", "saves", "nps_promoters", "nps_detractors", "退款"]
NUMBERS = st.integers(0, 99) | st.decimals(0, 99, places=2).map(abs)


def trees(depth: int = 3) -> st.SearchStrategy[tuple[str, dict[str, Decimal]]]:
    """Expressions with their coefficients, worked out beside the text and not from it."""
    leaf = st.sampled_from(KNOWN).map(lambda key: (key, {key: Decimal(1)}))
    if depth == 0:
        return leaf
    inner = trees(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda each: _join(*each)),
        st.tuples(NUMBERS, inner).map(lambda each: _times(*each)),
        inner.map(lambda each: (f"-({each[0]})", {key: -by for key, by in each[1].items()})),
    )


def _join(
    left: tuple[str, dict[str, Decimal]], sign: str, right: tuple[str, dict[str, Decimal]]
) -> tuple[str, dict[str, Decimal]]:
    terms = dict(left[1])
    for key, factor in right[1].items():
        terms[key] = terms.get(key, Decimal(0)) + (factor if sign == "+" else -factor)
    return f"{left[0]} {sign} ({right[0]})", terms


def _times(
    number: int | Decimal, inner: tuple[str, dict[str, Decimal]]
) -> tuple[str, dict[str, Decimal]]:
    text, terms = inner
    return f"{number}*({text})", {key: number * factor for key, factor in terms.items()}


@given(trees())
def test_any_sum_of_measures_is_read_as_written(tree: tuple[str, dict[str, Decimal]]) -> None:
    text, terms = tree
    wanted = {key: factor for key, factor in terms.items() if factor}
    if not wanted:
        with pytest.raises(ExpressionError):
            parse(text, known=KNOWN)
        return
    assert dict(parse(text, known=KNOWN).terms) == wanted


@given(st.text(max_size=60) | st.text("handled resolved+-*().0123456789 ", max_size=60))
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    problem = ""
    measures: set[str] = set()
    try:
        measures = set(parse(text, known=KNOWN).measures)
    except ExpressionError as error:
        problem = str(error)
    assert problem[-1] in ".?" if problem else measures
    assert measures <= set(KNOWN)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is empty"),
        ("handeld", "Did you mean handled?"),
        ("nps_promotors", "Did you mean nps_promoters?"),
        ("handled resolved", "“resolved” is out of place"),
        ("handled +", "ends too early"),
        ("(handled", "not closed"),
        ("handled * resolved", "cannot be multiplied"),
        ("handled + 5", "only multiply"),
        ("5", "only multiply"),
        ("handled / resolved", "“/” is not understood"),
        ("__import__('os')", "“'” is not understood"),
        ("handled - handled", "only multiply"),
        ("(" * 40 + "handled" + ")" * 40, "nested too deeply"),
        ("-" * 100 + "handled", "nested too deeply"),
        ("handled + " * 60 + "handled", "longer than"),
    ],
)
def test_the_error_says_what_is_wrong(text: str, part: str) -> None:
    with pytest.raises(ExpressionError, match=r"[.?]$") as caught:
        parse(text, known=KNOWN)
    assert part in str(caught.value)


def test_measures_with_a_column_are_identifiers_and_all_else_is_a_parameter() -> None:
    expression = parse("nps_promoters - 0.5 * 退款", known=KNOWN)
    sql, params = compile_expression(expression, columns=["nps_promoters"])
    assert sql == (
        '(coalesce(sum(f."nps_promoters"), 0) + %s * coalesce(sum((f.custom->>%s)::numeric), 0))'
    )
    assert params == [Decimal("-0.5"), "退款"]


def test_a_value_is_the_weighted_sum() -> None:
    expression = parse("2 * (saves + resolved) - handled", known=KNOWN)
    sums = {"saves": Decimal(3), "resolved": Decimal("0.5"), "handled": Decimal(1)}
    assert expression.value(sums) == 6
    assert expression.value({}) == 0
