"""What orders refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class OrderNotFound(NotFound):
    code = "order_not_found"
    message = _("There is no such order.")


class SellerOrderNotFound(NotFound):
    code = "seller_order_not_found"
    message = _("There is no such seller order.")


class CartEmpty(Invalid):
    code = "cart_empty"
    message = _("There is nothing to order.")
    field = "lines"


class TooManyLines(Invalid):
    code = "too_many_lines"
    message = _("An order has at most %(most)s lines.")
    field = "lines"


class QuantityOutOfRange(Invalid):
    code = "quantity_invalid"
    message = _("Order 1 to %(most)s pieces of each thing.")
    field = "quantity"


class LineRepeated(Invalid):
    code = "line_repeated"
    message = _("The listing %(listing)s appears twice; put its pieces on one line.")
    field = "lines"


class PriceChanged(Conflict):
    code = "price_changed"
    message = _("“%(title)s” now costs %(price)s. Please confirm the new price.")
    field = "lines"


class SellerNotActive(Conflict):
    code = "seller_not_active"
    message = _("The seller of “%(title)s” does not sell at the moment.")
    field = "lines"


class OwnGoods(Forbidden):
    code = "own_goods"
    message = _("“%(title)s” is your own offer.")
    field = "lines"


class NoDeliveryToRegion(Invalid):
    code = "region_not_served"
    message = _("We do not deliver to %(region)s yet.")
    field = "region"


class VerificationNeeded(Forbidden):
    code = "verification_needed"
    message = _(
        "Orders above %(limit)s need a better proof of who you are: verify your phone or your identity."
    )


class AboveLimit(Forbidden):
    code = "above_limit"
    message = _("Orders above %(limit)s are not possible.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Please give a reason.")
    field = "reason"


class NothingToCancel(Conflict):
    code = "nothing_to_cancel"
    message = _("This order can no longer be cancelled.")


class DeliveryFixed(Conflict):
    code = "delivery_fixed"
    message = _("The address can no longer be changed: a parcel is on its way, or none will be.")


class AddressUnchanged(Invalid):
    code = "address_unchanged"
    message = _("This is where it goes already.")
    field = "street"


class OtherShippingFee(Conflict):
    code = "other_shipping_fee"
    message = _(
        "A parcel to %(region)s costs another fee than was paid: cancel the order and place it anew."
    )
    field = "region"


class RegionNameInvalid(Invalid):
    code = "region_name_invalid"
    message = _("Name the region in at most %(length_max)s characters.")
    field = "region"


class FeeInvalid(Invalid):
    code = "fee_invalid"
    message = _("The fee is whole shillings, from 0 to %(most)s.")
    field = "fee"
