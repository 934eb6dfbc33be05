"""People, teams and roles: who is in which team on which day, and who may see whom."""

from incentives.org.models.calendar import CalendarDay
from incentives.org.models.company import LOCALES, Company, validate_time_zone
from incentives.org.models.notices import MutedNotices, Notice
from incentives.org.models.people import Alias, Person
from incentives.org.models.positions import Position
from incentives.org.models.roles import Role, RoleGrant
from incentives.org.models.teams import (
    SINCE_ALWAYS,
    Membership,
    Site,
    Supervision,
    Team,
    TeamChange,
)

__all__ = [
    "LOCALES",
    "SINCE_ALWAYS",
    "Alias",
    "CalendarDay",
    "Company",
    "Membership",
    "MutedNotices",
    "Notice",
    "Person",
    "Position",
    "Role",
    "RoleGrant",
    "Site",
    "Supervision",
    "Team",
    "TeamChange",
    "validate_time_zone",
]
