"""Whose wallet is it: what the provider said, and what a person decides where it could not say."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.masks import masked
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import link, moment, provider_name, state_column
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from backoffice.personal import Personal, Whose
from marketplace.payouts.commands import decide_wallet
from marketplace.payouts.models import WalletCheck
from marketplace.payouts.states import WALLET_CHECK_TRANSITIONS, WalletCheckStatus

WALLET = Personal("wallet", ("msisdn",), lambda check: Whose(seller_id=check.seller_id))


def _accept(asked: Asked) -> None:
    decide_wallet(
        check_id=asked.object.pk, accept=True, reason=asked.data["reason"], actor=asked.actor
    )


def _refuse(asked: Asked) -> None:
    decide_wallet(
        check_id=asked.object.pk, accept=False, reason=asked.data["reason"], actor=asked.actor
    )


@admin.register(WalletCheck)
class WalletCheckAdmin(Console):
    """Where the names differ or the provider cannot tell, nothing is paid until somebody looked."""

    intro = _("Nothing is paid to a wallet whose name is not confirmed, by the provider or by you.")
    chips = "status"
    list_display = ("seller", "name", "holder_name", "wallet", "status_label", "opened")
    list_select_related = ("seller",)
    search_by = {"seller__reference__startswith": upper}
    search_hint = _("Reference of the seller")
    status_label = state_column()
    decisions = (
        Decision(
            "refuse",
            _("Do not pay there"),
            "hold_earnings",
            _refuse,
            done=_("Nothing is paid to this wallet; the seller is told."),
            form=ReasonForm,
            icon="block",
            variant="danger",
            when=may_become(WALLET_CHECK_TRANSITIONS, WalletCheckStatus.REFUSED),
        ),
        Decision(
            "accept",
            _("It is theirs"),
            "hold_earnings",
            _accept,
            done=_("The wallet is confirmed."),
            form=ReasonForm,
            icon="verified_user",
            variant="primary",
            when=may_become(WALLET_CHECK_TRANSITIONS, WalletCheckStatus.ACCEPTED),
            needs_proof=True,
        ),
        *WALLET.decisions,
    )

    @display(description=_("Wallet"))
    def wallet(self, check: WalletCheck) -> Any:
        return f"{provider_name(check.provider)} {masked('msisdn', check.msisdn)}"

    @display(description=_("Since"), ordering="-pk")
    def opened(self, check: WalletCheck) -> Any:
        return moment(check.opened_at)

    def page(self, request: HttpRequest, check: WalletCheck) -> Page:
        shown = WALLET.on(request, check)
        return Page(
            title=check.seller.name,
            figures=[
                (_("Name that the seller gave"), check.name),
                (_("Name at the provider"), check.holder_name or "–"),
            ],
            main=[
                Facts(
                    _("Wallet"),
                    [
                        (_("Seller"), link(check.seller)),
                        (_("Provider"), provider_name(check.provider)),
                        (_("Payout number"), shown("msisdn", check.msisdn)),
                        (_("Since"), moment(check.opened_at)),
                        (_("Asked"), moment(check.asked_at)),
                        (_("Decided by"), check.decided_by),
                        (_("Decided"), moment(check.decided_at)),
                        (_("Reason"), check.reason),
                    ],
                    actions=shown.button,
                    is_growing=True,
                )
            ],
            subjects=[("seller", [check.seller_id])],
        )
