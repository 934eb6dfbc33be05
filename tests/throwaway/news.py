"""What the bell tells of thanks."""

from collections.abc import Mapping
from typing import Any

from incentives.org.notices import NoticeKind


def _thanked(data: Mapping[str, Any]) -> str:
    return f"{data['name']} thanks you"


KINDS = (NoticeKind("thanked", "recognition", "heart", _thanked),)
