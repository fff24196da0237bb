"""Opening and closing a case. While it is open, the seller's money of that seller order is held."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.disputes.commands.thread import (
    DISPUTES,
    end_proposal,
    locked_in_talks,
    locked_open,
    write,
)
from marketplace.disputes.commands.turns import due_for
from marketplace.disputes.errors import (
    AlreadyDisputed,
    ClaimInvalid,
    DeciderAgain,
    NotAParty,
    NotDisputable,
    ReasonUnfit,
    TakenBack,
    TooLate,
)
from marketplace.disputes.events import (
    DisputeAssigned,
    DisputeOpened,
    DisputeWithdrawn,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import (
    BUYERS_REASONS,
    DISPUTE_TRANSITIONS,
    UNDECIDED,
    DisputeReason,
    DisputeStatus,
    Party,
    ProposalStatus,
)
from marketplace.orders.queries import seller_order_by_id
from marketplace.orders.states import SellerOrderStatus
from marketplace.payments.refund_shares import remaining_shares
from marketplace.payouts.commands import hold_earning, unhold_earning
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import format_minor, is_whole
from marketplace.shared.outbox import record
from marketplace.shared.states import move

DISPUTABLE = {SellerOrderStatus.SHIPPED, SellerOrderStatus.DELIVERED}


@transaction.atomic
def open_dispute(
    *, seller_order_id: UUID, reason: str, claimed_minor: int, message: str, actor: Actor
) -> Dispute:
    """The buyer asks for money back; the seller's earning is frozen until it is decided.

    Raises NotAParty, NotDisputable, TooLate, ReasonUnfit, ClaimInvalid and AlreadyDisputed.
    """
    if reason not in BUYERS_REASONS:
        raise ReasonUnfit
    part = seller_order_by_id(seller_order_id)
    if part.order.buyer_id != actor.user_id:
        raise NotAParty
    _check_time(part.status, part.delivered_at)
    most = remaining_shares(part).amount_minor
    if not 0 < claimed_minor <= most or not is_whole(claimed_minor):
        raise ClaimInvalid(most=format_minor(most))
    now = clock.now()
    one_at_a_time(f"dispute-of:{part.pk}")
    try:
        with transaction.atomic():
            dispute = Dispute.objects.create(
                seller_order_id=part.pk,
                buyer_id=part.order.buyer_id,
                seller_id=part.seller_id,
                reason=DisputeReason(reason),
                claimed_minor=claimed_minor,
                opened_at=now,
                turn=Party.SELLER,
                turn_since=now,
                due_at=due_for(Party.SELLER, since=now),
            )
    except IntegrityError as error:
        open_one = Dispute.objects.get(seller_order_id=part.pk, status__in=UNDECIDED)
        raise AlreadyDisputed(reference=open_one.reference) from error
    record(
        DisputeOpened(dispute_id=dispute.pk),
        actor=actor,
        after={"status": dispute.status, "claimed_minor": claimed_minor},
    )
    write(dispute, message, actor=actor, is_internal=False)
    hold_earning(
        seller_order_id=part.pk,
        reason=f"dispute {dispute.reference}",
        actor=DISPUTES,
        dispute=dispute.reference,
    )
    return dispute


@transaction.atomic
def assign_dispute(*, dispute_id: UUID, assignee_id: UUID | None, actor: Actor) -> Dispute:
    """Somebody of our staff takes the case, or gives it back (None).

    Raises DisputeNotFound, DisputeClosed, and DeciderAgain: an appeal is not for who decided.
    """
    dispute = locked_in_talks(dispute_id)
    is_deciders = assignee_id is not None and assignee_id == dispute.decided_by_id
    if dispute.status == DisputeStatus.APPEALED and is_deciders:
        raise DeciderAgain
    before = dispute.assignee_id
    dispute.assignee_id = assignee_id
    dispute.version += 1
    dispute.save(update_fields=["assignee", "version"])
    record(
        DisputeAssigned(dispute_id=dispute.pk, assignee_id=assignee_id),
        actor=actor,
        before={"assignee_id": str(before or "")},
        after={"assignee_id": str(assignee_id or "")},
    )
    return dispute


@transaction.atomic
def withdraw_dispute(*, dispute_id: UUID, actor: Actor) -> Dispute:
    """The buyer is content; the seller's money goes on.

    Raises DisputeNotFound, DisputeClosed, NotAParty, and TakenBack once the provider has paid.
    """
    dispute = locked_open(dispute_id)
    if dispute.buyer_id != actor.user_id:
        raise NotAParty
    if dispute.taken_back_minor:
        raise TakenBack
    end_proposal(dispute, ProposalStatus.ENDED, actor=actor)
    move(
        dispute,
        DisputeStatus.WITHDRAWN,
        DISPUTE_TRANSITIONS,
        actor=actor,
        closed_at=clock.now(),
        version=dispute.version + 1,
    )
    unhold_earning(
        seller_order_id=dispute.seller_order_id, actor=DISPUTES, dispute=dispute.reference
    )
    record(
        DisputeWithdrawn(dispute_id=dispute.pk),
        actor=actor,
        before={"status": DisputeStatus.OPEN},
        after={"status": dispute.status},
    )
    return dispute


def _check_time(status: str, delivered_at: datetime | None) -> None:
    if status not in DISPUTABLE:
        raise NotDisputable
    days = value_of(RuleName.DISPUTE_WINDOW)
    if delivered_at is not None and delivered_at + timedelta(days=days) < clock.now():
        raise TooLate(days=days)
