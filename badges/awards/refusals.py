"""What cannot be done with a badge, in sentences that say what to do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incentives.org.refusals import Refused
from scoring.points.budgets import DecisionRefused

Problems = dict[str, list[str]]


class AwardRefused(DecisionRefused):
    """An award that is not given or not revoked; the message says why and what to do."""


class BadgeRefused(Refused):
    """A badge or set that cannot be saved or published.

    `problems` says for each field what is wrong; fields of a tier are named "bronze", "silver" and
    "gold".
    """

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        self.problems: Problems = dict(problems)
        super().__init__(" ".join(text for texts in problems.values() for text in texts))

    @property
    def by_field(self) -> Mapping[str, Sequence[str]]:
        """See Refused."""
        return self.problems
