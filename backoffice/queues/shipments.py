"""Parcels that sellers have not handed over yet, a day after they were ordered. Chased by operations."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.orders import SellerOrderColumns
from backoffice.models import ShipmentQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.orders.models import SellerOrder


@admin.register(ShipmentQueue)
class ShipmentQueueAdmin(WorkQueue, SellerOrderColumns):
    """Left by shipping, or by cancelling what will never be sent."""

    kind, of, duty = "seller_order", SellerOrder, "fulfil_orders"
    since, time = "placed_at", QueueName.SHIPMENTS
    intro = _("What sellers have not sent a day after it was ordered. Call them, or cancel it.")
    list_display = ("reference", "order", "seller", "status_label", "gross")

    def waiting(self) -> QuerySet[Any]:
        return waiting.shipments()
