"""How figures are written in a language, where it differs from what Django knows."""
