"""What an appeal comes to: upheld, changed at once or with a colleague's agreement, or overtaken."""

from typing import Any
from uuid import UUID

from marketplace.disputes.appeal_effects import AppealEffect
from marketplace.disputes.commands.thread import DISPUTES
from marketplace.disputes.effects import bearer_of
from marketplace.disputes.events import (
    AppealDecided,
    AppealDropped,
    DisputeDecided,
    DisputeReopened,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.disputes.states import (
    APPEAL_TRANSITIONS,
    DISPUTE_TRANSITIONS,
    AppealStatus,
    DisputeOutcome,
    DisputeStatus,
)
from marketplace.payments.commands import bear_refund_anew, refund_seller_order
from marketplace.payments.refund_shares import Shares, shares_of_refund
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import account_to_credit, release_if_due, unhold_earning
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move

# What a decision on an appeal says, and what it forgets where a colleague does not agree.
NOTHING_PLANNED: dict[str, Any] = {
    "outcome": "",
    "fault": "",
    "refunded_minor": 0,
    "extra_minor": 0,
    "kept_minor": 0,
    "seller_minor": 0,
    "commission_minor": 0,
    "commission_vat_minor": 0,
    "note": "",
    "decided_by_id": None,
    "decided_at": None,
}


def planned_values(effect: AppealEffect) -> dict[str, Any]:
    """An effect, as the appeal keeps it."""
    return {
        "outcome": effect.decision.outcome,
        "fault": effect.decision.fault,
        "refunded_minor": effect.decision.given.amount_minor,
        "extra_minor": effect.extra_minor,
        "kept_minor": effect.kept_minor,
        "seller_minor": effect.first_now.seller_minor,
        "commission_minor": effect.first_now.commission_minor,
        "commission_vat_minor": effect.first_now.commission_vat_minor,
    }


def first_shares(dispute: Dispute) -> Shares:
    """Who bears what the case gave back so far."""
    if not dispute.refund_reference:
        return Shares(0, 0, 0)
    return shares_of_refund(
        reference=dispute.refund_reference, seller_order_id=dispute.seller_order_id
    )


def uphold(dispute: Dispute, appeal: Appeal, said: dict[str, Any], *, actor: Actor) -> None:
    """The decision stays as it is, and the seller's money goes on."""
    move(
        appeal,
        AppealStatus.UPHELD,
        APPEAL_TRANSITIONS,
        actor=actor,
        **said,
        outcome=appeal.first_outcome,
        fault=appeal.first_fault,
        refunded_minor=appeal.first_refunded_minor,
    )
    _close(dispute, appeal, actor=actor)


def wait_for_colleague(
    dispute: Dispute, appeal: Appeal, said: dict[str, Any], *, actor: Actor
) -> None:
    """Nothing is booked yet; the first decision stands meanwhile."""
    move(appeal, AppealStatus.WAITING, APPEAL_TRANSITIONS, actor=actor, **said)
    before = move(
        dispute,
        DisputeStatus.APPROVAL,
        DISPUTE_TRANSITIONS,
        actor=actor,
        version=dispute.version + 1,
    )
    decided = DisputeDecided(
        dispute_id=dispute.pk,
        outcome=appeal.outcome,
        refunded_minor=appeal.refunded_minor,
        fault=appeal.fault,
    )
    record(decided, actor=actor, before={"status": before}, after={"status": dispute.status})


def send_back(dispute: Dispute, appeal: Appeal, reason: str, *, actor: Actor) -> None:
    """The colleague does not agree: the appeal is open again."""
    move(appeal, AppealStatus.OPEN, APPEAL_TRANSITIONS, actor=actor, **NOTHING_PLANNED)
    before = move(
        dispute,
        DisputeStatus.APPEALED,
        DISPUTE_TRANSITIONS,
        actor=actor,
        version=dispute.version + 1,
    )
    record(
        DisputeReopened(dispute_id=dispute.pk, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": dispute.status},
    )


def book_appeal(
    dispute: Dispute,
    appeal: Appeal,
    said: dict[str, Any] | None = None,
    *,
    actor: Actor,
    approved_by_id: UUID | None = None,
) -> None:
    """A changed decision takes effect: who bears the first refund, and what goes out beyond it.

    `said` is what is decided now; None: what was decided before and a colleague agrees to.
    """
    move(
        appeal,
        AppealStatus.CHANGED,
        APPEAL_TRANSITIONS,
        actor=actor,
        approved_by_id=approved_by_id,
        **(said or {}),
    )
    first = first_shares(dispute)
    if first.amount_minor:
        bear_refund_anew(
            refund_reference=dispute.refund_reference,
            seller_order_id=dispute.seller_order_id,
            shares=_borne_now(appeal, first),
            credited=account_to_credit(seller_order_id=dispute.seller_order_id),
            actor=DISPUTES,
        )
    if appeal.extra_minor:
        _give_more(dispute, appeal, is_first=not first.amount_minor)
    _close(
        dispute,
        appeal,
        actor=actor,
        outcome=appeal.outcome,
        fault=appeal.fault,
        refunded_minor=appeal.refunded_minor,
        resolution_note=appeal.note,
    )


def drop_appeal(dispute: Dispute) -> None:
    """The provider took the payment back: nothing of this case is ours to change any more."""
    appeal = Appeal.objects.get(dispute=dispute)
    forgotten = NOTHING_PLANNED
    move(appeal, AppealStatus.DROPPED, APPEAL_TRANSITIONS, actor=DISPUTES, **forgotten)
    before = move(
        dispute,
        DisputeStatus.RESOLVED,
        DISPUTE_TRANSITIONS,
        actor=DISPUTES,
        version=dispute.version + 1,
    )
    _let_go(dispute)
    record(
        AppealDropped(dispute_id=dispute.pk, appeal_id=appeal.pk),
        actor=DISPUTES,
        before={"status": before},
        after={"status": dispute.status},
    )


def _give_more(dispute: Dispute, appeal: Appeal, *, is_first: bool) -> None:
    is_shipping = is_first and appeal.outcome == DisputeOutcome.REFUND_SHIPPING
    refund = refund_seller_order(
        seller_order_id=dispute.seller_order_id,
        amount_minor=appeal.extra_minor,
        reason=RefundReason.DISPUTE,
        note=dispute.reference,
        cause=f"appeal:{appeal.pk}",
        # Whoever had to agree has agreed: nobody is asked once more.
        actor=DISPUTES,
        bearer=bearer_of(DisputeOutcome(appeal.outcome), appeal.fault),
        shipping_minor=appeal.extra_minor if is_shipping else 0,
    )
    appeal.refund_reference = refund.reference
    appeal.save(update_fields=["refund_reference"])


def _borne_now(appeal: Appeal, first: Shares) -> Shares:
    earned = Shares(appeal.seller_minor, appeal.commission_minor, appeal.commission_vat_minor)
    goodwill_minor = first.amount_minor - earned.amount_minor
    return earned + Shares(0, 0, 0, goodwill_minor=goodwill_minor)


def _close(dispute: Dispute, appeal: Appeal, *, actor: Actor, **changes: Any) -> None:
    before = {"status": dispute.status, "outcome": dispute.outcome, "fault": dispute.fault}
    move(
        dispute,
        DisputeStatus.RESOLVED,
        DISPUTE_TRANSITIONS,
        actor=actor,
        **changes,
        closed_at=clock.now(),
        version=dispute.version + 1,
    )
    _let_go(dispute)
    decided = AppealDecided(
        dispute_id=dispute.pk,
        appeal_id=appeal.pk,
        is_upheld=appeal.status == AppealStatus.UPHELD,
        outcome=dispute.outcome,
        refunded_minor=dispute.refunded_minor,
        fault=dispute.fault,
        extra_minor=appeal.extra_minor,
        kept_minor=appeal.kept_minor,
    )
    after = {
        "status": dispute.status,
        "outcome": str(dispute.outcome),
        "fault": str(dispute.fault),
    }
    record(decided, actor=actor, before=before, after=after)


def _let_go(dispute: Dispute) -> None:
    """The seller's money goes on: what was frozen, and what the seller has been given anew."""
    unhold_earning(
        seller_order_id=dispute.seller_order_id, actor=DISPUTES, dispute=dispute.reference
    )
    release_if_due(seller_order_id=dispute.seller_order_id)
