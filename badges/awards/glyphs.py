"""The pictures that a badge can carry: symbols of static/svg/medals.svg, with words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Keys are ids of symbols; the words are read out where somebody chooses one.
GLYPHS: dict[str, _StrPromise] = {
    "bolt": pgettext_lazy("picture", "Lightning"),
    "clock": pgettext_lazy("picture", "Clock"),
    "gauge": pgettext_lazy("picture", "Speedometer"),
    "rocket": pgettext_lazy("picture", "Rocket"),
    "plane": pgettext_lazy("picture", "Paper plane"),
    "gear": pgettext_lazy("picture", "Gear"),
    "endless": pgettext_lazy("picture", "Endless line"),
    "heart": pgettext_lazy("picture", "Heart"),
    "umbrella": pgettext_lazy("picture", "Umbrella"),
    "lotus": pgettext_lazy("picture", "Lotus"),
    "smile": pgettext_lazy("picture", "Smile"),
    "thumb": pgettext_lazy("picture", "Thumb up"),
    "chat": pgettext_lazy("picture", "Speech bubble"),
    "headset": pgettext_lazy("picture", "Headset"),
    "phone": pgettext_lazy("picture", "Telephone"),
    "megaphone": pgettext_lazy("picture", "Megaphone"),
    "star": pgettext_lazy("picture", "Star"),
    "crown": pgettext_lazy("picture", "Crown"),
    "trophy": pgettext_lazy("picture", "Cup"),
    "wheat": pgettext_lazy("picture", "Ear of wheat"),
    "flag": pgettext_lazy("picture", "Flag"),
    "shield": pgettext_lazy("picture", "Shield"),
    "target": pgettext_lazy("picture", "Target"),
    "scales": pgettext_lazy("picture", "Scales"),
    "loupe": pgettext_lazy("picture", "Magnifying glass"),
    "anchor": pgettext_lazy("picture", "Anchor"),
    "bag": pgettext_lazy("picture", "Shopping bag"),
    "box": pgettext_lazy("picture", "Parcel"),
    "gem": pgettext_lazy("picture", "Gem"),
    "gift": pgettext_lazy("picture", "Present"),
    "wrench": pgettext_lazy("picture", "Spanner"),
    "puzzle": pgettext_lazy("picture", "Piece of a puzzle"),
    "key": pgettext_lazy("picture", "Key"),
    "bulb": pgettext_lazy("picture", "Light bulb"),
    "book": pgettext_lazy("picture", "Book"),
    "quill": pgettext_lazy("picture", "Quill"),
    "telescope": pgettext_lazy("picture", "Telescope"),
    "compass": pgettext_lazy("picture", "Compass"),
    "mountain": pgettext_lazy("picture", "Mountain"),
    "ladder": pgettext_lazy("picture", "Ladder"),
    "bridge": pgettext_lazy("picture", "Bridge"),
    "hands": pgettext_lazy("picture", "Handshake"),
    "sprout": pgettext_lazy("picture", "Sprout"),
    "leaf": pgettext_lazy("picture", "Leaf"),
    "flame": pgettext_lazy("picture", "Flame"),
    "sun": pgettext_lazy("picture", "Sun"),
    "moon": pgettext_lazy("picture", "Moon"),
    "cup": pgettext_lazy("picture", "Tea cup"),
}
