"""Addresses of imports, mappings with their wizard, and agents who wait to be matched."""

from django.urls import path

from scoring.ingest.views import imports, mappings, repairs, wizard
from scoring.ingest.views import unmatched as held

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_run, name="import"),
    path("imports/<int:pk>/again/", imports.import_again, name="import_again"),
    path("imports/<int:pk>/rejected.csv", repairs.rejected_csv, name="import_rejected"),
    path("imports/<int:pk>/repair/", repairs.repair, name="import_repair"),
    path("imports/held/", held.held_agents, name="held"),
    path("imports/held/match/", held.held_match, name="held_match"),
    path("imports/held/create/", held.held_create, name="held_create"),
    path("imports/mappings/", mappings.mappings, name="mappings"),
    path("imports/mappings/write/", mappings.mapping_edit, name="mapping_new"),
    path("imports/mappings/<int:pk>/", mappings.mapping_edit, name="mapping_edit"),
    path("imports/mappings/<int:pk>/delete/", mappings.mapping_delete, name="mapping_delete"),
    path("imports/mappings/shipped/<str:name>/", mappings.shipped, name="mapping_shipped"),
    path("imports/mappings/new/", wizard.wizard_file, name="wizard"),
    path("imports/mappings/new/<slug:token>/", wizard.wizard_columns, name="wizard_columns"),
    path("imports/mappings/new/<slug:token>/check/", wizard.wizard_check, name="wizard_check"),
    path("imports/mappings/new/<slug:token>/save/", wizard.wizard_save, name="wizard_save"),
]
