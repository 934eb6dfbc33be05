"""Addresses of the KPI explorer, the catalogue and the company's own measures."""

from datetime import date

from django.urls import path, register_converter

from incentives.org.inputs import calendar_day
from scoring.explorer.views import (
    agents as agent_kpis,
)
from scoring.explorer.views import (
    catalogue,
    kpis,
)
from scoring.explorer.views import (
    measures as own_measures,
)


class DayConverter:
    """A day in an address, within the years of the calendar: 2026-11-03."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means no match, for days that do not exist."""
        found = calendar_day(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: date) -> str:
        """The day as ISO 8601."""
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns_kpis = [
    path("kpis/", kpis.kpis, name="kpis"),
    path("kpis/agents/<int:pk>/", agent_kpis.kpi_agent, name="kpi_agent"),
    path("kpis/agents/<int:pk>/<day:day>/", agent_kpis.agent_day, name="agent_day"),
    path("kpis/catalogue/", catalogue.kpi_catalogue, name="kpi_catalogue"),
    path("kpis/catalogue/new/", catalogue.kpi_edit, name="kpi_new"),
    path("kpis/catalogue/<slug:key>/", catalogue.kpi, name="kpi"),
    path("kpis/catalogue/<slug:key>/edit/", catalogue.kpi_edit, name="kpi_edit"),
    path("kpis/catalogue/<slug:key>/past/", catalogue.kpi_past, name="kpi_past"),
    path("kpis/catalogue/<slug:key>/remove/", catalogue.kpi_remove, name="kpi_remove"),
    path("kpis/measures/new/", own_measures.measure_edit, name="measure_new"),
    path("kpis/measures/<slug:key>/", own_measures.measure_edit, name="measure_edit"),
    path("kpis/measures/<slug:key>/remove/", own_measures.measure_remove, name="measure_remove"),
]
