"""Who bears a refund is found anew: counter-entries between seller, commission, VAT and our goodwill."""

from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.commands.refund_requests import locked_refund
from marketplace.payments.errors import BearersUnfit, RefundNotFound
from marketplace.payments.events import RefundBorneAnew
from marketplace.payments.models import Refund, RefundPart
from marketplace.payments.refund_shares import Shares, seller_account
from marketplace.payments.states import AttemptStatus, RefundStatus
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record

UNBOOKED = {RefundStatus.PROPOSED, RefundStatus.REJECTED}


@transaction.atomic
def bear_refund_anew(
    *,
    refund_reference: str,
    seller_order_id: UUID,
    shares: Shares,
    credited: str,
    actor: Actor,
) -> bool:
    """From now on these `shares` bear a refund's part of a seller order; whether that is news.

    The buyer's amount stays as it is. What the seller is given back lies in the account `credited`
    then; what they are to give more is taken where their money of the order lies. Locks payment,
    then seller balance. Raises RefundNotFound, and BearersUnfit where the shares are not the same
    amount, or nothing was booked that could be borne anew.
    """
    found = Refund.objects.filter(reference=refund_reference).first()
    if found is None:
        raise RefundNotFound
    refund = locked_refund(found.pk)
    rows = RefundPart.objects.select_for_update(of=("self",))
    part = rows.select_related("seller_order__seller").get(
        refund=refund, seller_order_id=seller_order_id
    )
    if (
        shares.amount_minor != part.amount_minor
        or refund.status in UNBOOKED
        or refund.attempt.status != AttemptStatus.SUCCEEDED
    ):
        raise BearersUnfit
    before = Shares(
        part.seller_minor, part.commission_minor, part.commission_vat_minor, part.goodwill_minor
    )
    if shares == before:
        return False
    RefundPart.objects.filter(pk=part.pk).update(**asdict(shares))
    event = record(
        RefundBorneAnew(
            refund_id=refund.pk, order_id=refund.attempt.intent.order_id, **asdict(shares)
        ),
        actor=actor,
        before=asdict(before),
        after=asdict(shares),
    )
    seller, reference = part.seller_order.seller.reference, part.seller_order.reference
    one_at_a_time(f"seller-balance:{seller}")
    more = shares - before
    taken = more.seller_minor > 0
    account = seller_account(seller, reference, more.seller_minor) if taken else credited
    post(
        event=event,
        memo=f"Refund {refund.reference} is borne anew",
        lines=[
            Line(account, more.seller_minor, reference),
            Line(chart.COMMISSION_REVENUE, more.commission_minor, reference),
            Line(chart.VAT_PAYABLE, more.commission_vat_minor, reference),
            Line(chart.GOODWILL, more.goodwill_minor, reference),
        ],
    )
    return True
