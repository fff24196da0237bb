"""Why a row of an import, a whole import or a picture was refused, said again in the reader's language."""

from django.utils.translation import gettext_lazy as _

from marketplace.catalog import errors as catalog
from marketplace.shared.sayings import Sayings

IMPORTS = (
    _("This cell is empty."),
    _("This is longer than %(most)s characters."),
    _("There is no category “%(slug)s”."),
    _("Use one of: %(choices)s."),
    _("Use a whole number from %(least)s to %(most)s, not “%(given)s”."),
    _("%(reserved)s pieces are reserved by open orders."),
    _("The SKU %(sku)s is already in row %(row)s."),
)
ATTRIBUTES = (
    catalog.AttributeUnknown,
    catalog.AttributeMissing,
    catalog.AttributeNotANumber,
    catalog.AttributeNotWhole,
    catalog.AttributeNotYesNo,
    catalog.AttributeNotAChoice,
    catalog.AttributeTooLong,
)
REFUSALS = (
    _("%(count)s rows have errors, so none was imported."),
    _("Removed by the seller"),
    _("This picture cannot be read: %(error)s"),
)
PROBLEMS = Sayings((*IMPORTS, *REFUSALS, *(refusal.message for refusal in ATTRIBUTES)))
