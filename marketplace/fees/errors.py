"""What fees refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound, Unavailable


class NoCommissionRule(Unavailable):
    """No rule covers a sale: we refuse it rather than sell under terms that nobody set."""

    code = "no_commission_rule"
    message = _("We cannot sell this right now: no commission rule covers it on %(on)s.")


class NoVatRate(Unavailable):
    code = "no_vat_rate"
    message = _("We cannot sell right now: no VAT rate is set for %(on)s.")


class RuleNotFound(NotFound):
    code = "commission_rule_not_found"
    message = _("We do not know this commission rule.")


class RateInvalid(Invalid):
    code = "rate_invalid"
    message = _("The rate is between 0 and %(percent_max)s per cent.")
    field = "rate_bp"


class LabelMissing(Invalid):
    code = "label_missing"
    message = _("Give the rule a name of at most 80 characters.")
    field = "label"


class PeriodInvalid(Invalid):
    code = "period_invalid"
    message = _("The end must be after the beginning.")
    field = "valid_until"


class InThePast(Invalid):
    """Orders of the past keep the terms that they were placed under."""

    code = "in_the_past"
    message = _("Terms change from today on, never in the past.")
    field = "valid_from"


class PositionTaken(Conflict):
    code = "position_taken"
    message = _("A rule begins or stands at this position in this period already.")
    field = "position"


class RuleEnded(Conflict):
    code = "commission_rule_ended"
    message = _("This rule has ended already.")


class RatesOverlap(Conflict):
    code = "vat_rates_overlap"
    message = _("Another VAT rate is set from a later day already.")
    field = "valid_from"
