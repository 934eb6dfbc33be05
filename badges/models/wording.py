"""Names and texts that are kept in English and Chinese."""

from __future__ import annotations

from django.utils.translation import get_language


def in_readers_language(english: str, chinese: str) -> str:
    """The text in the language of the reader; English where there is no Chinese one."""
    return chinese if chinese and (get_language() or "en").startswith("zh") else english
