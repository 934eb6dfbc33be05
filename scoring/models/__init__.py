"""The tables of scoring: where facts come from, the facts, their daily totals, and the KPI catalogue."""

from .facts import Activity, Fact, QueueInterval, Ticket
from .imports import Import, ImportIssue
from .kpis import CustomMeasure, Kpi
from .nights import ChangedDay
from .sources import Channel, Mapping, Source
from .totals import AgentDay, DayTotals, TeamDay

__all__ = [
    "Activity",
    "AgentDay",
    "ChangedDay",
    "Channel",
    "CustomMeasure",
    "DayTotals",
    "Fact",
    "Import",
    "ImportIssue",
    "Kpi",
    "Mapping",
    "QueueInterval",
    "Source",
    "TeamDay",
    "Ticket",
]
