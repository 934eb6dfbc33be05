"""One glance per role."""
