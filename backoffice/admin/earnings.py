"""Earnings: each seller order's way to its seller's wallet, and who holds it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    state,
    state_column,
    two_lines,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from marketplace.payouts.commands import (
    hold_earning,
    unhold_earning,
)
from marketplace.payouts.models import Earning, Hold
from marketplace.payouts.queries import Reason, holds_of, own_holds, reasons_of
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
    freed = unhold_earning(
        seller_order_id=asked.object.seller_order_id,
        actor=asked.actor,
        reason=asked.data["reason"],
    )
    _say(
        asked,
        freed,
        _("The earning goes on."),
        _("No hold of ours is on it, or another one still is."),
    )


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
    list_select_related = ("seller_order", "seller", "payout", "reserve")
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
            form=ReasonForm,
            ask=_("The money takes its way again, to the next batch if its time has come."),
            icon="play_arrow",
            variant="primary",
            when=may_become(EARNING_TRANSITIONS, EarningStatus.AVAILABLE),
        ),
    )

    @display(description=_("Held because of"))
    def held_because(self, earning: Earning) -> Any:
        return ", ".join(str(hold) for hold in own_holds(earning)) or "–"

    @display(description=_("Available from"), ordering="release_at")
    def available_from(self, earning: Earning) -> Any:
        return moment(earning.release_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Earning]:
        opened = Hold.objects.filter(freed_at__isnull=True).order_by("pk")
        rows: QuerySet[Earning] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("holds", opened, "open_holds"))

    def page(self, request: HttpRequest, earning: Earning) -> Page:
        reasons = reasons_of(earning, of_seller=holds_of(seller_id=earning.seller_id))
        holds = earning.holds.order_by("-pk")[:ROWS_MAX]
        waits = earning.status not in (EarningStatus.PAID, EarningStatus.CANCELLED)
        return Page(
            title=_("Earning from %(order)s") % {"order": earning.seller_order.reference},
            status=state(earning),
            figures=[
                (_("Net"), money(earning.net_minor)),
                (_("Seller order"), link(earning.seller_order)),
                (_("Seller"), link(earning.seller)),
            ],
            notices=[("warning", one.reason) for one in own_holds(earning)],
            main=[
                *([reasons_table(_("Why it is not paid yet"), reasons)] if waits else []),
                Facts(
                    _("Earning"),
                    [
                        (_("Earned"), moment(earning.earned_at)),
                        (_("Available from"), moment(earning.release_at)),
                        (_("Released"), moment(earning.released_at)),
                        (_("Payout"), link(earning.payout)),
                    ],
                ),
                holds_table(_("What held it"), holds),
            ],
        )


def reasons_table(title: Any, reasons: Sequence[Reason]) -> Table:
    return Table(
        title,
        [_("Reason"), _("Available from"), (_("Amount"), "number")],
        [
            (
                one.text,
                moment(one.release_at) if one.release_at else _("open"),
                _("all") if one.amount_minor is None else money(one.amount_minor),
            )
            for one in reasons
        ],
        empty=_("Nothing is in its way."),
    )


def holds_table(title: Any, holds: Iterable[Hold]) -> Table:
    """Open and freed ones, with who did it and why."""
    return Table(
        title,
        [_("Kind"), _("Reason"), _("Since"), _("Freed")],
        [
            (
                two_lines(one.get_kind_display(), one.subject),
                two_lines(one.reason, one.opened_by),
                moment(one.opened_at),
                two_lines(moment(one.freed_at), f"{one.freed_by} {one.freed_reason}"),
            )
            for one in holds
        ],
        empty=_("It was never held."),
    )
