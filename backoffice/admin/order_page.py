"""All about one order on one page: parts, lines, money in and back, books, disputes, messages.

Who may not see payments, books, disputes or messages does not see their part of the page.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.admin.base import buttons
from backoffice.admin.ledger import postings_table
from backoffice.admin.payments import attempts_table, refunds_table
from backoffice.admin.refund_requests import keep_what_is_left
from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.display import link, moment, money, reference_link, state, two_lines
from backoffice.personal import Personal, Whose
from marketplace.disputes.models import Dispute
from marketplace.ledger.queries import postings_for
from marketplace.notifications.models import Message
from marketplace.orders.models import Order, SellerOrder, Shipment
from marketplace.payments.models import Attempt, Intent, Refund
from marketplace.payouts.models import Earning


def _buyer(order: Order) -> Whose:
    return Whose(user_id=order.buyer_id)


DELIVERY = Personal("delivery", ("phone", "street", "landmark"), _buyer)
WALLETS = Personal("wallets", ("msisdn",), _buyer)


def order_page(request: HttpRequest, order: Order) -> Page:
    parts = list(order.seller_orders.select_related("seller", "shipment").prefetch_related("lines"))
    page = Page(
        figures=[
            (_("Total"), money(order.total_minor, order.currency)),
            (_("Items"), money(order.items_minor, order.currency)),
            (_("Shipping"), money(order.shipping_minor, order.currency)),
            (_("Placed"), moment(order.placed_at)),
            (_("Paid"), moment(order.paid_at)),
        ],
        notices=[("warning", order.close_reason)] if order.close_reason else [],
        side=[_delivery(order, request)],
        subjects=[("order", [order.pk]), ("seller_order", [part.pk for part in parts])],
    )
    if request.user.has_perm("backoffice.request_refunds"):
        keep_what_is_left(parts)
    for part in parts:
        part.order = order
        page.main.append(part_table(request, part))
    references = [order.reference, *(part.reference for part in parts)]
    _add_payments(request, page, order, references)
    _add_disputes(request, page, parts, references)
    _add_earnings(request, page, parts)
    _add_books(request, page, references)
    _add_messages(request, page, references)
    return page


def seller_order_page(request: HttpRequest, part: SellerOrder) -> Page:
    page = Page(
        figures=[
            (_("Gross"), money(part.gross_minor)),
            (_("Commission"), money(part.commission_minor)),
            (_("VAT on commission"), money(part.commission_vat_minor)),
            (_("Net to the seller"), money(part.net_minor)),
        ],
        notices=[("warning", part.cancel_reason)] if part.cancel_reason else [],
        main=[part_table(request, part, with_buttons=False)],
        side=[_delivery(part.order, request)],
        subjects=[("order", [part.order_id]), ("seller_order", [part.pk])],
    )
    _add_disputes(request, page, [part], [part.reference])
    _add_earnings(request, page, [part])
    _add_books(request, page, [part.reference])
    _add_messages(request, page, [part.reference])
    return page


def part_table(
    request: HttpRequest,
    part: SellerOrder,
    *,
    with_buttons: bool = True,
) -> Table:
    """What one seller sends: its lines, what they cost and what the seller gets."""
    title = format_html("{} · {} {}", link(part), _seller(request, part), state(part))
    return Table(
        title if with_buttons else _("Lines"),
        [_("Product"), (_("Pieces"), "number"), (_("Commission"), "number"), (_("Total"), "number")],
        [
            (
                two_lines(one.title, one.sku),
                two_lines(one.quantity, format_html("× {}", money(one.unit_price_minor))),
                two_lines(money(one.commission_minor), f"{one.commission_bp / 100:g} %"),
                two_lines(
                    money(one.total_minor),
                    format_html(str(_("with VAT of {}")), money(one.vat_minor)),
                ),
            )
            for one in part.lines.all()
        ],
        footer=[
            format_html(
                str(_("With shipping; net to the seller {}")), money(part.net_minor)
            ),
            "",
            money(part.commission_minor + part.commission_vat_minor),
            money(part.gross_minor),
        ],
        actions=buttons(request, part) if with_buttons else "",
        note=_journey(part),
    )  # fmt: skip


def _seller(request: HttpRequest, part: SellerOrder) -> Any:
    if request.user.has_perm("sellers.view_seller"):
        return link(part.seller)
    return part.seller.name


def _journey(part: SellerOrder) -> Any:
    """The parcel's way so far, in a line."""
    steps = [
        (_("confirmed"), part.confirmed_at),
        (_("shipped"), part.shipped_at),
        (_("delivered"), part.delivered_at),
        (_("cancelled"), part.cancelled_at),
    ]
    said: Any = ""
    for label, instant in steps:
        if instant is not None:
            said = format_html("{}{}{} {}", said, " · " if said else "", label, moment(instant))
    shipment: Shipment | None = getattr(part, "shipment", None)
    if shipment is not None:
        with_whom = f"{shipment.carrier} {shipment.tracking}".strip()
        said = format_html("{}{}{}", said, " · " if said else "", with_whom)
    return said


