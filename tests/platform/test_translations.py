"""The Chinese of the product is complete, well formed and in step with templates and code."""

from __future__ import annotations

import ast
import gettext
import io
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation.template import templatize

from scoring.figures.catalogue import notes_in_chinese, shipped_note
from scoring.ingest.library import shipped_mappings
from tests.platform.test_settings import ROOT

CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FOLDERS = ("incentives", "scoring", "badges", "careers", "rewards", "dashboards", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[-+.0-9]*[sdrf]|%[sd]|%%|\{\w*\}|</?\w+[^>]*>")
CHINESE = "\u3400-\u9fff"
# After a Chinese character these belong to Chinese, and are full-width: ，。；：？！（）
HALF_WIDTH = re.compile(rf"[{CHINESE}][,;:?!]|[{CHINESE}]\.(?!\w)|[{CHINESE}]\(|\([{CHINESE}]")
Key = tuple[str, str]


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def messages() -> list[Message]:
    return [each for each in catalogue() if each.id]


def english(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def chinese(message: Message) -> list[str]:
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def source_files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"}:
                yield path


@cache
def used_strings(path: Path) -> frozenset[Key]:
    """Context and first form of everything that a file asks to be translated."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Between parentheses, the indentation of a template means nothing to Python.
        text = f"({templatize(text, str(path))}\n)"
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS)
    return frozenset(
        (context or "", form if isinstance(form, str) else form[0])
        for _line, form, _comments, context in found
    )


def known_strings() -> set[Key]:
    return {(each.context or "", english(each)[0]) for each in messages()}


def missing_from(known: set[Key], paths: Iterable[Path]) -> list[str]:
    used = {(key, path) for path in paths for key in used_strings(path)}
    return sorted(f"{path.relative_to(ROOT)}: {key[1]!r}" for key, path in used if key not in known)


class Visible(HTMLParser):
    """Gathers the words of a page that are not inside a template tag."""

    SILENT = ("script", "style", "code")
    SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-confirm", "data-confirm-action")
    # The product's name, and the languages' own names.
    NAMES = ("incentives", "English")

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    @classmethod
    def words(cls, page: str) -> list[str]:
        # These blocks hold attributes of the body.
        attributes = r"\{% block body_.*?endblock %\}"
        translated = r"\{% blocktranslate.*?endblocktranslate %\}"
        tags = r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
        page = re.sub(f"{attributes}|{translated}|{tags}", "", page, flags=re.S)
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.inside.append(tag)
        for name, value in attrs:
            if name in self.SPOKEN:
                self.look_at(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.look_at(data)

    def look_at(self, text: str) -> None:
        words = " ".join(text.split())
        if re.search(r"[A-Za-z]{3}", words) and words.strip(" ·–") not in self.NAMES:
            self.found.append(words)


def test_every_string_has_a_translation() -> None:
    empty = [english(each)[0] for each in messages() if not all(chinese(each))]
    assert not empty, f"Translate in {CATALOGUE.relative_to(ROOT)}: {empty}"


def test_no_translation_is_a_guess_or_left_over() -> None:
    assert not [english(each)[0] for each in messages() if each.fuzzy]
    assert not catalogue().obsolete


def test_every_string_of_templates_and_code_is_in_the_catalogue() -> None:
    missing = missing_from(known_strings(), source_files())
    assert not missing, f"Run bin/messages, then translate: {missing}"


def test_no_string_of_the_catalogue_is_unused() -> None:
    used = {key for path in source_files() for key in used_strings(path)}
    assert not known_strings() - used, "Run bin/messages."


def test_strings_are_constants_outside_of_f_strings() -> None:
    """xgettext finds no others."""
    hidden = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in source_files()
        if path.suffix == ".py"
        for line in hidden_strings(path.read_text(encoding="utf-8"))
    }
    assert not hidden


def test_a_string_in_an_f_string_is_found() -> None:
    code = "a = f\"{_('x')}\"\nb = _('x')\nc = gettext(f'{b}')\nd = _(b)\n"
    assert hidden_strings(code) == {1, 3, 4}


def hidden_strings(code: str) -> set[int]:
    tree = ast.parse(code)
    inside = {
        id(call)
        for each in ast.walk(tree)
        if isinstance(each, ast.JoinedStr)
        for call in calls(each)
    }
    return {
        call.lineno
        for call in calls(tree)
        if id(call) in inside or not isinstance(call.args[0], ast.Constant)
    }


def calls(tree: ast.AST) -> list[ast.Call]:
    """Calls that ask for a translation."""
    return [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id in KEYWORDS
    ]


def test_a_string_that_nobody_translated_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}\n  {% translate 'Never seen' %}\n {% blocktranslate count n=n %}{{ n }} one"
        "{% plural %}{{ n }} many{% endblocktranslate %}\n{% translate 'Scale' context 'map' %}"
    )
    code = tmp_path / "code.py"
    code.write_text('title = _("Two"\n    " lines") % {"a": 1}\n')
    assert used_strings(page) == {("", "Never seen"), ("", "%(n)s one"), ("map", "Scale")}
    assert used_strings(code) == {("", "Two lines")}


def test_placeholders_and_tags_are_those_of_the_english() -> None:
    wrong = []
    for each in messages():
        if not all(chinese(each)):
            continue
        wanted = [set(PLACEHOLDER.findall(text)) - {"%%"} for text in english(each)]
        given = [set(PLACEHOLDER.findall(text)) - {"%%"} for text in chinese(each)]
        if not all(any(found == one for one in wanted) for found in given):
            wrong.append(english(each)[0])
    assert not wrong


def test_percent_signs_are_doubled_where_text_is_filled_in() -> None:
    """A single % in a text with placeholders would fail when it is shown."""
    for each in messages():
        if re.search(r"%\(\w+\)", english(each)[0]):
            for text in chinese(each):
                _filled_in(text)


def _filled_in(text: str) -> str:
    names = re.findall(r"%\((\w+)\)", text)
    return text % dict.fromkeys(names, 1)


def test_chinese_has_full_width_punctuation() -> None:
    wrong = [text for each in messages() for text in chinese(each) if HALF_WIDTH.search(text)]
    assert not wrong


@pytest.mark.parametrize("text", ["好,坏", "好.", "好!", "(好)", "好;坏"])
def test_half_width_punctuation_is_found(text: str) -> None:
    assert HALF_WIDTH.search(text)


@pytest.mark.parametrize("text", ["好，坏。", "写成 1-5, 0-10", "结尾的 .toml", "3.5 分", "（好）"])
def test_punctuation_that_belongs_there_is_left_alone(text: str) -> None:
    assert not HALF_WIDTH.search(text)


def test_the_compiled_catalogue_speaks_chinese(tmp_path: Path) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    assert translations.gettext("Sign in") == "登录"
    assert translations.ngettext("%(n)s file", "%(n)s files", 1) == "%(n)s 个文件"
    assert translations.ngettext("%(n)s file", "%(n)s files", 7) == "%(n)s 个文件"


def test_the_header_names_nobody_and_no_day() -> None:
    header = CATALOGUE.read_text(encoding="utf-8").split("\n\n", 1)[0]
    assert "@" not in header
    assert not re.search(r"\d{4}|Date|Translator", header)
    assert not re.search(r"^#: ", CATALOGUE.read_text(encoding="utf-8"), re.M)


def test_texts_that_ship_as_data_have_their_chinese() -> None:
    notes = notes_in_chinese()
    assert notes
    assert [note for note, zh in notes.items() if not re.search(f"[{CHINESE}]", zh)] == []
    with translation.override("zh-hans"):
        told = {each.name: each.description for each in shipped_mappings()}
        assert [name for name, text in told.items() if not re.search(f"[{CHINESE}]", text)] == []
        assert shipped_note("online channels") == "在线渠道"
        assert shipped_note("our own note") == "our own note"
    with translation.override("en"):
        assert shipped_note("online channels") == "online channels"


def test_large_figures_are_grouped_by_three_in_both_languages() -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert number_format(1234567, force_grouping=True) == "1,234,567"


def test_gettext_itself_accepts_the_catalogue(tmp_path: Path) -> None:
    if not shutil.which("msgfmt"):
        pytest.skip(
            "SKIPPED: GNU gettext is missing; apt-get install gettext to check with it too."
        )
    done = subprocess.run(
        [
            "msgfmt",
            "--check-format",
            "--check-domain",
            "-o",
            str(tmp_path / "out.mo"),
            str(CATALOGUE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_visible_text_of_templates_is_wrapped() -> None:
    """Words that stand in a template outside of a translation are English for everyone."""
    bare = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in (ROOT / "templates").rglob("*.html")
        for text in Visible.words(path.read_text(encoding="utf-8"))
    }
    assert not bare


def test_words_that_are_not_wrapped_are_found() -> None:
    page = (
        "<p>{% translate 'Fine' %} {{ name }} Bare</p><input placeholder='{{ one }} also bare'>"
        "{% blocktranslate %}Fine too{% endblocktranslate %}<code>fine</code>{# fine #}"
    )
    assert Visible.words(page) == ["Bare", "also bare"]
