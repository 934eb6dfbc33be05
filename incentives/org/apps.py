from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """People, teams, roles and who may see whom."""

    name = "incentives.org"
    label = "org"
    verbose_name = _("People and teams")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what the bell tells."""
        from incentives.org import safety_news  # noqa: F401
