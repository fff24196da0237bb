"""Refunds: asked for on a seller's part of an order, approved by a second person, followed to their end."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    state_column,
    two_lines,
)
from backoffice.pages.forms import (
    REASON_MAX,
    Choice,
    LongWords,
    ReasonForm,
    Words,
)
from backoffice.pages.search import upper
from backoffice.sayings import provider_said
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.payments.commands import (
    approve_refund,
    declare_refund_failed,
    reject_refund,
    retry_refund,
    settle_refund_by_hand,
)
from marketplace.payments.models import Refund, RefundEvidence, RefundLine
from marketplace.payments.states import PaidFrom, RefundChannel, RefundStatus
from marketplace.shared.money import format_minor

ROWS = 50
RETRY, APPROVE = "retry_refunds", "approve_refunds"


class EvidenceForm(forms.Form):
    """How the buyer got the money, and what proves it."""

    paid_from = Choice(label=_("Paid from"), choices=PaidFrom.choices)
    receipt = Words(label=_("Receipt or transaction number"), max_length=40)
    file = forms.FileField(label=_("PDF or picture"), widget=UnfoldAdminFileFieldWidget())
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)


def _approve(asked: Asked) -> None:
    approve_refund(refund_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_refund(refund_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _retry(asked: Asked) -> None:
    retry_refund(refund_id=asked.object.pk, actor=asked.actor)


def _pay_out(asked: Asked) -> None:
    retry_refund(refund_id=asked.object.pk, channel=RefundChannel.PAYOUT, actor=asked.actor)


def _settle(asked: Asked) -> None:
    settle_refund_by_hand(refund_id=asked.object.pk, actor=asked.actor, **asked.data)


def _declare_failed(asked: Asked) -> None:
    declare_refund_failed(refund_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _is_anothers(refund: Refund, request: HttpRequest) -> bool:
    """Not offered to whoever asked for it; the command refuses them in any case."""
    return refund.requested_by_id != request.user.pk


def _may_decide(refund: Refund, request: HttpRequest) -> bool:
    return refund.status == RefundStatus.PROPOSED and _is_anothers(refund, request)


def _may_settle(refund: Refund, request: HttpRequest) -> bool:
    open_ones = {RefundStatus.FAILED, RefundStatus.UNKNOWN, RefundStatus.SENT}
    return refund.status in open_ones and _is_anothers(refund, request)


def _is_silent(refund: Refund, request: HttpRequest) -> bool:
    return _may_settle(refund, request) and refund.status != RefundStatus.FAILED


def _has_failed(refund: Refund, request: HttpRequest) -> bool:
    return refund.status == RefundStatus.FAILED


def _can_be_paid_out(refund: Refund, request: HttpRequest) -> bool:
    return refund.status == RefundStatus.FAILED and refund.channel != RefundChannel.PAYOUT


DECISIONS = (
    Decision(
        "approve",
        _("Approve"),
        APPROVE,
        _approve,
        done=_("The refund is approved and on its way."),
        ask=_("It is booked now, and sent to the wallet that paid."),
        icon="check",
        variant="primary",
        when=_may_decide,
        key="a",
        needs_proof=True,
    ),
    Decision(
        "reject",
        _("Reject"),
        APPROVE,
        _reject,
        done=_("The refund is rejected."),
        form=ReasonForm,
        icon="close",
        variant="danger",
        when=_may_decide,
        key="r",
    ),
    Decision(
        "retry",
        _("Send again"),
        RETRY,
        _retry,
        done=_("The refund is on its way again."),
        ask=_("The provider is asked again, under a new reference."),
        icon="refresh",
        variant="primary",
        when=_has_failed,
    ),
    Decision(
        "payout",
        _("Send as a payout"),
        RETRY,
        _pay_out,
        done=_("The refund is on its way as a payout."),
        ask=_("The same wallet gets the money as a payout instead of a reversal."),
        icon="alt_route",
        when=_can_be_paid_out,
        needs_proof=True,
    ),
    Decision(
        "failed",
        _("It did not go out"),
        RETRY,
        _declare_failed,
        done=_("The refund counts as failed, and can be sent again."),
        form=ReasonForm,
        ask=_("Only when the provider has confirmed that no money left; a day after it was sent."),
        icon="block",
        when=_is_silent,
    ),
    Decision(
        "settle",
        _("Settled by hand"),
        RETRY,
        _settle,
        done=_("The refund is settled; its evidence is kept."),
        form=EvidenceForm,
        ask=_("The buyer has the money already, outside the system. The evidence stays with it."),
        icon="handshake",
        when=_may_settle,
        own_page=True,
        needs_proof=True,
    ),
)


class RefundColumns(Console):
    list_display: Sequence[str] = (
        "reference", "attempt", "reason_shown", "amount", "status_label", "requested_by", "created",
    )  # fmt: skip
    list_select_related = ("attempt", "requested_by")
    search_by = {
        "reference__startswith": upper,
        "receipt": upper,
        "attempt__reference__startswith": upper,
    }
    search_hint = _("Reference of the refund or attempt, or provider receipt")
    status_label = state_column()
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Reason"), ordering="reason")
    def reason_shown(self, refund: Refund) -> Any:
        return refund.get_reason_display()

    @display(description=_("Created"), ordering="-pk")
    def created(self, refund: Refund) -> Any:
        return moment(refund.created_at)


@admin.register(Refund)
class RefundAdmin(CasePage, RefundColumns):
    """Money on its way back. One that failed is sent again, another way, or settled by hand."""

    exported = {
        _("Reference"): "reference",
        _("Attempt"): "attempt__reference",
        _("Reason"): "get_reason_display",
        _("State"): "get_status_display",
        _("Channel"): "get_channel_display",
        _("Amount (TZS)"): "amount_minor",
        _("Receipt"): "receipt",
        _("Created"): "created_at",
        _("Settled"): "settled_at",
    }
    aggregate = "refund"
    page_select_related = (
        "attempt__intent__order",
        "requested_by",
        "decided_by",
        "settled_by",
        "evidence",
    )
    chips = "status"
    decisions = (*DECISIONS, *hands("refund", APPROVE))

    def called(self, refund: Refund) -> str:
        return f"{refund.reference} · {format_minor(refund.amount_minor, refund.currency)}"

    def page(self, request: HttpRequest, refund: Refund) -> Page:
        notices: list[tuple[str, Any]] = []
        if refund.status == RefundStatus.FAILED:
            notices.append(("danger", provider_said(refund)))
        if refund.status == RefundStatus.REJECTED:
            notices.append(("warning", refund.decision_reason))
        if refund.status == RefundStatus.PROPOSED and not _is_anothers(refund, request):
            notices.append(("info", _("You asked for this refund: a second person must decide.")))
        return Page(
            figures=[
                (_("Amount"), money(refund.amount_minor, refund.currency)),
                (_("Reason"), refund.get_reason_display()),
                (_("Channel"), refund.get_channel_display()),
                (_("Tries"), refund.tries),
            ],
            notices=notices,
            main=[_facts(refund), *_pieces(refund), _shares(refund)],
        )


def _facts(refund: Refund) -> Facts:
    rows = [
        (_("Attempt"), link(refund.attempt)),
        (_("Order"), link(refund.attempt.intent.order)),
        (_("Note"), refund.note),
        (_("Requested by"), refund.requested_by or _("system")),
        (_("Decided by"), refund.decided_by),
        (_("Decided"), moment(refund.decided_at)),
        (_("Receipt"), refund.receipt),
        (_("Provider code"), refund.provider_code),
        (_("Provider message"), provider_said(refund)),
        (_("Created"), moment(refund.created_at)),
        (_("Settled"), moment(refund.settled_at)),
    ]
    evidence: RefundEvidence | None = getattr(refund, "evidence", None)
    if evidence is not None:
        rows += [
            (_("Settled by"), refund.settled_by),
            (_("Paid from"), evidence.get_paid_from_display()),
            (_("Evidence"), _file(evidence)),
        ]
    return Facts(_("Refund"), rows, is_growing=True)


def _file(evidence: RefundEvidence) -> Any:
    return format_html(
        '<a class="zt-link" href="{}" target="_blank" rel="noopener">{}</a>',
        evidence.file.url,
        evidence.original_name,
    )


def _pieces(refund: Refund) -> list[Table]:
    lines = list(RefundLine.objects.filter(part__refund=refund).select_related("order_line")[:ROWS])
    if not lines:
        return []
    return [
        Table(
            _("What goes back"),
            [_("Product"), (_("Pieces"), "number"), (_("Amount"), "number")],
            [
                (
                    two_lines(line.order_line.title, line.order_line.sku),
                    line.quantity,
                    money(line.amount_minor),
                )
                for line in lines
            ],
        )
    ]


def _shares(refund: Refund) -> Table:
    parts = refund.parts.select_related("seller_order")[:ROWS]
    return Table(
        _("Who bears it"),
        [
            _("Seller order"),
            (_("Seller"), "number"),
            (_("Commission"), "number"),
            (_("VAT on commission"), "number"),
            (_("Goodwill"), "number"),
            (_("Total"), "number"),
        ],
        [
            (
                link(one.seller_order),
                money(one.seller_minor),
                money(one.commission_minor),
                money(one.commission_vat_minor),
                money(one.goodwill_minor),
                money(one.amount_minor),
            )
            for one in parts
        ],
        empty=_("No order took this payment: it goes back from suspense."),
    )
