"""The quests that ship with the product: `shipped.toml`, and how they get into the pool."""

from __future__ import annotations

import tomllib
from pathlib import Path

from badges.quests.models.pool import QuestTemplate

TOML = Path(__file__).with_name("shipped.toml")


def add_quest_templates() -> None:
    """Add the shipped templates that are missing; edited ones stay as they are.

    In a pool that is in use already, what a release brings anew waits out of the rotation.
    """
    known = set(QuestTemplate.objects.values_list("key", flat=True))
    QuestTemplate.objects.bulk_create(
        QuestTemplate(shipped=True, in_rotation=not known, **values)
        for values in tomllib.loads(TOML.read_text(encoding="utf-8"))["quest"]
        if values["key"] not in known
    )
