"""Carts, orders, seller orders, lines, reservations and shipments."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.orders.states import OrderStatus, ReservationStatus, SellerOrderStatus
from marketplace.shared.constraints import not_negative, positive, status_known, whole_shillings
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class CartLine(models.Model):
    """A wish: it reserves nothing. `price_seen_minor` is what the buyer was shown."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    price_seen_minor = models.BigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer", "listing"], name="cart_line_once"),
            positive("cart_line_quantity_positive", "quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.listing_id}"


class ShippingRate(models.Model):
    """What delivery of one seller's parcel to a region costs the buyer; it goes to the seller."""

    id = models.BigAutoField(primary_key=True)
    region = models.CharField(_("region"), max_length=60, unique=True)
    fee_minor = models.BigIntegerField(_("fee"))

    class Meta:
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        constraints = [
            not_negative("shipping_rate_not_negative", "fee_minor"),
            whole_shillings("shipping_rate_whole_shillings", "fee_minor"),
        ]

    def __str__(self) -> str:
        return self.region


class Order(models.Model):
    """What a buyer asked for and owes, frozen when it was placed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("ORD")
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("buyer"),
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=OrderStatus.choices,
        default=OrderStatus.AWAITING_PAYMENT,
    )
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    items_minor = models.BigIntegerField(_("items"))
    shipping_minor = models.BigIntegerField(_("shipping"))
    total_minor = models.BigIntegerField(_("total"))
    recipient = models.CharField(_("recipient"), max_length=120)
    phone = models.CharField(_("phone"), max_length=16)
    region = models.CharField(_("region"), max_length=60)
    district = models.CharField(_("district"), max_length=60)
    street = models.CharField(_("street"), max_length=200)
    landmark = models.CharField(_("landmark"), max_length=200, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    expires_at = models.DateTimeField(_("to be paid by"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            status_known("order_status_known", OrderStatus),
            positive("order_total_positive", "total_minor"),
            whole_shillings("order_total_whole_shillings", "total_minor"),
            models.CheckConstraint(
                condition=Q(total_minor=F("items_minor") + F("shipping_minor")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None) | Q(paid_at__gte=F("placed_at")),
                name="order_paid_after_placed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[OrderStatus.PAID, OrderStatus.COMPLETED])
                | Q(paid_at__isnull=False),
                name="order_paid_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="order_by_buyer"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=OrderStatus.AWAITING_PAYMENT),
                name="order_to_expire",
            ),
            models.Index(fields=["phone"], name="order_by_phone"),
        ]

    def __str__(self) -> str:
        return self.reference


class SellerOrder(models.Model):
    """One seller's part of an order: the unit of fulfilment, commission and dispute.

    gross = items + shipping; net to the seller = gross - commission - VAT on the commission.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("SO")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="seller_orders")
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=SellerOrderStatus.choices,
        default=SellerOrderStatus.AWAITING_PAYMENT,
    )
    items_minor = models.BigIntegerField(_("items"))
    shipping_minor = models.BigIntegerField(_("shipping"))
    commission_minor = models.BigIntegerField(_("commission"))
    commission_vat_minor = models.BigIntegerField(_("VAT on commission"))
    placed_at = models.DateTimeField(_("placed"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("seller order")
        verbose_name_plural = _("seller orders")
        constraints = [
            status_known("seller_order_status_known", SellerOrderStatus),
            models.UniqueConstraint(
                fields=["order", "seller"], name="seller_order_once_per_seller"
            ),
            not_negative(
                "seller_order_amounts_not_negative",
                "items_minor",
                "shipping_minor",
                "commission_minor",
                "commission_vat_minor",
            ),
            models.CheckConstraint(
                condition=Q(commission_minor__lte=F("items_minor") - F("commission_vat_minor")),
                name="seller_order_commission_within_items",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "status", "-id"], name="seller_order_by_seller"),
            models.Index(fields=["status", "placed_at"], name="seller_order_by_status"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def gross_minor(self) -> int:
        return self.items_minor + self.shipping_minor

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.commission_minor - self.commission_vat_minor


class OrderLine(models.Model):
    """What was bought, with price, VAT and commission terms as they were at that moment."""

    id = models.BigAutoField(primary_key=True)
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="lines")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    sku = models.CharField(_("SKU"), max_length=64)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price_minor = models.BigIntegerField(_("unit price"))
    total_minor = models.BigIntegerField(_("total"))
    vat_bp = models.PositiveIntegerField()
    vat_minor = models.BigIntegerField(_("VAT included"))
    commission_bp = models.PositiveIntegerField()
    commission_minor = models.BigIntegerField(_("commission"))
    commission_vat_bp = models.PositiveIntegerField()
    commission_vat_minor = models.BigIntegerField()
    commission_rule = models.CharField(_("commission rule"), max_length=120)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            positive("order_line_quantity_positive", "quantity", "unit_price_minor"),
            models.CheckConstraint(
                condition=Q(total_minor=F("quantity") * F("unit_price_minor")),
                name="order_line_total_adds_up",
            ),
            models.UniqueConstraint(
                fields=["seller_order", "listing"], name="order_line_listing_once"
            ),
        ]
        indexes = [models.Index(fields=["sku"], name="order_line_by_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class Reservation(models.Model):
    """Stock that an unpaid order holds; `listings.reserved` is the sum of the open ones."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reservations")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    status = models.CharField(
        max_length=10, choices=ReservationStatus.choices, default=ReservationStatus.OPEN
    )
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            status_known("reservation_status_known", ReservationStatus),
            positive("reservation_quantity_positive", "quantity"),
            models.UniqueConstraint(
                fields=["order", "listing"], name="reservation_once_per_listing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["listing"],
                condition=Q(status=ReservationStatus.OPEN),
                name="reservation_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.listing_id}"


class Shipment(models.Model):
    """A parcel on its way."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("SHP")
    seller_order = models.OneToOneField(
        SellerOrder, on_delete=models.PROTECT, related_name="shipment"
    )
    carrier = models.CharField(_("carrier"), max_length=60)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_at = models.DateTimeField(_("shipped"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")

    def __str__(self) -> str:
        return self.reference
