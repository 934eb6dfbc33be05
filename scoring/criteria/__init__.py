"""Criteria: one validated data type for whoever asks “is it met?”, and one compiler.

Badges, quests, battles, point rules' thresholds and guards, career steps and alerts use it; see
docs/criteria.md.
"""

from scoring.criteria.check import CriteriaError, load_criteria, parse_criteria
from scoring.criteria.compile import evaluate, evaluate_periods
from scoring.criteria.schema import Criteria, Criterion, Percentile
from scoring.criteria.sentences import sentence

__all__ = [
    "Criteria",
    "CriteriaError",
    "Criterion",
    "Percentile",
    "evaluate",
    "evaluate_periods",
    "load_criteria",
    "parse_criteria",
    "sentence",
]
