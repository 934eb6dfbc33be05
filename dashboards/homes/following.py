"""Drops what homes keep when a row is saved or deleted that a card declares to follow."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models.signals import post_delete, post_save

from incentives.capabilities import HomeCard, declared
from incentives.stamps import changed, everything_changed

#: Written on a person whenever they sign in, and on no home.
_SHOWN_NOWHERE = {"last_login"}


def follow_rows() -> None:
    """Listen to the models that cards follow, and to no others: Django deletes those at once."""
    for model in {model for card in declared(HomeCard) for model in card.follows}:
        for signal in (post_save, post_delete):
            signal.connect(row_changed, sender=apps.get_model(model), dispatch_uid="homes")


def row_changed(
    sender: Any, instance: Any, update_fields: Collection[str] | None = None, **_more: object
) -> None:
    """Drop the homes that a row changes, once it is committed."""
    if update_fields and set(update_fields) <= _SHOWN_NOWHERE:
        return
    followers = (card.follows.get(sender._meta.label) for card in declared(HomeCard))
    for whose in {whose for whose in followers if whose}:
        people = whose(instance)
        if people is None:
            everything_changed()
        else:
            changed(people)
