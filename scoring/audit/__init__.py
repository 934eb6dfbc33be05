"""Everything derived is worked out again and compared."""
