"""What is done to several orders, or parts of orders, at once: from the lists, after a look at them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice.admin.order_help import ask_wallet
from backoffice.pages.display import money, state
from backoffice.work.together import against, together
from marketplace.orders.commands import (
    cancel_order,
    cancel_seller_order,
    confirm_seller_order,
    deliver_seller_order,
)

FULFIL, CANCEL, HELP_BUYERS = "fulfil_orders", "cancel_orders", "help_buyers"


def _push(order: Any, asked: Any) -> None:
    ask_wallet(order, asked.actor)


def _cancel(order: Any, asked: Any) -> None:
    cancel_order(order_id=order.pk, reason=asked.data["reason"], actor=asked.actor)


def _confirm(part: Any, asked: Any) -> None:
    confirm_seller_order(seller_order_id=part.pk, actor=asked.actor)


def _deliver(part: Any, asked: Any) -> None:
    deliver_seller_order(seller_order_id=part.pk, actor=asked.actor)


def _cancel_part(part: Any, asked: Any) -> None:
    cancel_seller_order(seller_order_id=part.pk, reason=asked.data["reason"], actor=asked.actor)


OF_ORDER = (
    (_("Buyer"), lambda order: order.buyer),
    (_("State"), state),
    ((_("Total"), "number"), lambda order: money(order.total_minor, order.currency)),
)
OF_PART = (
    (_("Seller"), lambda part: part.seller),
    (_("State"), state),
    ((_("Gross"), "number"), lambda part: money(part.gross_minor)),
)
ORDERS = (
    together("push", _("Ask for the payment again"), HELP_BUYERS, _push, *OF_ORDER,
             icon="phonelink_ring", total="total_minor", trial={},
             effect=ngettext_lazy(
                 "The wallet of %(count)s buyer is asked: only the PIN there pays.",
                 "The wallets of %(count)s buyers are asked: only the PIN there pays.", "count")),
    against("cancel", _("Cancel"), CANCEL, _cancel, *OF_ORDER, icon="cancel", total="total_minor",
            effect=ngettext_lazy(
                "%(count)s order is cancelled: what is not shipped yet, its stock and its money go back.",
                "%(count)s orders are cancelled: what is not shipped yet, its stock and its money go back.",
                "count")),
)  # fmt: skip
PARTS = (
    together("confirm", _("Confirm"), FULFIL, _confirm, *OF_PART, icon="thumb_up", trial={},
             effect=ngettext_lazy(
                 "%(count)s part is confirmed for its seller.",
                 "%(count)s parts are confirmed for their sellers.", "count")),
    together("deliver", _("Mark delivered"), FULFIL, _deliver, *OF_PART, icon="where_to_vote",
             total="gross_minor", trial={},
             effect=ngettext_lazy(
                 "%(count)s parcel has arrived: the seller's hold period begins.",
                 "%(count)s parcels have arrived: the sellers' hold periods begin.", "count")),
    against("cancel", _("Cancel"), CANCEL, _cancel_part, *OF_PART, icon="cancel", total="gross_minor",
            effect=ngettext_lazy(
                "%(count)s part is cancelled: its stock and its money go back.",
                "%(count)s parts are cancelled: their stock and their money go back.", "count")),
)  # fmt: skip
