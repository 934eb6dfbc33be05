"""The tables of scoring: where facts come from, the facts, their daily totals, and the KPI catalogue."""

from .facts import Activity, Fact, QueueInterval, Ticket
from .imports import Import, ImportIssue
from .kpis import CustomMeasure, Kpi
from .nights import ChangedDay, NightRun
from .point_rules import PointRule, PointRuleChange
from .points import AwardBudget, PointEntry, PointSettlement, PointTotal
from .scorecards import Score, Scorecard, ScorecardAcknowledgement, ScorecardItem
from .seasons import Season, SeasonResult
from .sources import Channel, Mapping, Source
from .totals import AgentDay, DayTotals, TeamDay

__all__ = [
    "Activity",
    "AgentDay",
    "AwardBudget",
    "ChangedDay",
    "Channel",
    "CustomMeasure",
    "DayTotals",
    "Fact",
    "Import",
    "ImportIssue",
    "Kpi",
    "Mapping",
    "NightRun",
    "PointEntry",
    "PointRule",
    "PointRuleChange",
    "PointSettlement",
    "PointTotal",
    "QueueInterval",
    "Score",
    "Scorecard",
    "ScorecardAcknowledgement",
    "ScorecardItem",
    "Season",
    "SeasonResult",
    "Source",
    "TeamDay",
    "Ticket",
]