def _delivery(order: Order, request: HttpRequest) -> Facts:
    may_see, shown = request.user.has_perm("accounts.view_user"), DELIVERY.on(request, order)
    return Facts(
        _("Delivery"),
        [
            (_("Order"), link(order)),
            (_("Buyer"), link(order.buyer) if may_see else order.buyer),
            (_("Recipient"), order.recipient),
            (_("Phone"), shown("phone", order.phone)),
            (_("Street"), shown("street", order.street)),
            (_("Landmark"), shown("landmark", order.landmark)),
            (_("District"), order.district),
            (_("Region"), order.region),
            *([] if order.paid_at else [(_("To be paid by"), moment(order.expires_at))]),
        ],
        actions=shown.button,
    )


def _add_payments(request: HttpRequest, page: Page, order: Order, references: list[str]) -> None:
    if not request.user.has_perm("payments.view_intent"):
        return
    of_order = Attempt.objects.filter(intent__order=order).select_related("intent")
    attempts = list(of_order.order_by("-pk")[:ROWS_MAX])
    intent = attempts[0].intent if attempts else Intent.objects.filter(order=order).first()
    refunds = list(Refund.objects.filter(attempt__intent__order=order).order_by("-pk")[:ROWS_MAX])
    page.main.append(attempts_table(attempts, WALLETS.on(request, order)))
    page.main.append(refunds_table(refunds))
    references += [attempt.reference for attempt in attempts]
    references += [refund.reference for refund in refunds]
    if intent is not None:
        references.append(intent.reference)
        page.subjects.append(("intent", [intent.pk]))
    page.subjects.append(("attempt", [one.pk for one in attempts]))
    page.subjects.append(("refund", [one.pk for one in refunds]))


def _add_disputes(
    request: HttpRequest, page: Page, parts: list[SellerOrder], references: list[str]
) -> None:
    if not request.user.has_perm("disputes.view_dispute"):
        return
    disputes = list(Dispute.objects.filter(seller_order__in=parts).order_by("-pk")[:ROWS_MAX])
    references += [one.reference for one in disputes]
    page.subjects.append(("dispute", [one.pk for one in disputes]))
    if disputes:
        page.main.append(
            Table(
                _("Disputes"),
                [_("Dispute"), _("Reason"), _("State"), _("Opened"), (_("Claimed"), "number"),
                 (_("Refunded"), "number")],
                [
                    (
                        link(one),
                        one.get_reason_display(),
                        state(one),
                        moment(one.opened_at),
                        money(one.claimed_minor),
                        money(one.refunded_minor),
                    )
                    for one in disputes
                ],
            )
        )  # fmt: skip


def _add_earnings(request: HttpRequest, page: Page, parts: list[SellerOrder]) -> None:
    if not request.user.has_perm("payouts.view_earning"):
        return
    earnings = list(
        Earning.objects.filter(seller_order__in=parts).select_related(
            "seller_order", "seller", "payout"
        )
    )
    page.subjects.append(("earning", [one.pk for one in earnings]))
    if earnings:
        page.main.append(
            Table(
                _("Earnings"),
                [_("Seller order"), _("State"), _("Available from"), _("Payout"),
                 (_("Net"), "number")],
                [
                    (
                        link(one, one.seller_order.reference),
                        state(one),
                        moment(one.release_at),
                        link(one.payout),
                        money(one.net_minor),
                    )
                    for one in earnings
                ],
            )
        )  # fmt: skip


def _add_books(request: HttpRequest, page: Page, references: list[str]) -> None:
    if not request.user.has_perm("ledger.view_entry"):
        return
    postings = list(postings_for(references=references)[:ROWS_MAX])
    page.main.append(postings_table(_("Books"), postings, with_entry=True))


def _add_messages(request: HttpRequest, page: Page, references: list[str]) -> None:
    if not request.user.has_perm("notifications.view_message"):
        return
    messages = Message.objects.filter(about__in=references).defer("body").order_by("-pk")
    page.main.append(
        Table(
            _("Messages"),
            [_("Message"), _("To"), _("Kind"), _("State"), _("Created")],
            [
                (
                    reference_link(one.reference),
                    two_lines(masked("recipient", one.recipient), one.get_channel_display()),
                    one.subject or one.code,
                    state(one),
                    moment(one.created_at),
                )
                for one in messages[:ROWS_MAX]
            ],
            empty=_("Nobody was told anything yet."),
            is_folded=True,
        )
    )
