from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from backoffice import checks
from backoffice.field_names import name_fields


class BackofficeConfig(AppConfig):
    name = "backoffice"
    verbose_name = _("Console")

    def ready(self) -> None:
        name_fields()
        register(checks.queue_times)
        register(checks.simulators_in_production)
        register(checks.shared_database_role)
