"""Refusals about the rules, and of what a switch has closed."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Invalid, NotFound, Unavailable


class RuleNotFound(NotFound):
    code = "rule_not_found"
    message = _("There is no such rule.")


class RuleOutOfBounds(Invalid):
    code = "rule_out_of_bounds"
    message = _("The value is between %(least)s and %(most)s.")
    field = "value"


class LimitsOutOfOrder(Invalid):
    code = "limits_out_of_order"
    message = _("The better we know a buyer, the larger an order may be: %(name)s is in the way.")
    field = "value"


class RuleReasonMissing(Invalid):
    code = "rule_reason_missing"
    message = _("Say why.")
    field = "reason"


class ClosedForNow(Unavailable):
    """A switch is off; nothing was done."""

    code = "closed_for_now"
    message = _("This is closed for the moment. Please try again later.")
