"""Payouts: batches, what is in them, and the queue of those that wait for a second pair of eyes."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.payout_steps import next_step, what_goes_out, what_is_planned
from backoffice.admin.payout_tables import (
    lines_table,
    losses_table,
    payouts_table,
    sent_total,
    what_was_lost,
)
from backoffice.pages.blocks import ROWS_MAX, Facts, Page
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    NOTHING,
    link,
    moment,
    money,
    money_column,
    page_of,
    provider_name,
    state_column,
    two_lines,
)
from backoffice.pages.forms import ReasonForm, ReceiptForm
from backoffice.pages.search import upper
from backoffice.personal import Personal, Whose
from backoffice.sayings import provider_said, said_again
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.payouts.commands import (
    approve_batch,
    prepare_batch,
    reject_batch,
    retry_failures,
    return_payout,
    settle_payout,
    take_on_batch,
)
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.states import (
    BATCH_TRANSITIONS,
    BatchStatus,
    PayoutStatus,
)

WALLET = Personal("wallet", ("msisdn",), lambda payout: Whose(seller_id=payout.seller_id))


def _prepare(asked: Asked) -> HttpResponse:
    batch = prepare_batch(actor=asked.actor)
    return HttpResponseRedirect(page_of(batch))


def _approve(asked: Asked) -> None:
    approve_batch(batch_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_batch(batch_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _may_approve(batch: Any, request: HttpRequest) -> bool:
    """Not offered to its author, nor while nobody answers for it; the command refuses in any case."""
    waits = batch.status == BatchStatus.AWAITING_APPROVAL
    return waits and batch.created_by_id not in (None, request.user.pk)


def _take_on(asked: Asked) -> None:
    take_on_batch(batch_id=asked.object.pk, actor=asked.actor)


def _is_nobodys(batch: Any, request: HttpRequest) -> bool:
    return batch.status == BatchStatus.AWAITING_APPROVAL and batch.created_by_id is None


def _retry(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(
        page_of(retry_failures(batch_id=asked.object.pk, actor=asked.actor))
    )


def _has_failures(batch: Any, request: HttpRequest) -> bool:
    failed = [PayoutStatus.FAILED, PayoutStatus.RETURNED]
    return bool(batch.payouts.filter(status__in=failed).exists())


def _return(asked: Asked) -> None:
    return_payout(payout_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _may_return(payout: Any, request: HttpRequest) -> bool:
    return payout.status == PayoutStatus.PAID and payout.batch.decided_by_id != request.user.pk


def _settle_as_failed(asked: Asked) -> None:
    settle_payout(
        payout_id=asked.object.pk, is_paid=False, reason=asked.data["reason"], actor=asked.actor
    )


def _settle_as_paid(asked: Asked) -> None:
    settle_payout(
        payout_id=asked.object.pk,
        is_paid=True,
        receipt=asked.data["receipt"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )


def _may_settle(payout: Any, request: HttpRequest) -> bool:
    """Only what nobody knows, and not by whoever approved it; the command also waits a day."""
    return payout.status == PayoutStatus.UNKNOWN and payout.batch.decided_by_id != request.user.pk


class BatchColumns(Console):
    list_display: Sequence[str] = (
        "reference",
        "status_label",
        "payouts_count",
        "total",
        "created_by",
        "decided_by",
        "prepared",
    )
    list_select_related = ("created_by", "decided_by")
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the batch")
    status_label = state_column()

    @display(description=_("Payouts"))
    def payouts_count(self, batch: Any) -> Any:
        return batch.payouts_counted

    @display(description=_("Total"))
    def total(self, batch: Any) -> Any:
        return money(batch.total_minor)

    @display(description=_("Prepared"), ordering="-pk")
    def prepared(self, batch: PayoutBatch) -> Any:
        return moment(batch.created_at)


def with_totals(batches: QuerySet[Any]) -> QuerySet[Any]:
    return batches.annotate(
        payouts_counted=Count("payouts"),
        total_minor=Sum("payouts__amount_minor", default=0),
        taken_back_minor=Sum("payouts__taken_back_minor", default=0),
    )


@admin.register(PayoutBatch)
class PayoutBatchAdmin(CasePage, BatchColumns):
    """Prepared by one person, approved by another."""

    aggregate = "batch"
    chips = "status"
    list_decisions = (
        Decision(
            "prepare",
            _("Prepare a batch"),
            "prepare_payouts",
            _prepare,
            done=_("The batch is prepared; somebody else approves it."),
            ask=what_is_planned,
            icon="add",
            variant="primary",
        ),
    )
    decisions = (
        Decision(
            "reject",
            _("Reject"),
            "approve_payouts",
            _reject,
            done=_("The batch is rejected; nothing of it is paid."),
            form=ReasonForm,
            icon="close",
            variant="danger",
            when=may_become(BATCH_TRANSITIONS, BatchStatus.REJECTED),
            key="r",
        ),
        Decision(
            "approve",
            _("Approve and send"),
            "approve_payouts",
            _approve,
            done=_("The batch is approved; the money goes out now."),
            ask=what_goes_out,
            icon="verified",
            variant="primary",
            when=_may_approve,
            key="a",
            needs_proof=True,
        ),
        Decision(
            "take-on",
            _("Take it on"),
            "prepare_payouts",
            _take_on,
            done=_("You answer for this batch now; somebody else approves it."),
            ask=_("The daily run prepared it. Look at who gets what; you cannot approve it then."),
            icon="person_check",
            variant="primary",
            when=_is_nobodys,
        ),
        Decision(
            "retry",
            _("Try the failures again"),
            "prepare_payouts",
            _retry,
            done=_("A new batch is prepared for those that failed; somebody else approves it."),
            icon="refresh",
            when=_has_failures,
            needs_proof=True,
        ),
        *hands("batch", "approve_payouts"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_totals(super().get_queryset(request))

    def page(self, request: HttpRequest, batch: Any) -> Page:
        waits = batch.status == BatchStatus.AWAITING_APPROVAL
        payouts = list(batch.payouts.select_related("seller").order_by("-amount_minor")[:ROWS_MAX])
        return Page(
            figures=[
                (_("Total"), sent_total(batch.total_minor, batch.taken_back_minor)),
                (_("Payouts"), batch.payouts_counted),
                (_("Prepared by"), batch.created_by or _("the daily run")),
                *([] if waits else [(_("Decided by"), batch.decided_by or NOTHING)]),
            ],
            next_step=next_step(batch, request),
            main=[
                payouts_table(_("Payouts"), payouts),
                *losses_table(payouts),
                Facts(
                    _("Batch"),
                    [
                        (_("Prepared"), moment(batch.created_at)),
                        (_("Decided"), moment(batch.decided_at)),
                        (_("Completed"), moment(batch.completed_at)),
                        (_("Retry of"), link(batch.retry_of)),
                        (_("Reason"), batch.decision_reason),
                    ],
                    is_growing=True,
                ),
            ],
            subjects=[("batch", [batch.pk]), ("payout", [one.pk for one in payouts])],
            called={str(one.pk): one.reference for one in payouts},
        )


@admin.register(Payout)
class PayoutAdmin(Console):
    exported = {
        _("Reference"): "reference",
        _("Batch"): "batch__reference",
        _("Seller"): "seller__name",
        _("Provider"): "provider",
        _("State"): "get_status_display",
        _("Amount (TZS)"): "amount_minor",
        _("Taken back (TZS)"): "taken_back_minor",
        _("Receipt"): "receipt",
        _("Created"): "created_at",
        _("Settled"): "settled_at",
    }
    aggregate = "payout"
    chips = "status"
    list_display = (
        "reference",
        "batch",
        "seller",
        "amount",
        "status_label",
        "paid_by",
        "created",
    )
    list_select_related = ("batch", "seller")
    search_by = {
        "reference__startswith": upper,
        "receipt": upper,
        "seller__reference__startswith": upper,
    }
    search_hint = _("Reference of the payout or seller, or provider receipt")
    status_label = state_column()
    amount = money_column("amount_minor", _("Amount"))
    decisions = (
        Decision(
            "not_paid",
            _("It never arrived"),
            "approve_payouts",
            _settle_as_failed,
            done=_("The seller is credited again."),
            form=ReasonForm,
            icon="undo",
            variant="danger",
            when=_may_settle,
            needs_proof=True,
        ),
        Decision(
            "paid",
            _("It arrived"),
            "approve_payouts",
            _settle_as_paid,
            done=_("The payout is paid."),
            form=ReceiptForm,
            icon="done_all",
            when=_may_settle,
            needs_proof=True,
        ),
        Decision(
            "returned",
            _("It came back"),
            "approve_payouts",
            _return,
            done=_("The payout is returned; the seller is credited again."),
            form=ReasonForm,
            icon="keyboard_return",
            variant="danger",
            when=_may_return,
            needs_proof=True,
        ),
        *WALLET.decisions,
    )

    @display(description=_("Provider"), ordering="provider")
    def paid_by(self, payout: Payout) -> Any:
        return two_lines(provider_name(payout.provider), payout.receipt or _("no receipt yet"))

    @display(description=_("Created"), ordering="-pk")
    def created(self, payout: Payout) -> Any:
        return moment(payout.created_at)

    def page(self, request: HttpRequest, payout: Payout) -> Page:
        shown = WALLET.on(request, payout)
        return Page(
            figures=[
                (_("Amount"), sent_total(payout.amount_minor, payout.taken_back_minor)),
                (_("Seller"), link(payout.seller)),
                (_("Batch"), link(payout.batch)),
                *([(_("Receipt"), payout.receipt)] if payout.receipt else []),
            ],
            notices=[*_what_went_wrong(payout), *what_was_lost(payout)],
            main=[
                lines_table(payout),
                Facts(
                    _("Disbursement"),
                    [
                        (_("Provider"), provider_name(payout.provider)),
                        (_("Payout number"), shown("msisdn", payout.msisdn)),
                        (_("Name on the wallet"), payout.wallet_name),
                        (_("Conversation"), payout.conversation_id),
                        (_("Provider code"), payout.provider_code),
                        (_("Provider message"), provider_said(payout)),
                        (_("Sent"), moment(payout.sent_at)),
                        (_("Settled"), moment(payout.settled_at)),
                        (_("Came back"), moment(payout.returned_at)),
                        (_("Enquiries"), payout.enquiries),
                    ],
                    is_growing=True,
                    actions=shown.button,
                ),
            ],
        )


def _what_went_wrong(payout: Payout) -> list[tuple[str, Any]]:
    if payout.status == PayoutStatus.RETURNED:
        return [("danger", said_again(payout.return_reason))]
    went_wrong = payout.status in {PayoutStatus.FAILED, PayoutStatus.CANCELLED}
    said = provider_said(payout) if went_wrong else ""
    return [("danger", said)] if said else []
