"""Sellers and those who act for them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from backoffice.admin import seller_money, terms_requests
from backoffice.admin.base import Console
from backoffice.admin.sights import seeing
from backoffice.admin.standings import (
    DUTY,
    disputes_of,
    standings_table,
    waiting_notice,
    waiting_request,
)
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    link,
    moment,
    money,
    provider_name,
    state,
    state_column,
    yes_no,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import phone_of, same, upper
from backoffice.personal import Personal, Whose
from backoffice.seeing.tabs import SHOP
from marketplace.payouts.queries import balance_of
from marketplace.sellers.commands import request_standing
from marketplace.sellers.models import Seller, SellerMember
from marketplace.sellers.queries import owner_of
from marketplace.sellers.states import SELLER_TRANSITIONS, SellerStatus

ROWS = 50
CONTACT = Personal(
    "contact",
    ("phone", "tin", "payout_msisdn"),
    lambda seller: Whose(seller_id=seller.pk),
)
ASKED = _("A second person is asked.")
SECOND = _("A second person must agree before anything changes.")


class SuspendForm(ReasonForm):
    hold = forms.BooleanField(
        label=_("Hold them at once, for at most 48 hours"),
        help_text=_(
            "For fraud: nothing of theirs can be bought from now on. Without a second person's word it ends by itself."
        ),
        required=False,
        widget=UnfoldBooleanWidget(),
    )


def _asking(wanted: SellerStatus) -> Callable[[Asked], None]:
    def run(asked: Asked) -> None:
        request_standing(
            seller_id=asked.object.pk, wanted=wanted.value, actor=asked.actor, **asked.data
        )

    return run


def _may_ask(wanted: SellerStatus) -> Callable[[Any, HttpRequest], bool]:
    """While no other request about the seller waits."""
    is_a_step = may_become(SELLER_TRANSITIONS, wanted)

    def offered(seller: Any, request: HttpRequest) -> bool:
        return is_a_step(seller, request) and waiting_request(seller) is None

    return offered


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
            _asking(SellerStatus.ACTIVE),
            done=ASKED,
            form=ReasonForm,
            icon="play_arrow",
            variant="primary",
            ask=SECOND,
            when=_may_ask(SellerStatus.ACTIVE),
        ),
        Decision(
            "suspend",
            _("Suspend"),
            DUTY,
            _asking(SellerStatus.SUSPENDED),
            done=ASKED,
            form=SuspendForm,
            ask=_(
                "Once a second person agrees nothing of theirs can be bought. They read the reason."
            ),
            icon="pause",
            when=_may_ask(SellerStatus.SUSPENDED),
        ),
        Decision(
            "close",
            _("Close"),
            DUTY,
            _asking(SellerStatus.CLOSED),
            done=ASKED,
            form=ReasonForm,
            ask=_(
                "Once a second person agrees this is for good. Nothing is paid to a closed seller;"
                " what is owed stays on the books."
            ),
            icon="block",
            variant="danger",
            when=_may_ask(SellerStatus.CLOSED),
        ),
        seeing(lambda seller: owner_of(seller.pk), first=SHOP),
        *CONTACT.decisions,
        *seller_money.DECISIONS,
    )

    @display(description=_("Approved"), ordering="approved_at")
    def approved(self, seller: Seller) -> Any:
        return moment(seller.approved_at)

    def page(self, request: HttpRequest, seller: Seller) -> Page:
        members = SellerMember.objects.filter(seller=seller).select_related("user")[:ROWS]
        may_see_people = request.user.has_perm("accounts.view_user")
        shown = CONTACT.on(request, seller)
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
            notices=[
                *([("warning", seller.status_reason)] if seller.status_reason else []),
                *waiting_notice(request, seller),
                *(terms_requests.waiting_notice(request, seller) if sees_money else []),
            ],
            main=[
                Facts(
                    _("Seller"),
                    [
                        (_("Name"), seller.name),
                        (_("Region"), seller.region),
                        (_("Phone"), shown("phone", seller.phone)),
                        (_("TIN"), shown("tin", seller.tin)),
                        (_("VRN"), seller.vat_number),
                        (_("Payout wallet"), provider_name(seller.payout_provider)),
                        (_("Payout number"), shown("payout_msisdn", seller.payout_msisdn)),
                        (_("Name on the wallet"), seller.payout_name),
                        (_("Application"), link(seller.application)),
                    ],
                    actions=shown.button,
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
                *standings_table(request, seller),
                disputes_of(seller),
                *(seller_money.money_blocks(request, seller) if sees_money else []),
            ],
            subjects=[
                ("seller", [seller.pk]),
                ("application", [seller.application_id]),
                ("standing_request", [one.pk for one in seller.standing_requests.all()[:ROWS]]),
            ],
        )
