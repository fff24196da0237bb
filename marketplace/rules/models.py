"""One row a rule, there from the beginning, a value only where somebody set one; and what is asked for."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.rules.states import RuleName
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.four_eyes import (
    RequestStatus,
    TwoPersonRequest,
    asked_once,
    decided_by_another,
    says_why,
)
from marketplace.shared.ids import uuid7


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


class RuleRequest(TwoPersonRequest):
    """Somebody wants a rule that touches money to hold another value."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("RCH")
    rule = models.ForeignKey(
        RuleSetting, on_delete=models.PROTECT, related_name="requests", verbose_name=_("rule")
    )
    # What held when it was asked for, and what is to hold: in the rule's unit, money in minor units.
    value_before = models.BigIntegerField(_("value before"))
    value_after = models.BigIntegerField(_("value afterwards"))
    # What is to hold is the usual value, whatever the environment will say.
    to_usual = models.BooleanField(_("back to the usual"), default=False)

    class Meta:
        verbose_name = _("rule change")
        verbose_name_plural = _("rule changes")
        constraints = [
            status_known("rule_request_status_known", RequestStatus),
            asked_once("rule_request_waits_once", "rule"),
            says_why("rule_request_says_why"),
            decided_by_another("rule_request_decided_by_another", "withdrawn"),
            models.CheckConstraint(
                condition=Q(value_before__gte=0, value_after__gte=0)
                & ~Q(value_after=F("value_before")),
                name="rule_request_changes_something",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
