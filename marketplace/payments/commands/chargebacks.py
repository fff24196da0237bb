"""A provider takes money back although the goods have left: whose loss is it?

At the reversal it is nobody's: the amount stands as a claim in `chargebacks`, and the seller keeps
the earning, which the dispute's case freezes. The case's decision settles the claim once.
"""

from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.orders.states import SellerOrderStatus
from marketplace.payments.errors import ChargebackNotFound, ChargebackSettledAlready, NotComeBack
from marketplace.payments.events import ChargebackSettled
from marketplace.payments.models import Attempt, Chargeback
from marketplace.payments.refund_shares import Shares, seller_account
from marketplace.payments.states import CHARGEBACK_TRANSITIONS, Bearer, ChargebackStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record
from marketplace.shared.states import move

GOODS_HAVE_LEFT = {SellerOrderStatus.SHIPPED, SellerOrderStatus.DELIVERED}


def open_chargeback(attempt: Attempt, part_id: UUID, shares: Shares) -> Chargeback:
    """The claim for a seller order's share, in the transaction of the reversal that books it."""
    return Chargeback.objects.create(
        attempt=attempt,
        seller_order_id=part_id,
        amount_minor=shares.amount_minor,
        seller_minor=shares.seller_minor,
        commission_minor=shares.commission_minor,
        commission_vat_minor=shares.commission_vat_minor,
        taken_at=clock.now(),
    )


@transaction.atomic
def bear_chargeback(*, seller_order_id: UUID, bearer: Bearer, actor: Actor) -> Chargeback:
    """The loss is accepted: by all who earned by the sale, each its share, or by the marketplace.

    Raises ChargebackNotFound, and ChargebackSettledAlready where somebody decided before.
    """
    row = _locked_open(seller_order_id)
    if bearer == Bearer.MARKETPLACE:
        event = _settle(row, ChargebackStatus.MARKETPLACE, actor)
        reference = row.seller_order.reference
        lines = [Line(chart.CHARGEBACK_LOSSES, row.amount_minor, reference)]
    else:
        event = _settle(row, ChargebackStatus.EARNERS, actor)
        lines = _earners_lines(row)
    _book(row, event, lines)
    return row


@transaction.atomic
def win_chargeback(*, seller_order_id: UUID, exception: str, actor: Actor) -> Chargeback:
    """The provider gave the money back: it lies in suspense under that reconciliation exception.

    Nothing is given to the wallet here, the statement has done so: no money counts twice. Raises
    ChargebackNotFound, ChargebackSettledAlready, and NotComeBack where less lies in suspense.
    """
    row = _locked_open(seller_order_id)
    exception = exception.strip().upper()
    one_at_a_time(f"suspense:{exception}")
    lying = -balance(account=chart.SUSPENSE, reference=exception) if exception else 0
    if lying < row.amount_minor:
        raise NotComeBack(amount=format_minor(row.amount_minor))
    event = _settle(row, ChargebackStatus.WON, actor, won_by=exception)
    _book(row, event, [Line(chart.SUSPENSE, row.amount_minor, exception)])
    return row


def _locked_open(seller_order_id: UUID) -> Chargeback:
    rows = Chargeback.objects.select_for_update(of=("self",))
    rows = rows.select_related("seller_order__seller", "attempt__intent")
    row = rows.filter(seller_order_id=seller_order_id).first()
    if row is None:
        raise ChargebackNotFound
    if row.status != ChargebackStatus.OPEN:
        raise ChargebackSettledAlready
    return row


def _settle(
    row: Chargeback, status: ChargebackStatus, actor: Actor, *, won_by: str = ""
) -> LoggedEvent:
    before = move(
        row, status, CHARGEBACK_TRANSITIONS, actor=actor, won_by=won_by, settled_at=clock.now()
    )
    return record(
        ChargebackSettled(
            chargeback_id=row.pk, order_id=row.attempt.intent.order_id, status=status.value
        ),
        actor=actor,
        before={"status": before},
        after={"status": status.value, "amount_minor": row.amount_minor},
    )


def _earners_lines(row: Chargeback) -> list[Line]:
    seller, reference = row.seller_order.seller.reference, row.seller_order.reference
    one_at_a_time(f"seller-balance:{seller}")
    return [
        Line(seller_account(seller, reference, row.seller_minor), row.seller_minor, reference),
        Line(chart.COMMISSION_REVENUE, row.commission_minor, reference),
        Line(chart.VAT_PAYABLE, row.commission_vat_minor, reference),
    ]


def _book(row: Chargeback, event: LoggedEvent, lines: list[Line]) -> None:
    reference = row.seller_order.reference
    post(
        event=event,
        memo=f"{reference}: taken back by the provider, {row.status}",
        lines=[*lines, Line(chart.CHARGEBACKS, -row.amount_minor, reference)],
    )
