"""The tables of scoring: where facts come from, the facts, their daily totals, and the KPI catalogue."""

from .agreements import Goal, GoalAcknowledgement
from .appeals import Appeal, Correction
from .boards import AddedUp, BoardAlias, BoardPeriod, Leaderboard, PeriodPoints, Standing
from .decisions import AwardBudget, PointDecision, PointLimits
from .facts import Activity, Fact, QueueInterval, Ticket
from .hours import ChangedTeamDay, TeamHours
from .imports import Import, ImportIssue
from .kpis import CustomMeasure, Kpi
from .nights import ChangedDay, NightRun
from .point_rules import PointRule, PointRuleChange
from .points import LedgerMark, PointEntry, PointSettlement, PointTotal, PointVerdict
from .scorecards import Score, Scorecard, ScorecardAcknowledgement, ScorecardItem
from .seasons import Season, SeasonResult
from .sources import Channel, Mapping, Source
from .totals import AgentDay, CountedMeasure, DayTotals, TeamDay

__all__ = [
    "Activity",
    "AddedUp",
    "AgentDay",
    "Appeal",
    "AwardBudget",
    "BoardAlias",
    "BoardPeriod",
    "ChangedDay",
    "ChangedTeamDay",
    "Channel",
    "Correction",
    "CountedMeasure",
    "CustomMeasure",
    "DayTotals",
    "Fact",
    "Goal",
    "GoalAcknowledgement",
    "Import",
    "ImportIssue",
    "Kpi",
    "Leaderboard",
    "LedgerMark",
    "Mapping",
    "NightRun",
    "PeriodPoints",
    "PointDecision",
    "PointEntry",
    "PointLimits",
    "PointRule",
    "PointRuleChange",
    "PointSettlement",
    "PointTotal",
    "PointVerdict",
    "QueueInterval",
    "Score",
    "Scorecard",
    "ScorecardAcknowledgement",
    "ScorecardItem",
    "Season",
    "SeasonResult",
    "Source",
    "Standing",
    "TeamDay",
    "TeamHours",
    "Ticket",
]
