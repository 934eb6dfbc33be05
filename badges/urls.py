"""Addresses of badges, quests, battles and credentials."""

from badges import urls_badges, urls_battles, urls_credentials, urls_quests

app_name = "badges"
urlpatterns = [
    *urls_badges.urlpatterns,
    *urls_quests.urlpatterns,
    *urls_battles.urlpatterns,
    *urls_credentials.urlpatterns,
]
