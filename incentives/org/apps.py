from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """People, teams, roles and who may see whom."""

    name = "incentives.org"
    label = "org"
    verbose_name = _("People and teams")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have `manage.py check` look at the declarations of capabilities."""
        from incentives import capability_checks

        checks.register(capability_checks.check_capabilities)
