"""Badges as Open Badges 3.0 credentials: signed, shared, checked, revoked. See docs/credentials.md."""
