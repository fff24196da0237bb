"""Sellers and those who act for them."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin import seller_money
from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    NOTHING,
    late,
    link,
    masked,
    moment,
    money,
    provider_name,
    state,
    state_column,
    two_lines,
    yes_no,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import phone_of, same, upper
from marketplace.analytics.queries import dispute_rate
from marketplace.disputes.queries import record_of
from marketplace.payouts.queries import balance_of
from marketplace.sellers.commands import close_seller, reactivate_seller, suspend_seller
from marketplace.sellers.models import Seller, SellerMember
from marketplace.sellers.states import SELLER_TRANSITIONS, SellerStatus

DUTY = "suspend_sellers"
ROWS = 50


def _suspend(asked: Asked) -> None:
    suspend_seller(seller_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _reactivate(asked: Asked) -> None:
    reactivate_seller(seller_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _close(asked: Asked) -> None:
    close_seller(seller_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


@admin.register(Seller)
class SellerAdmin(Console):
    exported = {
        _("Reference"): "reference",
        _("Name"): "name",
        _("State"): "get_status_display",
        _("Region"): "region",
        _("Phone"): "phone",
        _("TIN"): "tin",
        _("VRN"): "vat_number",
        _("Approved"): "approved_at",
    }
    aggregate = "seller"
    chips = "status"
    list_display = ("name", "reference", "region", "phone", "status_label", "approved")
    search_by = {
        "reference__startswith": upper,
        "phone": phone_of,
        "tin": same,
        "name__istartswith": same,
    }
    search_hint = _("Reference, phone, TIN or beginning of the name")
    status_label = state_column()
    decisions = (
        Decision(
            "reactivate",
            _("Reactivate"),
            DUTY,
            _reactivate,
            done=_("The seller may sell again."),
            form=ReasonForm,
            icon="play_arrow",
            variant="primary",
            when=may_become(SELLER_TRANSITIONS, SellerStatus.ACTIVE),
        ),
        Decision(
            "suspend",
            _("Suspend"),
            DUTY,
            _suspend,
            done=_("The seller is suspended; nothing of theirs can be bought."),
            form=ReasonForm,
            ask=_("Nothing of theirs can be bought from now on. They read the reason."),
            icon="pause",
            when=may_become(SELLER_TRANSITIONS, SellerStatus.SUSPENDED),
        ),
        Decision(
            "close",
            _("Close"),
            DUTY,
            _close,
            done=_("The seller is closed."),
            form=ReasonForm,
            ask=_(
                "This is for good. Nothing is paid to a closed seller; what is owed stays on the books."
            ),
            icon="block",
            variant="danger",
            when=may_become(SELLER_TRANSITIONS, SellerStatus.CLOSED),
        ),
        *seller_money.DECISIONS,
    )

    @display(description=_("Approved"), ordering="approved_at")
    def approved(self, seller: Seller) -> Any:
        return moment(seller.approved_at)

    def page(self, request: HttpRequest, seller: Seller) -> Page:
        members = SellerMember.objects.filter(seller=seller).select_related("user")[:ROWS]
        may_see_people = request.user.has_perm("accounts.view_user")
        figures = [
            (_("Reference"), seller.reference),
            (_("Approved"), moment(seller.approved_at)),
        ]
        sees_money = request.user.has_perm("payouts.view_payout")
        if sees_money:
            owed = balance_of(seller_reference=seller.reference)
            figures += [
                (_("Pending"), money(owed.pending_minor)),
                (_("Available"), money(owed.available_minor)),
                (_("On hold"), money(owed.on_hold_minor)),
            ]
        return Page(
            figures=figures,
            status=state(seller),
            notices=[("warning", seller.status_reason)] if seller.status_reason else [],
            main=[
                Facts(
                    _("Seller"),
                    [
                        (_("Name"), seller.name),
                        (_("Region"), seller.region),
                        (_("Phone"), seller.phone),
                        (_("TIN"), seller.tin),
                        (_("VRN"), seller.vat_number),
                        (_("Payout wallet"), provider_name(seller.payout_provider)),
                        (_("Payout number"), masked(seller.payout_msisdn)),
                        (_("Name on the wallet"), seller.payout_name),
                        (_("Application"), link(seller.application)),
                    ],
                ),
                Table(
                    _("Members"),
                    [_("Person"), _("Owner"), _("Joined")],
                    [
                        (
                            link(one.user) if may_see_people else one.user,
                            yes_no(one.is_owner),
                            moment(one.joined_at),
                        )
                        for one in members
                    ],
                ),
                _disputes(seller),
                *(seller_money.money_blocks(seller) if sees_money else []),
            ],
            subjects=[("seller", [seller.pk]), ("application", [seller.application_id])],
        )


def _disputes(seller: Seller) -> Facts:
    """How it went lately; the rate is of the seller orders that were paid in the same time."""
    days = settings.DISPUTE_RECORD_DAYS
    record = record_of(seller_id=seller.pk)
    disputed, paid = dispute_rate(seller_id=seller.pk, days=days)
    lost: Any = record.seller_lost
    if record.loses_often:
        lost = two_lines(lost, late(_("often at fault")))
    return Facts(
        _("Disputes, last %(days)s days") % {"days": days},
        [
            (_("Cases"), record.seller_cases),
            (_("Won"), record.seller_won),
            (_("Lost"), lost),
            (_("Refunded in disputes"), money(record.seller_refunded_minor)),
            (_("Dispute rate"), f"{disputed / paid:.1%}" if paid else NOTHING),
        ],
    )
