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

    def add_shipped(self) -> None:
        """Add what ships with the product and is missing; `migrate` calls it."""
        from scoring.boards.shipped import add_boards
        from scoring.figures.catalogue import add_channels, add_kpis
        from scoring.points.catalogue import add_point_rules
        from scoring.scorecards.shipped import add_scorecards

        add_channels()
        add_kpis()
        add_scorecards()
        add_point_rules()
        add_boards()
