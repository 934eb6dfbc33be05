"""Addresses of badges, quests, battles and credentials."""

from badges.awards import urls as urls_badges
from badges.battles import urls as urls_battles
from badges.credentials import urls as urls_credentials
from badges.quests import urls as urls_quests

app_name = "badges"
urlpatterns = [
    *urls_badges.urlpatterns,
    *urls_quests.urlpatterns,
    *urls_battles.urlpatterns,
    *urls_credentials.urlpatterns,
]
