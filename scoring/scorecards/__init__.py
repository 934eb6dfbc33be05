"""Scorecards: what a score is made of, its versions, and the scores themselves."""
