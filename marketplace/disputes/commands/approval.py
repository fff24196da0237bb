"""What becomes of a decided case when the second person has spoken: about its refund, or about the case."""

from uuid import UUID

from django.db import transaction

from marketplace.disputes.commands.appeal_outcomes import book_appeal, send_back
from marketplace.disputes.commands.resolution import close
from marketplace.disputes.commands.thread import DISPUTES, locked
from marketplace.disputes.commands.turns import pass_turn
from marketplace.disputes.effects import effect_of_loss
from marketplace.disputes.errors import NoSecondPersonAsked
from marketplace.disputes.events import DisputeReopened
from marketplace.disputes.models import Appeal, Dispute
from marketplace.disputes.states import DISPUTE_TRANSITIONS, AppealStatus, DisputeStatus, Party
from marketplace.payments.commands import bear_chargeback
from marketplace.payments.refund_shares import shares_taken_back
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes, reason_given
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def complete_resolution(*, refund_reference: str) -> None:
    """The refund is approved: the decision stands, and the seller's money goes on. Repeatable."""
    dispute = _awaiting(refund_reference)
    if dispute is None:
        return
    before = _resolve(dispute, actor=DISPUTES)
    close(dispute, before, actor=DISPUTES)


@transaction.atomic
def reopen_dispute(*, refund_reference: str, reason: str) -> None:
    """The refund is rejected: the case is open again, as if nobody had decided. Repeatable."""
    dispute = _awaiting(refund_reference)
    if dispute is not None:
        _reopen(dispute, reason, actor=DISPUTES)


@transaction.atomic
def approve_decision(*, dispute_id: UUID, actor: Actor) -> Dispute:
    """A second person agrees to a loss of ours, or to a costly change after an appeal: it is booked.

    Raises DisputeNotFound, NoSecondPersonAsked, FourEyes for who decided, and the refusals of the
    chargeback and of the refund.
    """
    dispute, appeal = _for_second_person(dispute_id, actor)
    if appeal is not None:
        book_appeal(dispute, appeal, actor=actor, approved_by_id=actor.user_id)
        return dispute
    taken = shares_taken_back(seller_order_id=dispute.seller_order_id)
    effect = effect_of_loss(taken, dispute.outcome, dispute.fault)
    bear_chargeback(seller_order_id=dispute.seller_order_id, bearer=effect.bearer, actor=actor)
    before = _resolve(dispute, actor=actor, approved_by_id=actor.user_id)
    close(dispute, before, actor=actor)
    return dispute


@transaction.atomic
def reject_decision(*, dispute_id: UUID, reason: str, actor: Actor) -> Dispute:
    """A second person does not agree: the case, or its appeal, is to be decided anew.

    Raises DisputeNotFound, NoSecondPersonAsked, FourEyes and ReasonMissing.
    """
    reason = reason_given(reason)
    dispute, appeal = _for_second_person(dispute_id, actor)
    if appeal is not None:
        send_back(dispute, appeal, reason, actor=actor)
    else:
        _reopen(dispute, reason, actor=actor)
    return dispute


def _for_second_person(dispute_id: UUID, actor: Actor) -> tuple[Dispute, Appeal | None]:
    """A locked case that waits for a colleague, and its appeal where that is what waits."""
    dispute = locked(dispute_id)
    appeal = Appeal.objects.filter(dispute=dispute, status=AppealStatus.WAITING).first()
    # A refund that waits is approved where refunds are.
    is_refunds = appeal is None and bool(dispute.refund_reference)
    if dispute.status != DisputeStatus.APPROVAL or is_refunds:
        raise NoSecondPersonAsked
    decided_by_id = dispute.decided_by_id if appeal is None else appeal.decided_by_id
    if decided_by_id == actor.user_id:
        raise FourEyes
    return dispute, appeal


def _resolve(dispute: Dispute, *, actor: Actor, approved_by_id: UUID | None = None) -> str:
    return move(
        dispute,
        DisputeStatus.RESOLVED,
        DISPUTE_TRANSITIONS,
        actor=actor,
        approved_by_id=approved_by_id,
        closed_at=clock.now(),
        version=dispute.version + 1,
    )


def _reopen(dispute: Dispute, reason: str, *, actor: Actor) -> None:
    before = {"status": dispute.status, "outcome": dispute.outcome}
    move(
        dispute,
        DisputeStatus.OPEN,
        DISPUTE_TRANSITIONS,
        actor=actor,
        outcome="",
        fault="",
        refunded_minor=0,
        refund_reference="",
        resolution_note="",
        decided_by_id=None,
        version=dispute.version + 1,
    )
    record(
        DisputeReopened(dispute_id=dispute.pk, reason=reason),
        actor=actor,
        before=before,
        after={"status": dispute.status, "outcome": ""},
    )
    pass_turn(dispute, Party.STAFF, actor=actor)


def _awaiting(refund_reference: str) -> Dispute | None:
    """The case that waits for this refund. An appeal's waits for a person, whatever refund is told of."""
    rows = Dispute.objects.select_for_update(of=("self",)).filter(status=DisputeStatus.APPROVAL)
    return rows.filter(refund_reference=refund_reference, appeal__isnull=True).first()
