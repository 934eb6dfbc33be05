"""The layout of templates: white space that a page can show is neither made nor lost."""

from __future__ import annotations

import runpy
from collections.abc import Callable

import pytest
from django.conf import settings

LONG = (
    "Nobody has handed anything in yet, and that is as it should be before the first day is over."
)
ROOMY = '<a class="btn btn-primary" href="/somewhere/rather/far/away/">Go there</a>'


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.syspath_prepend(settings.BASE_DIR / "bin")
    found: Callable[[str], str] = runpy.run_path(str(settings.BASE_DIR / "bin/format-templates"))[
        "laid_out"
    ]
    return found


@pytest.mark.parametrize(
    "source",
    [
        "<title>{% block title %}{% endblock %} · incentives</title>",
        '{% extends "a.html" %}\n{% block a %}<hr>{% endblock %}\n{% block b %} data-b{% endblock %}',
        "<p>{{ a }}{% if b %}<b>{{ b }}</b>{% endif %}, {{ c }}</p>",
        "<pre>\n a\n  b</pre>",
    ],
)
def test_what_shows_stays(laid_out: Callable[[str], str], source: str) -> None:
    assert laid_out(source) == source


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("<ul><li>a</li><li>b</li></ul>", "<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>"),
        (
            "<section>{% if a %}<p>b</p><p>c</p>{% endif %}</section>",
            "<section>\n  {% if a %}\n    <p>b</p>\n    <p>c</p>\n  {% endif %}\n</section>",
        ),
        (
            f'<p>{{% translate "{LONG}" %}}</p>',
            f"<p>\n  {{% blocktranslate trimmed %}}\n    {LONG}\n  {{% endblocktranslate %}}\n</p>",
        ),
        (f"<p>{ROOMY} {ROOMY}</p>", f"<p>\n  {ROOMY}\n  {ROOMY}\n</p>"),
    ],
)
def test_lines_break_where_nothing_shows_it(
    laid_out: Callable[[str], str], source: str, written: str
) -> None:
    assert laid_out(source) == written
    assert laid_out(written) == written


def test_elements_that_touch_still_touch(laid_out: Callable[[str], str]) -> None:
    assert "</a><a\n" in laid_out(f"<p>{ROOMY}{ROOMY}</p>")
