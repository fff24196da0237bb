"""People: staff, buyers and sellers' members, and the roles of staff."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.display import link, moment, money, state, yes_no
from backoffice.pages.search import phone_of, same, upper
from backoffice.roles import BY_NAME
from marketplace.accounts.models import Address, User
from marketplace.orders.models import Order

NEWEST = 20


@admin.register(User)
class UserAdmin(Console):
    """Everybody with an account. Roles are given here; buyers register through the API."""

    aggregate = "user"
    list_display = ("name", "reference", "email", "phone", "kyc", "is_staff", "is_active", "joined")
    list_filter = ("is_staff", "is_active", "kyc_level")
    search_by = {
        "reference__startswith": upper,
        "phone": phone_of,
        "email__iexact": same,
        "name__istartswith": same,
    }
    search_hint = _("Reference, phone, e-mail or beginning of the name")

    @display(description=_("Identity"), ordering="kyc_level")
    def kyc(self, user: User) -> Any:
        return user.get_kyc_level_display()

    @display(description=_("Joined"), ordering="date_joined")
    def joined(self, user: User) -> Any:
        return moment(user.date_joined)

    def page(self, request: HttpRequest, user: User) -> Page:
        roles = [BY_NAME[name].label for name in _group_names(user) if name in BY_NAME]
        page = Page(
            figures=[
                (_("Reference"), user.reference),
                (_("Identity"), user.get_kyc_level_display()),
                (_("Roles"), ", ".join(map(str, roles)) or _("none")),
            ],
            main=[
                Facts(
                    _("Person"),
                    [
                        (_("Name"), user.name),
                        (_("E-mail address"), user.email),
                        (_("Phone"), user.phone),
                        (_("Phone verified"), moment(user.phone_verified_at)),
                        (_("Language"), user.get_language_display()),
                        (_("Staff"), yes_no(user.is_staff)),
                        (_("Active"), yes_no(user.is_active)),
                        (_("Joined"), moment(user.date_joined)),
                        (_("Last sign-in to the console"), moment(user.last_login)),
                    ],
                ),
                _addresses(user),
            ],
        )
        if request.user.has_perm("orders.view_order"):
            page.main.append(_orders(user))
        return page


def _group_names(user: User) -> list[str]:
    return list(user.groups.order_by("name").values_list("name", flat=True))


def _addresses(user: User) -> Table:
    rows = Address.objects.filter(user=user).order_by("-is_default", "-pk")[:NEWEST]
    return Table(
        _("Addresses"),
        [_("Recipient"), _("Phone"), _("Street"), _("Region"), _("Default")],
        [
            (one.recipient, one.phone, one.street, one.region, yes_no(one.is_default))
            for one in rows
        ],
        empty=_("No address yet."),
    )


def _orders(user: User) -> Table:
    orders = Order.objects.filter(buyer=user).order_by("-pk")[:NEWEST]
    return Table(
        _("Newest orders"),
        [_("Order"), _("State"), _("Placed"), (_("Total"), "number")],
        [(link(one), state(one), moment(one.placed_at), total_of(one)) for one in orders],
        empty=_("No order yet."),
    )


def total_of(order: Order) -> Any:
    return money(order.total_minor, order.currency)
