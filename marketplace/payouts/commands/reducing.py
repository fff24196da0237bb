"""What an approved payout must not pay any more is taken out of it before it leaves; the rest goes."""

from collections.abc import Sequence

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payouts.commands.earnings import PAYOUTS, take_back
from marketplace.payouts.events import PayoutReduced
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.queries import Loss, losses_of, terms_of
from marketplace.payouts.states import TakenBackBy
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record


def take_out(payout: Payout) -> str:
    """Lower an approved payout by what was taken back of its lines since, in the caller's transaction
    and under the seller's balance lock; returns why nothing of it may leave, "" where the rest may.

    The money is on the seller's balance again, where the claim or the debt is that took it. The
    approval of two people holds for the rest: the amount only goes down, the wallet stays the same.
    Where nothing, or less than the seller's minimum, would be left, the payout is not touched here.
    """
    losses = losses_of(payout)
    if not losses:
        return ""
    taken = sum(loss.amount_minor for loss in losses)
    left = payout.amount_minor - taken
    if left <= 0:
        return _words(losses)
    if left < terms_of([payout.seller_id])[payout.seller_id].minimum_minor:
        return f"{_words(losses)}; what is left is less than the minimum"
    _lower(payout, losses, taken)
    event = record(
        PayoutReduced(
            payout_id=payout.pk,
            seller_id=payout.seller_id,
            taken_back_minor=taken,
            seller_orders=[loss.line.seller_order_reference for loss in losses],
        ),
        actor=PAYOUTS,
        before={"amount_minor": left + taken},
        after={"amount_minor": left, "reason": _words(losses)},
    )
    _book(payout, losses, taken, event)
    gone = [loss.line.seller_order_reference for loss in losses if not loss.line.amount_minor]
    take_back(payout_id=payout.pk, references=gone)
    return ""


def _lower(payout: Payout, losses: Sequence[Loss], taken: int) -> None:
    for loss in losses:
        loss.line.amount_minor -= loss.amount_minor
        loss.line.taken_back_minor += loss.amount_minor
        loss.line.taken_back_by = loss.by
    PayoutLine.objects.bulk_update(
        [loss.line for loss in losses], ["amount_minor", "taken_back_minor", "taken_back_by"]
    )
    payout.amount_minor -= taken
    payout.taken_back_minor += taken
    payout.save(update_fields=["amount_minor", "taken_back_minor"])


def _book(payout: Payout, losses: Sequence[Loss], taken: int, event: LoggedEvent) -> None:
    account = chart.seller_available(payout.seller.reference)
    post(
        event=event,
        memo=f"Payout {payout.reference}: taken back before it was sent",
        lines=[
            Line(chart.PAYOUT_CLEARING, taken, payout.reference),
            *(
                Line(account, -loss.amount_minor, loss.line.seller_order_reference)
                for loss in losses
            ),
        ],
    )


def _words(losses: Sequence[Loss]) -> str:
    """What happened to which seller orders, for the log and for whoever reads why it failed."""
    named: dict[TakenBackBy, list[str]] = {}
    for loss in losses:
        named.setdefault(loss.by, []).append(loss.line.seller_order_reference)
    said = {
        TakenBackBy.PROVIDER: "a provider took back the payment of",
        TakenBackBy.BUYER: "the buyer was given back money of",
    }
    return "; ".join(f"{said[by]} {', '.join(orders)}" for by, orders in named.items())
