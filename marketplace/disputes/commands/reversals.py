"""A provider takes the payment back of goods that had left: that opens a case by itself."""

from uuid import UUID

from django.db import transaction

from marketplace.casework.queries import allowed_in
from marketplace.casework.states import QueueName
from marketplace.disputes.commands.appeal_outcomes import drop_appeal
from marketplace.disputes.commands.approval import complete_resolution, reopen_dispute
from marketplace.disputes.commands.thread import DISPUTES, end_proposal, locked_open
from marketplace.disputes.commands.turns import due_for, pass_turn
from marketplace.disputes.errors import (
    ContestedAlready,
    NoteMissing,
    NotTakenBack,
    ProofMissing,
)
from marketplace.disputes.events import DisputeContested, DisputeOpened, DisputeTakenBack
from marketplace.disputes.models import Appeal, Dispute
from marketplace.disputes.states import (
    UNDECIDED,
    DisputeOrigin,
    DisputeReason,
    DisputeStatus,
    Party,
    ProposalStatus,
)
from marketplace.orders.queries import parts_by_id
from marketplace.payments.queries import chargebacks_of, refund_named
from marketplace.payments.states import RefundStatus
from marketplace.payouts.commands import hold_earning
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.workdays import after_working_time

NUMBER_CHARACTERS_MAX = 60


@transaction.atomic
def open_for_reversal(*, attempt_id: UUID) -> list[Dispute]:
    """A case for each seller order whose goods had left when this payment was taken back. Repeatable.

    Where the buyer's own case is undecided it goes on as this one. The seller's earning is frozen.
    """
    opened = []
    for taken in chargebacks_of(attempt_id=attempt_id):
        one_at_a_time(f"dispute-of:{taken.seller_order_id}")
        known = Dispute.objects.filter(
            seller_order_id=taken.seller_order_id, taken_back_minor__gt=0
        )
        if known.exists():
            continue
        dispute = _buyers_own(taken.seller_order_id)
        if dispute is None:
            dispute = _open(taken.seller_order_id, taken.amount_minor)
        else:
            _take_over(dispute, taken.amount_minor)
        opened.append(dispute)
    return opened


@transaction.atomic
def contest_reversal(*, dispute_id: UUID, case_number: str, actor: Actor) -> Dispute:
    """We have asked the provider for the money, with what the seller has shown.

    `case_number` is the provider's for it. The case stays ours, until the provider is late
    (QueueName.DISPUTE_PROVIDER, in working time). Raises DisputeNotFound, DisputeClosed,
    NotTakenBack, ContestedAlready, NoteMissing and ProofMissing.
    """
    dispute = locked_open(dispute_id)
    if not dispute.taken_back_minor:
        raise NotTakenBack
    if dispute.contested_at is not None:
        raise ContestedAlready
    number = " ".join(case_number.split())[:NUMBER_CHARACTERS_MAX]
    if not number:
        raise NoteMissing
    if not dispute.evidence.exclude(party=Party.BUYER).exists():
        raise ProofMissing
    if dispute.turn != Party.STAFF:
        pass_turn(dispute, Party.STAFF, actor=actor)
    before = dispute.due_at
    dispute.contested_at, dispute.contest_number = clock.now(), number
    dispute.due_at = after_working_time(
        dispute.contested_at, allowed_in(QueueName.DISPUTE_PROVIDER)
    )
    dispute.escalated_at = None
    dispute.version += 1
    dispute.save(
        update_fields=["contested_at", "contest_number", "due_at", "escalated_at", "version"]
    )
    record(
        DisputeContested(
            dispute_id=dispute.pk, case_number=number, due_at=dispute.due_at.isoformat()
        ),
        actor=actor,
        before={"due_at": before.isoformat()},
        after={"due_at": dispute.due_at.isoformat(), "contest_number": number},
    )
    return dispute


def _buyers_own(seller_order_id: UUID) -> Dispute | None:
    """The undecided case that the buyer has opened; one in approval first follows its refund."""
    rows = Dispute.objects.select_for_update().filter(seller_order_id=seller_order_id)
    dispute = rows.filter(status__in=UNDECIDED).first()
    if dispute is None or dispute.status == DisputeStatus.OPEN:
        return dispute
    if Appeal.objects.filter(dispute=dispute).exists():
        drop_appeal(dispute)
        return None
    # The reversal has dropped what was only proposed; what was approved before was booked before.
    refund = refund_named(reference=dispute.refund_reference)
    if refund.status == RefundStatus.REJECTED:
        reopen_dispute(refund_reference=refund.reference, reason=refund.decision_reason)
    else:
        complete_resolution(refund_reference=refund.reference)
    return rows.filter(status=DisputeStatus.OPEN).first()


def _open(seller_order_id: UUID, amount_minor: int) -> Dispute:
    part, now = parts_by_id(ids=[seller_order_id])[seller_order_id], clock.now()
    dispute = Dispute.objects.create(
        seller_order_id=part.pk,
        buyer_id=part.order.buyer_id,
        seller_id=part.seller_id,
        origin=DisputeOrigin.PROVIDER,
        reason=DisputeReason.TAKEN_BACK,
        claimed_minor=amount_minor,
        taken_back_minor=amount_minor,
        opened_at=now,
        turn=Party.SELLER,
        turn_since=now,
        due_at=due_for(Party.SELLER, since=now),
    )
    record(
        DisputeOpened(dispute_id=dispute.pk),
        actor=DISPUTES,
        after={"status": dispute.status, "taken_back_minor": amount_minor},
    )
    hold_earning(
        seller_order_id=part.pk,
        reason=f"dispute {dispute.reference}",
        actor=DISPUTES,
        dispute=dispute.reference,
    )
    return dispute


def _take_over(dispute: Dispute, amount_minor: int) -> None:
    """The buyer has the money now: what they proposed is over, and nobody waits for them."""
    end_proposal(dispute, ProposalStatus.ENDED, actor=DISPUTES)
    dispute.taken_back_minor = amount_minor
    dispute.version += 1
    dispute.save(update_fields=["taken_back_minor", "version"])
    record(
        DisputeTakenBack(dispute_id=dispute.pk, amount_minor=amount_minor),
        actor=DISPUTES,
        before={"taken_back_minor": 0},
        after={"taken_back_minor": amount_minor},
    )
    if dispute.turn == Party.BUYER:
        pass_turn(dispute, Party.STAFF, actor=DISPUTES)
