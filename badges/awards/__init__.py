"""Badges: judged by the night, granted by people, revoked with a reason, collected in sets.

See docs/badges.md.
"""

from badges.awards.cabinet import Cabinet, Held, Next, SetProgress, cabinet
from badges.awards.granting import grant, recipients
from badges.awards.preview import Preview, TierPreview, preview
from badges.awards.rarity import Rarity, rarities, rarity
from badges.awards.reconcile import award_badges
from badges.awards.refusals import AwardRefused, BadgeRefused
from badges.awards.revoking import may_revoke, revoke
from badges.awards.sets import archive_set, save_set
from badges.awards.versions import archive, delete_draft, new_version, publish, save_draft

__all__ = [
    "AwardRefused",
    "BadgeRefused",
    "Cabinet",
    "Held",
    "Next",
    "Preview",
    "Rarity",
    "SetProgress",
    "TierPreview",
    "archive",
    "archive_set",
    "award_badges",
    "cabinet",
    "delete_draft",
    "grant",
    "may_revoke",
    "new_version",
    "preview",
    "publish",
    "rarities",
    "rarity",
    "recipients",
    "revoke",
    "save_draft",
    "save_set",
]
