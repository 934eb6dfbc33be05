from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BadgesConfig(AppConfig):
    """Badges, quests, battles and recognition."""

    name = "badges"
    label = "badges"
    verbose_name = _("Badges")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what people decide here, and in which words the bell tells what happens."""
        from badges.awards import news as badge_news  # noqa: F401
        from badges.battles import news as battle_news  # noqa: F401
        from badges.battles import publishing  # noqa: F401
        from badges.quests import making  # noqa: F401
        from badges.quests import news as quest_news  # noqa: F401

    def add_shipped(self) -> None:
        """Add what ships with the product and is missing; `migrate` calls it."""
        from badges.awards.catalogue import add_badges
        from badges.quests.shipped import add_quest_templates

        add_badges()
        add_quest_templates()
