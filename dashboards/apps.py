from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Home pages that cut across the other apps."""

    name = "dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow the rows that homes show."""
        from dashboards.homes.following import follow_rows

        follow_rows()
