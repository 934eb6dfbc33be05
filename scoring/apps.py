from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Facts, totals and key figures."""

    name = "scoring"
    label = "scoring"
    verbose_name = _("Scoring")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what people decide here, and in which words the bell tells what happens."""
        from scoring import news_words  # noqa: F401
        from scoring.goals import operations  # noqa: F401
