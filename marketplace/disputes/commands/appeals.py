"""A decided case is looked at once more: by another person, once, on its own clock.

The decision stands until the appeal is decided; what can still be frozen of the seller's money is.
A changed decision moves money by counter-entries: `appeal_effects` says which.
"""

from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.disputes.appeal_effects import AppealEffect, effect_of_appeal
from marketplace.disputes.commands.appeal_outcomes import (
    book_appeal,
    first_shares,
    planned_values,
    uphold,
    wait_for_colleague,
)
from marketplace.disputes.commands.thread import DISPUTES, locked, party_of
from marketplace.disputes.commands.turns import due_for
from marketplace.disputes.effects import effect_of
from marketplace.disputes.errors import (
    AlreadyDisputed,
    AppealedAlready,
    AppealTooLate,
    DeciderAgain,
    EffectChanged,
    FaultMissing,
    MessageEmpty,
    NotAParty,
    NotAppealable,
    NotAppealed,
    NoteMissing,
    NotYourLoss,
)
from marketplace.disputes.events import DisputeAppealed
from marketplace.disputes.models import Appeal, Dispute
from marketplace.disputes.policies import appeal_ends
from marketplace.disputes.states import (
    CULPRITS,
    DISPUTE_TRANSITIONS,
    UNDECIDED,
    AppealStatus,
    DisputeOutcome,
    DisputeStatus,
    Fault,
    Party,
)
from marketplace.orders.queries import seller_order_by_id
from marketplace.payments.commands import locked_shares
from marketplace.payments.queries import needs_second_person
from marketplace.payments.refund_shares import shipping_left, standing_of
from marketplace.payouts.commands import hold_earning
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move

REASON_CHARACTERS_MAX, NOTE_CHARACTERS_MAX = 4000, 2000


@transaction.atomic
def appeal_dispute(*, dispute_id: UUID, reason: str, actor: Actor) -> Appeal:
    """The side that lost asks for another look; it may write and show more until that is decided.

    Once per case, within `RuleName.APPEAL_WINDOW` working days. Raises DisputeNotFound, NotAParty,
    MessageEmpty, NotAppealable, AppealedAlready, AppealTooLate, NotYourLoss and AlreadyDisputed.
    """
    text = reason.strip()
    if not text:
        raise MessageEmpty
    dispute = locked(dispute_id)
    party = party_of(dispute, actor)
    _check_appealable(dispute, party)
    now = clock.now()
    appeal = Appeal.objects.create(
        dispute=dispute,
        party=party,
        appealed_by_id=UUID(actor.id),
        appealed_at=now,
        reason=text[:REASON_CHARACTERS_MAX],
        first_outcome=dispute.outcome,
        first_fault=dispute.fault,
        first_refunded_minor=dispute.refunded_minor,
        first_note=dispute.resolution_note,
        first_decided_by_id=dispute.decided_by_id,
    )
    try:
        with transaction.atomic():
            move(
                dispute,
                DisputeStatus.APPEALED,
                DISPUTE_TRANSITIONS,
                actor=actor,
                assignee_id=None,
                turn=Party.STAFF,
                turn_since=now,
                staff_spent_s=0,
                silent="",
                escalated_at=None,
                due_at=due_for(Party.STAFF, since=now, is_appeal=True),
                version=dispute.version + 1,
            )
    except IntegrityError as error:
        rows = Dispute.objects.filter(seller_order_id=dispute.seller_order_id)
        other = rows.exclude(pk=dispute.pk).get(status__in=UNDECIDED)
        raise AlreadyDisputed(reference=other.reference) from error
    record(
        DisputeAppealed(
            dispute_id=dispute.pk,
            appeal_id=appeal.pk,
            party=party,
            due_at=dispute.due_at.isoformat(),
        ),
        actor=actor,
        before={"status": DisputeStatus.RESOLVED},
        after={"status": dispute.status},
    )
    hold_earning(
        seller_order_id=dispute.seller_order_id,
        reason=f"appeal {dispute.reference}",
        actor=DISPUTES,
        dispute=dispute.reference,
    )
    return appeal


@transaction.atomic
def decide_appeal(
    *,
    dispute_id: UUID,
    note: str,
    actor: Actor,
    outcome: str = "",
    fault: str = "",
    refund_minor: int = 0,
    seen: str | None = None,
) -> Appeal:
    """Uphold the decision (no `outcome`), or decide as if nobody had. Both parties read the note.

    Not for who decided before: raises DeciderAgain. A change that costs more than one person may
    give waits for another (approve_decision). `seen` is the seal of the effect that the person was
    shown. Locks dispute, payment, seller balance. Raises NoteMissing, NotAppealed, EffectChanged,
    and the refusals of effect_of and of the refund.
    """
    if not note.strip():
        raise NoteMissing
    dispute = locked(dispute_id)
    appeal = Appeal.objects.filter(dispute=dispute, status=AppealStatus.OPEN).first()
    if appeal is None or dispute.status != DisputeStatus.APPEALED:
        raise NotAppealed
    if actor.user_id == dispute.decided_by_id:
        raise DeciderAgain
    said = {
        "note": note.strip()[:NOTE_CHARACTERS_MAX],
        "decided_by_id": actor.user_id,
        "decided_at": clock.now(),
    }
    if not outcome:
        uphold(dispute, appeal, said, actor=actor)
        return appeal
    if fault not in CULPRITS:
        raise FaultMissing
    locked_shares(seller_order_by_id(dispute.seller_order_id))
    effect = planned(dispute, outcome, fault, refund_minor=refund_minor)
    if seen is not None and seen != effect.seal:
        raise EffectChanged
    said |= planned_values(effect)
    order_id = seller_order_by_id(dispute.seller_order_id).order_id
    if needs_second_person(order_id=order_id, amount_minor=effect.cost_minor, actor=actor):
        wait_for_colleague(dispute, appeal, said, actor=actor)
    else:
        book_appeal(dispute, appeal, said, actor=actor)
    return appeal


def planned(dispute: Dispute, outcome: str, fault: str, *, refund_minor: int = 0) -> AppealEffect:
    """What such a decision on a case in appeal would do; for the preview, and for the command.

    Raises as effect_of.
    """
    part = seller_order_by_id(dispute.seller_order_id)
    first = first_shares(dispute)
    standing = standing_of(part)
    shipping = shipping_left(part)
    if dispute.outcome == DisputeOutcome.REFUND_SHIPPING:
        shipping += first.amount_minor
    decision = effect_of(
        standing.without(first).left,
        outcome,
        fault,
        amount_minor=refund_minor,
        shipping_left_minor=shipping,
    )
    return effect_of_appeal(decision, first, standing)


def _check_appealable(dispute: Dispute, party: Party) -> None:
    if Appeal.objects.filter(dispute=dispute).exists():
        raise AppealedAlready
    if party == Party.STAFF:
        raise NotAParty
    ends = appeal_ends(dispute)
    if ends is None:
        raise NotAppealable
    if ends < clock.now():
        raise AppealTooLate(days=value_of(RuleName.APPEAL_WINDOW))
    if party == Party.BUYER:
        has_lost = dispute.refunded_minor < dispute.claimed_minor
    else:
        has_lost = (
            dispute.fault == Fault.SELLER
            or dispute.outcome == DisputeOutcome.REPLACEMENT
            or first_shares(dispute).seller_minor > 0
        )
    if not has_lost:
        raise NotYourLoss
