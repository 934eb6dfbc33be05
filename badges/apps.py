from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BadgesConfig(AppConfig):
    """Badges, quests, battles and recognition."""

    name = "badges"
    label = "badges"
    verbose_name = _("Badges")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known in which words the bell tells what happens here."""
        from badges import badge_news, battle_news, quest_news  # noqa: F401
