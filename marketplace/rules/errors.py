"""Refusals about the rules, and of what a switch has closed."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


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


class RuleNeedsSecondPerson(Forbidden):
    code = "rule_needs_second_person"
    message = _("This rule touches money: ask for the change, and a second person decides.")


class RuleNeedsOnePerson(Invalid):
    code = "rule_needs_one_person"
    message = _("One person sets this rule: there is nothing to ask for.")


class RuleHoldsAlready(Conflict):
    code = "rule_holds_already"
    message = _("This value holds already.")


class RuleRequestNotFound(NotFound):
    code = "rule_request_not_found"
    message = _("There is no such request.")


class RuleRequestWaits(Conflict):
    code = "rule_request_waits"
    message = _("Another change of this rule is asked for already: %(reference)s.")


class RuleMoved(Conflict):
    code = "rule_moved"
    message = _(
        "The rule is not what it was when this was asked for. Reject the request; it can be made anew."
    )


class ClosedForNow(Unavailable):
    """A switch is off; nothing was done."""

    code = "closed_for_now"
    message = _("This is closed for the moment. Please try again later.")
