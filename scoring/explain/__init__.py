"""Why: every point and every lost score point of an agent's day, week or month.

`points` walks from the ledger to the rules, figures and facts behind it, `scores` from a score to
its items, samples and worst tickets, `changes` to what would have made a difference, `words` puts
causes and formulas into sentences. `explain` brings them together.
"""

from scoring.explain.story import Explanation, explain, may_explain, span_of

__all__ = ["Explanation", "explain", "may_explain", "span_of"]
