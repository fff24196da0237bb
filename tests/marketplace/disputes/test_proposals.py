"""The sides may settle by themselves: one names an amount, the other accepts it or names another."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from marketplace.disputes.commands import (
    accept_proposal,
    mind_deadlines,
    propose_amount,
    resolve_dispute,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    DisputeClosed,
    FaultMissing,
    NotAParty,
    ProposalGone,
    ProposalInvalid,
)
from marketplace.disputes.models import Dispute, Proposal
from marketplace.disputes.states import (
    DisputeOutcome,
    DisputeStatus,
    Fault,
    Party,
    ProposalStatus,
)
from marketplace.notifications.commands import sync_templates
from marketplace.notifications.models import Message
from marketplace.payments.commands import approve_refund
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, buyer_actor, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.sellers import seller_actor
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def buyer_of(dispute: Dispute) -> Actor:
    return Actor.buyer(dispute.buyer_id)


def seller_of(dispute: Dispute) -> Actor:
    return seller_actor(dispute.seller_id)


def propose(dispute: Dispute, actor: Actor, amount_minor: int = 400_000) -> Proposal:
    return propose_amount(dispute_id=dispute.pk, amount_minor=amount_minor, actor=actor)


def accept(dispute: Dispute, actor: Actor, amount_minor: int = 400_000) -> Dispute:
    return accept_proposal(dispute_id=dispute.pk, amount_minor=amount_minor, actor=actor)


def states(dispute: Dispute) -> list[str]:
    return list(dispute.proposals.order_by("id").values_list("status", flat=True))


def test_what_the_seller_proposes_and_the_buyer_accepts_settles_the_case():
    sync_templates()
    dispute = an_open_dispute()

    propose(dispute, seller_of(dispute))
    dispute.refresh_from_db()
    assert dispute.turn == Party.BUYER
    accept(dispute, buyer_of(dispute))
    deliver_all()

    dispute.refresh_from_db()
    assert (dispute.status, dispute.fault) == (DisputeStatus.RESOLVED, Fault.NOBODY)
    assert (dispute.outcome, dispute.refunded_minor) == (DisputeOutcome.REFUND_PARTIAL, 400_000)
    assert Refund.objects.get().parts.get().seller_minor > 0
    assert states(dispute) == [ProposalStatus.ACCEPTED]
    proposed = Message.objects.filter(code="dispute_proposal")
    assert set(proposed.values_list("user_id", flat=True)) == {dispute.buyer_id}
    assert broken_invariants() == []


def test_a_counter_proposal_takes_the_place_of_the_first():
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))

    propose(dispute, buyer_of(dispute), 600_000)

    with pytest.raises(ProposalGone):
        accept(dispute, buyer_of(dispute))
    assert accept(dispute, seller_of(dispute), 600_000).refunded_minor == 600_000
    assert states(dispute) == [ProposalStatus.COUNTERED, ProposalStatus.ACCEPTED]


def test_nobody_accepts_an_amount_that_the_other_side_did_not_name():
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))

    for actor, amount in ((seller_of(dispute), 400_000), (buyer_of(dispute), 500_000)):
        with pytest.raises(ProposalGone):
            accept(dispute, actor, amount)

    assert states(dispute) == [ProposalStatus.OPEN]
    assert not Refund.objects.exists()


def test_all_of_it_is_a_full_refund():
    dispute = an_open_dispute()
    gross = dispute.seller_order.gross_minor
    propose(dispute, seller_of(dispute), gross)

    assert accept(dispute, buyer_of(dispute), gross).outcome == DisputeOutcome.REFUND_FULL


@pytest.mark.parametrize("amount", [0, -100, 150, 10**12])
def test_a_proposal_is_positive_whole_and_within_what_is_left(amount):
    dispute = an_open_dispute()

    with pytest.raises(ProposalInvalid):
        propose(dispute, seller_of(dispute), amount)


def test_only_the_sides_propose_and_accept():
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))

    for stranger in (staff_actor(), buyer_actor(a_buyer())):
        with pytest.raises(NotAParty):
            propose(dispute, stranger)
        with pytest.raises(NotAParty):
            accept(dispute, stranger)


def test_above_the_threshold_what_they_agreed_on_waits_for_us():
    dispute = an_open_dispute()
    settings.REFUND_APPROVAL_MINOR, before = 300_000, settings.REFUND_APPROVAL_MINOR
    try:
        propose(dispute, seller_of(dispute))
        accept(dispute, buyer_of(dispute))
    finally:
        settings.REFUND_APPROVAL_MINOR = before

    dispute.refresh_from_db()
    refund = Refund.objects.get()
    assert (dispute.status, refund.status) == (DisputeStatus.APPROVAL, RefundStatus.PROPOSED)
    approve_refund(refund_id=refund.pk, actor=staff_actor())
    deliver_all()
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.RESOLVED
    assert broken_invariants() == []


@pytest.mark.parametrize("end", ["decided", "withdrawn"])
def test_a_case_that_ends_otherwise_ends_its_proposal(end):
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))

    if end == "decided":
        resolve_dispute(
            dispute_id=dispute.pk,
            outcome=DisputeOutcome.REPLACEMENT,
            fault=Fault.SELLER,
            note="Another one comes.",
            actor=staff_actor(),
        )
    else:
        withdraw_dispute(dispute_id=dispute.pk, actor=buyer_of(dispute))

    assert states(dispute) == [ProposalStatus.ENDED]
    with pytest.raises(DisputeClosed):
        accept(dispute, buyer_of(dispute))


def test_a_buyer_who_leaves_a_proposal_unanswered_has_not_lost_the_case():
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))
    dispute.refresh_from_db()

    with time_machine.travel(dispute.due_at + timedelta(hours=1)):
        assert mind_deadlines() == 1

    dispute.refresh_from_db()
    assert (dispute.status, dispute.turn) == (DisputeStatus.OPEN, Party.STAFF)
    assert states(dispute) == [ProposalStatus.ENDED]


def test_staff_find_somebody_at_fault_and_agree_on_nothing():
    dispute = an_open_dispute()

    with pytest.raises(FaultMissing):
        resolve_dispute(
            dispute_id=dispute.pk,
            outcome=DisputeOutcome.DECLINED,
            fault=Fault.NOBODY,
            note="No.",
            actor=staff_actor(),
        )


@pytest.mark.django_db(transaction=True)
def test_of_an_acceptance_and_a_withdrawal_at_once_one_happens():
    dispute = an_open_dispute()
    propose(dispute, seller_of(dispute))

    outcomes = at_once(
        lambda: accept(dispute, buyer_of(dispute)),
        lambda: withdraw_dispute(dispute_id=dispute.pk, actor=buyer_of(dispute)),
    )

    assert len(refused(outcomes)) == 1
    dispute.refresh_from_db()
    assert (dispute.status == DisputeStatus.RESOLVED) == Refund.objects.exists()
