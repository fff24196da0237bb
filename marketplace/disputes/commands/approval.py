"""What becomes of a decided case when the second person has spoken about its refund."""

from django.db import transaction

from marketplace.disputes.commands.thread import DISPUTES
from marketplace.disputes.commands.turns import pass_turn
from marketplace.disputes.events import DisputeReopened, DisputeResolved
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DISPUTE_TRANSITIONS, DisputeStatus, Party
from marketplace.payouts.commands import unhold_earning
from marketplace.shared import clock
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def complete_resolution(*, refund_reference: str) -> None:
    """The refund is approved: the decision stands, and the seller's money goes on. Repeatable."""
    dispute = _awaiting(refund_reference)
    if dispute is None:
        return
    before = move(
        dispute,
        DisputeStatus.RESOLVED,
        DISPUTE_TRANSITIONS,
        actor=DISPUTES,
        closed_at=clock.now(),
        version=dispute.version + 1,
    )
    unhold_earning(
        seller_order_id=dispute.seller_order_id, actor=DISPUTES, dispute=dispute.reference
    )
    record(
        DisputeResolved(
            dispute_id=dispute.pk,
            outcome=dispute.outcome,
            refunded_minor=dispute.refunded_minor,
            fault=dispute.fault,
        ),
        actor=DISPUTES,
        before={"status": before},
        after={"status": dispute.status, "outcome": dispute.outcome},
    )


@transaction.atomic
def reopen_dispute(*, refund_reference: str, reason: str) -> None:
    """The refund is rejected: the case is open again, as if nobody had decided. Repeatable."""
    dispute = _awaiting(refund_reference)
    if dispute is None:
        return
    before = {"status": dispute.status, "outcome": dispute.outcome}
    move(
        dispute,
        DisputeStatus.OPEN,
        DISPUTE_TRANSITIONS,
        actor=DISPUTES,
        outcome="",
        fault="",
        refunded_minor=0,
        refund_reference="",
        resolution_note="",
        version=dispute.version + 1,
    )
    record(
        DisputeReopened(dispute_id=dispute.pk, reason=reason),
        actor=DISPUTES,
        before=before,
        after={"status": dispute.status, "outcome": ""},
    )
    pass_turn(dispute, Party.STAFF, actor=DISPUTES)


def _awaiting(refund_reference: str) -> Dispute | None:
    rows = Dispute.objects.select_for_update().filter(status=DisputeStatus.APPROVAL)
    return rows.filter(refund_reference=refund_reference).first()
