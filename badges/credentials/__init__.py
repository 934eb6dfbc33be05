"""Badges as Open Badges 3.0 credentials: signed, shared, checked, revoked. See docs/credentials.md."""

from badges.credentials.checking import Finding, check
from badges.credentials.issuing import issue, renew, share, unshare
from badges.credentials.keys import current_key, rotate

__all__ = [
    "Finding",
    "check",
    "current_key",
    "issue",
    "renew",
    "rotate",
    "share",
    "unshare",
]
