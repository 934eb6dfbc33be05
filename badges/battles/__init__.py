"""Boss battles: a window, objectives that tickets bring down, one reward for everyone who took part.

`save_draft`, `rehearse`, `publish`, `cancel`, `extend` and `add_guest` are what people do; each
raises BattleRefused with `messages`. `fight` is the night's step. What pages show is read by
`state_of`, `own_share`, `teams_damage`, `days_damage` and `archive`. See docs/battles.md.
"""

from badges.battles.cancelling import cancel, extend
from badges.battles.fighting import fight
from badges.battles.members import add_guest, remove_guest
from badges.battles.proposing import Proposal, Proposed, propose
from badges.battles.publishing import discard, fight_again, may_run, publish, rehearse, save_draft
from badges.battles.reading import (
    Share,
    TeamDamage,
    archive,
    days_damage,
    days_people,
    members_of,
    own_share,
    state_of,
    teams_damage,
)
from badges.battles.terms import BattleRefused, problems

__all__ = [
    "BattleRefused",
    "Proposal",
    "Proposed",
    "Share",
    "TeamDamage",
    "add_guest",
    "archive",
    "cancel",
    "days_damage",
    "days_people",
    "discard",
    "extend",
    "fight",
    "fight_again",
    "may_run",
    "members_of",
    "own_share",
    "problems",
    "propose",
    "publish",
    "rehearse",
    "remove_guest",
    "save_draft",
    "state_of",
    "teams_damage",
]
