"""One row a rule, there from the beginning; a value only where somebody set one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.rules.states import RuleName
from marketplace.shared.constraints import status_known


class RuleSetting(models.Model):
    name = models.CharField(_("rule"), primary_key=True, max_length=20, choices=RuleName.choices)
    # In the rule's unit; money in minor units; null: the usual value holds.
    value = models.BigIntegerField(_("value"), null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("set by"),
    )
    set_at = models.DateTimeField(_("set at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            status_known("rule_known", RuleName, field="name"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, set_by__isnull=False),
                name="rule_was_set_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_name_display())
