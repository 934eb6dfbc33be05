"""Addresses of the KPI explorer, the catalogue and the company's own measures."""

from django.urls import path

from scoring.explorer.views import agents, catalogue, kpis, measures

urlpatterns = [
    path("kpis/", kpis.kpis, name="kpis"),
    path("kpis/agents/<int:pk>/", agents.kpi_agent, name="kpi_agent"),
    path("kpis/agents/<int:pk>/<day:day>/", agents.agent_day, name="agent_day"),
    path("kpis/catalogue/", catalogue.kpi_catalogue, name="kpi_catalogue"),
    path("kpis/catalogue/new/", catalogue.kpi_edit, name="kpi_new"),
    path("kpis/catalogue/<slug:key>/", catalogue.kpi, name="kpi"),
    path("kpis/catalogue/<slug:key>/edit/", catalogue.kpi_edit, name="kpi_edit"),
    path("kpis/catalogue/<slug:key>/past/", catalogue.kpi_past, name="kpi_past"),
    path("kpis/catalogue/<slug:key>/remove/", catalogue.kpi_remove, name="kpi_remove"),
    path("kpis/measures/new/", measures.measure_edit, name="measure_new"),
    path("kpis/measures/<slug:key>/", measures.measure_edit, name="measure_edit"),
    path("kpis/measures/<slug:key>/remove/", measures.measure_remove, name="measure_remove"),
]
