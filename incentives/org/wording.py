"""The two languages of the product, and names that are kept in both."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from django.utils.translation import get_language, override

Language = Literal["en", "zh-hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-hans")


class Named(Protocol):
    """What has a name in English and, perhaps empty, in Chinese."""

    name_en: str
    name_zh: str


def reads_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "en").startswith("zh")


def readers_language() -> Language:
    """The code of the reader's language."""
    return "zh-hans" if reads_chinese() else "en"


def in_readers_language(english: str, chinese: str) -> str:
    """The text in the language of the reader; English where there is no Chinese one."""
    return chinese if chinese and reads_chinese() else english


def in_both(text: Any, each: Named | None = None) -> tuple[str, str]:
    """A text of the catalogue in English and Chinese, with the name of something in it."""
    found = []
    for language in LANGUAGES:
        with override(language):
            name = in_readers_language(each.name_en, each.name_zh) if each else ""
            found.append(str(text) % {"name": name} if each else str(text))
    return found[0], found[1]


def named(each: Named) -> dict[Language, str]:
    """A name in both languages, to be kept where the thing itself may be renamed."""
    return {"en": each.name_en, "zh-hans": each.name_zh}
