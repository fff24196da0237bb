"""The order list as django-unfold makes it of a ModelAdmin by which nobody thought of a million rows.

Rows per page are ours, so that both draw as much.
"""

from django.urls import path
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from backoffice.urls import urlpatterns as ours
from marketplace.orders.models import Order
from tests.bench.million import PAGE


class StockOrders(ModelAdmin):
    list_display = ("reference", "buyer", "phone", "region", "status", "total_minor", "placed_at")
    list_filter = ("status",)
    search_fields = ("reference", "phone", "buyer__name", "buyer__email")
    list_per_page = PAGE


class StockSite(UnfoldAdminSite):
    # No such setting: Unfold's own defaults.
    settings_name = "UNFOLD_OF_NOBODY"


site = StockSite(name="stock")
site.register(Order, StockOrders)

urlpatterns = [path("console/stock/", site.urls), *ours]
