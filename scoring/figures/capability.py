"""The tables of facts and totals, and the figures that rest on them."""

from django.utils.translation import gettext_lazy as _

from incentives.capabilities import AuditCheck, Capability, NightStep, ShippedRows
from scoring.figures.audit import agent_days, hours, team_days
from scoring.figures.catalogue import add_channels, add_kpis
from scoring.figures.hours import compute_hours
from scoring.figures.totals import add_counted_measures

CAPABILITY = Capability(
    "figures",
    tables=("scoring.models",),
    parts=(
        ShippedRows(add_channels),
        ShippedRows(add_kpis),
        ShippedRows(add_counted_measures),
        NightStep("hours", 120, _("Hours of the week"), compute_hours),
        AuditCheck("agent days", _("Daily totals of agents"), agent_days),
        AuditCheck("team days", _("Daily totals of teams"), team_days),
        AuditCheck("hours", _("Hours of the week"), hours),
    ),
)
