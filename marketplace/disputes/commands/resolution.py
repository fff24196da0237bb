"""Deciding a case: what was shown is what is booked."""

from uuid import UUID

from django.db import transaction

from marketplace.disputes.commands.thread import DISPUTES, end_proposal, locked_open
from marketplace.disputes.effects import Effect, effect_of, effect_of_loss
from marketplace.disputes.errors import EffectChanged, FaultMissing, NoteMissing
from marketplace.disputes.events import DisputeDecided, DisputeResolved
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import (
    CULPRITS,
    DISPUTE_TRANSITIONS,
    DisputeOutcome,
    DisputeStatus,
    ProposalStatus,
)
from marketplace.orders.queries import seller_order_by_id
from marketplace.payments.commands import (
    bear_chargeback,
    locked_shares,
    refund_seller_order,
    win_chargeback,
)
from marketplace.payments.refund_shares import shares_taken_back, shipping_left
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.payouts.commands import unhold_earning
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.outbox import record
from marketplace.shared.states import move

NOTE_CHARACTERS_MAX = 2000


@transaction.atomic
def resolve_dispute(
    *,
    dispute_id: UUID,
    outcome: str,
    fault: str,
    note: str,
    actor: Actor,
    refund_minor: int = 0,
    came_back_as: str = "",
    seen: str | None = None,
) -> Dispute:
    """Decide: what goes back, if anything, or a replacement by the seller. Both parties read the note.

    Of what the provider took back: who bears it, or, with `came_back_as`, that we won it back. A
    loss above `RuleName.REFUND_APPROVAL` waits in approval until a colleague agrees (approve_decision).

    `refund_minor` counts for a partial refund and for goodwill; `fault` (a Fault) decides who pays it. `seen` is
    the seal of the effect that the person was shown: nothing else is booked. A refund that needs a
    second person leaves the case in approval, the money held, until that person has spoken. Locks
    dispute, payment, seller balance, in this order. Raises NoteMissing, DisputeClosed, EffectChanged,
    the refusals of effect_of, of effect_of_loss, of the refund and of the chargeback.
    """
    if not note.strip():
        raise NoteMissing
    dispute = locked_open(dispute_id)
    if fault not in CULPRITS:
        raise FaultMissing
    part = seller_order_by_id(dispute.seller_order_id)
    left = locked_shares(part)
    if dispute.taken_back_minor:
        effect = effect_of_loss(shares_taken_back(seller_order_id=part.pk), outcome, fault)
    else:
        effect = effect_of(
            left,
            outcome,
            fault,
            amount_minor=refund_minor,
            shipping_left_minor=shipping_left(part),
        )
    if seen is not None and seen != effect.seal:
        raise EffectChanged
    settle(dispute, effect, note, actor=actor, came_back_as=came_back_as)
    return dispute


def settle(
    dispute: Dispute, effect: Effect, note: str, *, actor: Actor, came_back_as: str = ""
) -> None:
    """Let an effect happen in an open, locked case whose payment is locked, too."""
    end_proposal(dispute, ProposalStatus.ENDED, actor=actor)
    reference, awaits_approval = "", needs_colleague(effect, actor)
    if effect.outcome == DisputeOutcome.WON_BACK:
        win_chargeback(seller_order_id=dispute.seller_order_id, exception=came_back_as, actor=actor)
    elif effect.outcome == DisputeOutcome.LOSS_ACCEPTED and not awaits_approval:
        bear_chargeback(seller_order_id=dispute.seller_order_id, bearer=effect.bearer, actor=actor)
    if effect.buyer_minor:
        refund = refund_seller_order(
            seller_order_id=dispute.seller_order_id,
            amount_minor=effect.buyer_minor,
            reason=RefundReason.DISPUTE,
            note=dispute.reference,
            cause=f"dispute:{dispute.pk}",
            actor=actor,
            bearer=effect.bearer,
            shipping_minor=effect.shipping_minor,
        )
        reference = refund.reference
        awaits_approval = refund.status == RefundStatus.PROPOSED
    before = move(
        dispute,
        DisputeStatus.APPROVAL if awaits_approval else DisputeStatus.RESOLVED,
        DISPUTE_TRANSITIONS,
        actor=actor,
        outcome=effect.outcome,
        fault=effect.fault,
        refunded_minor=effect.buyer_minor,
        refund_reference=reference,
        resolution_note=note.strip()[:NOTE_CHARACTERS_MAX],
        decided_by_id=actor.user_id if actor.kind == ActorKind.STAFF else None,
        closed_at=None if awaits_approval else clock.now(),
        version=dispute.version + 1,
    )
    if awaits_approval:
        _tell(DisputeDecided, dispute, before, actor)
    else:
        close(dispute, before, actor=actor)


def needs_colleague(effect: Effect, actor: Actor) -> bool:
    """Whether a person accepts a loss so large that another one must agree, as with a refund."""
    is_loss = effect.outcome == DisputeOutcome.LOSS_ACCEPTED and actor.kind == ActorKind.STAFF
    return is_loss and effect.given.amount_minor > value_of(RuleName.REFUND_APPROVAL)


def close(dispute: Dispute, before: str, *, actor: Actor) -> None:
    """The decision is in effect: the seller's money goes on, and everybody learns of it."""
    unhold_earning(
        seller_order_id=dispute.seller_order_id, actor=DISPUTES, dispute=dispute.reference
    )
    _tell(DisputeResolved, dispute, before, actor)


def _tell(
    news: type[DisputeDecided | DisputeResolved], dispute: Dispute, before: str, actor: Actor
) -> None:
    record(
        news(
            dispute_id=dispute.pk,
            outcome=dispute.outcome,
            refunded_minor=dispute.refunded_minor,
            fault=dispute.fault,
        ),
        actor=actor,
        before={"status": before},
        after={
            "status": dispute.status,
            "outcome": str(dispute.outcome),
            "fault": str(dispute.fault),
        },
    )
