"""The night, step by step: what becomes of the day's facts, in order. Start reading here.

Each step works out what should be true and adds what is missing, so a night that was cut off, or
one that is run twice, ends in the same state. Capabilities declare the steps (`NightStep`);
`scoring/nights/runner.py` carries them out, one night at a time, each step in a transaction of its
own; docs/nights.md tells the whole story.

    what prepares      facts and totals are brought up to date, one step after the other
        files          files of the drop folder → facts
        leavers        whose last day is over can no longer sign in
        totals         totals of whatever is known by now
        appeals        granted appeals → corrected facts
    what follows       given the agent days whose totals changed since the last night; each waits for
                       those named behind it, and runs beside the rest
        scores
        points
        badges         scores, points
        quests         badges
        battles        quests
        goals          battles
        seasons        goals
        boards         seasons
        score_boards   scores
        kpi_boards
        news           boards, score_boards, kpi_boards
        progress       badges
        hours
        keys
    what tidies up
        tidy           files that were sent long ago
"""

from __future__ import annotations

from incentives.capabilities import NightStep, Phase, declared

_PHASES = list(Phase)


def steps() -> list[NightStep]:
    """The steps of this installation, in the order in which they begin."""
    return sorted(declared(NightStep), key=lambda step: (_PHASES.index(step.phase), step.place))
