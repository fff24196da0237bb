"""What listings refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound


class ListingNotFound(NotFound):
    code = "listing_not_found"
    message = _("There is no such listing.")


class ListingChangedMeanwhile(Conflict):
    code = "listing_changed"
    message = _("Somebody changed this listing in the meantime. Look at it again, then repeat.")


class SkuTaken(Conflict):
    code = "sku_taken"
    message = _("You already have a listing with the SKU %(sku)s.")
    field = "sku"


class PriceInvalid(Invalid):
    code = "price_invalid"
    message = _("A price is a positive amount of whole shillings.")
    field = "price"


class QuantityInvalid(Invalid):
    code = "quantity_invalid"
    message = _("A quantity is a whole number from %(least)s to %(most)s.")
    field = "quantity"


class BelowReserved(Conflict):
    code = "below_reserved"
    message = _("%(reserved)s pieces are reserved by open orders; the stock cannot go below that.")
    field = "on_hand"


class StockInsufficient(Conflict):
    code = "stock_insufficient"
    message = _("Only %(available)s of “%(title)s” are left.")
    field = "quantity"


class NotForSale(Conflict):
    code = "listing_not_for_sale"
    message = _("“%(title)s” is not for sale at the moment.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Please give a reason.")
    field = "reason"


class TooManyPictures(Conflict):
    code = "too_many_pictures"
    message = _("A listing has at most %(most)s pictures.")
    field = "file"


class ImportNotFound(NotFound):
    code = "import_not_found"
    message = _("There is no such import.")


class ImportUnreadable(Invalid):
    """The file as a whole cannot be imported."""

    code = "import_unreadable"
    message = _("%(problem)s")
    field = "file"


class RowRefused(Invalid):
    """One cell of one row, in words a seller can act on."""

    code = "row_invalid"
    message = _("%(problem)s")

    def __init__(self, *, column: str, code: str, problem: str) -> None:
        super().__init__(field=column, problem=problem)
        self.code = code
