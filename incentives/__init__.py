"""Wiring of the product: settings, addresses, tasks and the night."""
