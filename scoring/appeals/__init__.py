"""Contesting a fact or a score, and what a granted appeal corrects."""
