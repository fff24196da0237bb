"""Earnings: each seller order's way to its seller's wallet, and who holds it."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    state,
    state_column,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from marketplace.payouts.commands import (
    hold_earning,
    unhold_earning,
)
from marketplace.payouts.models import Earning
from marketplace.payouts.states import (
    EARNING_TRANSITIONS,
    EarningStatus,
)


def _hold(asked: Asked) -> None:
    held = hold_earning(
        seller_order_id=asked.object.seller_order_id,
        reason=asked.data["reason"],
        actor=asked.actor,
    )
    _say(asked, held, _("The earning is on hold."), _("It is on its way out already, or gone."))


def _unhold(asked: Asked) -> None:
    freed = unhold_earning(seller_order_id=asked.object.seller_order_id, actor=asked.actor)
    _say(asked, freed, _("The earning goes on."), _("It is not on hold."))


def _say(asked: Asked, is_done: bool, done: Any, not_done: Any) -> None:
    if is_done:
        messages.success(asked.request, str(done))
    else:
        messages.warning(asked.request, str(not_done))


@admin.register(Earning)
class EarningAdmin(Console):
    """Each seller order's way to its seller's wallet."""

    exported = {
        _("Seller order"): "seller_order__reference",
        _("Seller"): "seller__name",
        _("State"): "get_status_display",
        _("Net (TZS)"): "net_minor",
        _("Earned"): "earned_at",
        _("Available from"): "release_at",
        _("Payout"): "payout__reference",
    }
    aggregate = "earning"
    chips = "status"
    list_display = (
        "seller_order",
        "seller",
        "net",
        "status_label",
        "held_because",
        "available_from",
        "payout",
    )
    list_select_related = ("seller_order", "seller", "payout")
    search_by = {
        "seller_order__reference__startswith": upper,
        "seller__reference__startswith": upper,
    }
    search_hint = _("Reference of the seller order or seller")
    status_label = state_column()
    net = money_column("net_minor", _("Net"))
    decisions = (
        Decision(
            "hold",
            _("Put on hold"),
            "hold_earnings",
            _hold,
            form=ReasonForm,
            icon="pause",
            variant="danger",
            when=may_become(EARNING_TRANSITIONS, EarningStatus.ON_HOLD),
        ),
        Decision(
            "unhold",
            _("Let it go on"),
            "hold_earnings",
            _unhold,
            ask=_("The money takes its way again, to the next batch if its time has come."),
            icon="play_arrow",
            variant="primary",
            when=may_become(EARNING_TRANSITIONS, EarningStatus.AVAILABLE),
        ),
    )

    @display(description=_("Held because of"))
    def held_because(self, earning: Earning) -> Any:
        return earning.held_because or "–"

    @display(description=_("Available from"), ordering="release_at")
    def available_from(self, earning: Earning) -> Any:
        return moment(earning.release_at)

    def page(self, request: HttpRequest, earning: Earning) -> Page:
        return Page(
            status=state(earning),
            figures=[
                (_("Net"), money(earning.net_minor)),
                (_("Seller order"), link(earning.seller_order)),
                (_("Seller"), link(earning.seller)),
            ],
            notices=[("warning", earning.held_because)] if earning.held_because else [],
            main=[
                Facts(
                    _("Earning"),
                    [
                        (_("Earned"), moment(earning.earned_at)),
                        (_("Available from"), moment(earning.release_at)),
                        (_("Released"), moment(earning.released_at)),
                        (_("Payout"), link(earning.payout)),
                    ],
                )
            ],
        )
