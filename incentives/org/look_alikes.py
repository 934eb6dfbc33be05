"""What a name looks like: one text for all names that the eye takes for each other.

Follows the idea of Unicode Technical Standard 39 (skeletons, mixed scripts, invisible characters)
with a small table of our own for the alphabets that names are written in. Scripts in which nobody
writes names are not folded but refused: see `incentives.org.names`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

#: Words may mix these: “Li李伟”, “小A”, “サポート組”.
EAST_ASIAN: Final = frozenset(
    {"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL",
     "BOPOMOFO"}
)  # fmt: skip
# In these, characters without a width join letters or keep them apart: they belong to the spelling.
_JOINED: Final = frozenset(
    {"ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU",
     "KANNADA", "MALAYALAM", "SINHALA"}
)  # fmt: skip
_JOINERS: Final = "\u200c\u200d"
#: What names are written in: the recommended scripts of Unicode.
SCRIPTS: Final = EAST_ASIAN | _JOINED | {
    "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "THAANA", "THAI", "LAO", "KHMER",
    "MYANMAR", "TIBETAN", "ETHIOPIC",
}  # fmt: skip

# They take no ink although they are no format characters: fillers, variation selectors, blanks.
_BLANK: Final = frozenset(
    [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0,
     *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]
)  # fmt: skip
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Han characters that are newer than Python's tables: rare, but in people's names.
_RARE_HAN: Final = range(0x20000, 0x40000)

# Capitals that look like another letter than their small ones do; pairs of letter and look.
_CAPITALS: Final = "Αa Βb Εe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx Տs Սu Օo Լl"
_ALIKE: Final = (
    # Cyrillic, as the small letter or the capital looks
    "аa вb гr еe зз ѕs іi јj кk мm нh оo рp сc тt уy үy хx һh ԁd ԛq ԝw ѵv ьb ӏl ҽe"
    # Greek and Armenian
    " αa βb γy εe ζz ηn ιi κk μu νv οo ρp σo τt υu χx ωw ϳj օo սu հh ոn զq ցg յj"
    # Latin letters of phonetics and small capitals
    " ıi ȷj ɑa ɡg ɩi ɪi ɴn ʀr ʏy ʙb ɢg ʜh ʟl ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ꜰf ꜱs"
    " ǀl ƅb ʋv ⱺo"
    # Kana that look like Han, and a radical that looks like a character
    " ニ二 ロ口 カ力 エ工 タ夕 ト卜 ハ八 ミ三 ー一 ヘへ 囗口"
    # Dashes, apostrophes and middle dots
    " ‐- ‒- –- —- ―- −- ‘' ’' ʼ' `' ´' •· ・· ‧· ∙·"
)


def _table(pairs: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in pairs.split()}


_BY_CAPITAL, _BY_LETTER = _table(_CAPITALS), _table(_ALIKE)
# Compatibility folding makes ordinary sigmas of these, which look like an o.
_SIGMAS: Final = _table("ϲc Ϲc ςc")
# In many typefaces these are one stroke, or one ring.
_STROKES: Final = str.maketrans("i1|0", "lllo")


def is_unseen(character: str, before: str = "") -> bool:
    """Whether a character takes no ink, or turns the direction of writing; `before` precedes it."""
    if character in _JOINERS and before and script_of(before) in _JOINED:
        return False
    if ord(character) in _BLANK:
        return True
    category = unicodedata.category(character)
    return category in _UNSEEN and not (category == "Cn" and ord(character) in _RARE_HAN)


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """The script of a letter, as Unicode's name of it begins; "" for what is no letter."""
    folded = unicodedata.normalize("NFKC", character)[:1]
    if not folded.isalpha() and not unicodedata.category(folded).startswith("M"):
        return ""
    name = unicodedata.name(folded, "CJK" if ord(folded) in _RARE_HAN else "UNKNOWN")
    return name.partition(" ")[0]


@lru_cache(maxsize=65536)
def skeleton(text: str) -> str:
    """The text by which look-alikes are found: equal for names that look the same.

    The skeleton of a skeleton is the skeleton itself.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("`", "'").split())
    before, folded = "", text
    while folded != before:
        before, folded = folded, _folded(folded)
    return folded


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SIGMAS))
    text = _seen(text).translate(_BY_CAPITAL)
    text = unicodedata.normalize("NFKC", text.casefold())
    text = unicodedata.normalize("NFD", text).translate(_BY_LETTER)
    text = "".join(_digit(character) for character in text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def strokes(look: str) -> str:
    """A skeleton in which also l, I, 1 and | are the same, and 0 and o."""
    return look.translate(_STROKES)


def spelling(text: str) -> str:
    """What is the same name in other letters of the same alphabet: capitals, spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _seen(text: str) -> str:
    return "".join(c for c in text if c.isspace() or not is_unseen(c))


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
