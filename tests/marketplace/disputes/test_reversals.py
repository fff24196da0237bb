"""What a provider takes back of goods that had left is a case, and its money is taken only once."""

from typing import Any

import pytest

from marketplace.casework.queries import allowed_in
from marketplace.casework.states import QueueName
from marketplace.disputes.commands import (
    add_evidence,
    contest_reversal,
    mind_deadlines,
    open_for_reversal,
    propose_amount,
    resolve_dispute,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    ContestedAlready,
    NotTakenBack,
    OutcomeUnfit,
    ProofMissing,
    ReasonUnfit,
    TakenBack,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeReason, DisputeStatus
from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.notifications.models import Message
from marketplace.orders.commands import deliver_seller_order, ship_seller_order
from marketplace.orders.models import SellerOrder
from marketplace.orders.states import SellerOrderStatus
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.errors import NotComeBack, RefundTooLarge
from marketplace.payments.models import Attempt, Chargeback, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import EarningStatus
from marketplace.reconciliation.events import ExceptionResolved
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.ids import uuid7
from marketplace.shared.outbox import record
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.sellers import a_seller, seller_actor
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
PROVIDER = Actor.provider("mpesa")


def take_back(part: SellerOrder, *, deliver: bool = True) -> Attempt:
    """The provider says that it reversed the payment; the news of it are delivered."""
    attempt = Attempt.objects.get(intent__order_id=part.order_id, is_applied=True)
    settle_attempt(
        attempt_id=attempt.pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=PROVIDER,
    )
    if deliver:
        deliver_all()
    return attempt


def a_taken_back_case(part: SellerOrder | None = None) -> Dispute:
    part = part or a_delivered_part()
    take_back(part)
    return Dispute.objects.get(seller_order=part)


def decide(dispute: Dispute, **given: Any) -> None:
    resolve_dispute(dispute_id=dispute.pk, note="Looked at.", actor=staff_actor(), **given)
    deliver_all()


def it_came_back(amount_minor: int, exception: str = "EXC-00000001") -> str:
    """As reconciliation books a receipt that nobody knows to suspense."""
    fact = ExceptionResolved(exception_id=uuid7(), resolution="to_suspense", reason="contested")
    post(
        event=record(fact, actor=SYSTEM),
        memo="came back",
        lines=[
            Line(chart.provider_clearing("mpesa"), amount_minor, exception),
            Line(chart.SUSPENSE, -amount_minor, exception),
        ],
    )
    return exception


def claimed(part: SellerOrder) -> int:
    return balance(account=chart.CHARGEBACKS, reference=part.reference)


def test_a_reversal_after_delivery_opens_a_case_and_freezes_the_sellers_money():
    part = a_delivered_part()

    dispute = a_taken_back_case(part)

    assert (dispute.origin, dispute.reason) == ("provider", DisputeReason.TAKEN_BACK)
    assert (dispute.turn, dispute.taken_back_minor) == ("seller", part.gross_minor)
    assert dispute.due_at > clock.now()
    assert claimed(part) == part.gross_minor
    held = balance_of(seller_reference=part.seller.reference)
    assert (held.on_hold_minor, held.pending_minor) == (part.net_minor, 0)
    assert Earning.objects.get(seller_order=part).status == EarningStatus.ON_HOLD
    told = set(Message.objects.filter(about=dispute.reference).values_list("code", flat=True))
    assert told == {"payment_taken_back", "seller_payment_taken_back"}
    assert broken_invariants() == []


def test_only_what_had_left_is_a_case_and_the_rest_stays_where_it_is():
    kariakoo, arusha = a_seller(), a_seller()
    order = a_paid_order(a_listing(seller=kariakoo), a_listing(seller=arusha))
    sent = order.seller_orders.get(seller=kariakoo)
    ship_seller_order(
        seller_order_id=sent.pk, carrier="Bodaboda", actor=seller_actor(sent.seller_id)
    )

    take_back(sent)

    kept = order.seller_orders.get(seller=arusha)
    assert kept.status == SellerOrderStatus.CANCELLED
    assert [case.seller_order for case in Dispute.objects.all()] == [sent]
    assert claimed(kept) == 0
    assert balance_of(seller_reference=arusha.reference).pending_minor == 0
    deliver_seller_order(seller_order_id=sent.pk, actor=Actor.buyer(order.buyer_id))
    deliver_all()
    assert broken_invariants() == []


def test_the_news_of_it_twice_and_the_same_answer_twice_open_one_case():
    part = a_delivered_part()
    attempt = take_back(part)

    take_back(part)
    assert open_for_reversal(attempt_id=attempt.pk) == []

    assert Dispute.objects.count() == Chargeback.objects.count() == 1
    assert claimed(part) == part.gross_minor


@pytest.mark.parametrize("fault", ["carrier", "marketplace", "buyer"])
def test_a_loss_that_is_not_the_sellers_fault_is_ours(fault):
    part = a_delivered_part()

    decide(a_taken_back_case(part), outcome="loss_accepted", fault=fault)

    assert claimed(part) == 0
    assert balance(account=chart.CHARGEBACK_LOSSES) == part.gross_minor
    left = balance_of(seller_reference=part.seller.reference)
    assert (left.pending_minor, left.on_hold_minor) == (part.net_minor, 0)
    assert balance(account=chart.COMMISSION_REVENUE) == -part.commission_minor
    assert not Refund.objects.exists()
    assert broken_invariants() == []


def test_a_loss_by_the_sellers_fault_is_taken_from_the_seller_once_with_our_commission():
    part = a_delivered_part()
    dispute = a_taken_back_case(part)

    decide(dispute, outcome="loss_accepted", fault="seller")

    assert claimed(part) == 0
    left = balance_of(seller_reference=part.seller.reference)
    assert (left.pending_minor, left.available_minor, left.on_hold_minor) == (0, 0, 0)
    assert balance(account=chart.COMMISSION_REVENUE) == balance(account=chart.VAT_PAYABLE) == 0
    assert Earning.objects.get(seller_order=part).status == EarningStatus.CANCELLED
    assert not Refund.objects.exists()
    told = Message.objects.get(code="seller_chargeback_resolved")
    assert told.about == dispute.reference
    assert broken_invariants() == []


def test_what_was_refunded_before_is_not_in_dispute_again():
    part = a_delivered_part()
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=500_000,
        reason="price_adjusted",
        cause="before",
        actor=SYSTEM,
    )

    dispute = a_taken_back_case(part)

    assert dispute.taken_back_minor == part.gross_minor - 500_000
    decide(dispute, outcome="loss_accepted", fault="seller")
    assert balance_of(seller_reference=part.seller.reference).pending_minor == 0
    assert broken_invariants() == []


def test_it_is_contested_with_what_the_seller_showed_and_won_back_from_suspense():
    part = a_delivered_part()
    dispute = a_taken_back_case(part)
    desk = staff_actor()
    with pytest.raises(ProofMissing):
        contest_reversal(dispute_id=dispute.pk, case_number="MP-77", actor=desk)
    add_evidence(
        dispute_id=dispute.pk,
        file=a_pdf(),
        kind="delivery",
        actor=seller_actor(part.seller_id),
    )

    contested = contest_reversal(dispute_id=dispute.pk, case_number="MP-77", actor=desk)

    assert contested.due_at - clock.now() > allowed_in(QueueName.DISPUTE_STAFF)
    with pytest.raises(ContestedAlready):
        contest_reversal(dispute_id=dispute.pk, case_number="MP-78", actor=desk)
    won = {"outcome": "won_back", "fault": "buyer"}
    with pytest.raises(NotComeBack):
        decide(dispute, **won, came_back_as="EXC-00000001")
    exception = it_came_back(part.gross_minor)
    decide(dispute, **won, came_back_as=exception)
    assert claimed(part) == balance(account=chart.SUSPENSE) == 0
    assert balance_of(seller_reference=part.seller.reference).pending_minor == part.net_minor
    assert Chargeback.objects.get().status == "won"
    assert broken_invariants() == []


def test_the_same_money_in_suspense_wins_one_case_only():
    first, second = a_delivered_part(), a_delivered_part()
    cases = [a_taken_back_case(first), a_taken_back_case(second)]
    exception = it_came_back(first.gross_minor)
    won = {"outcome": "won_back", "fault": "buyer", "came_back_as": exception}

    decide(cases[0], **won)
    with pytest.raises(NotComeBack):
        decide(cases[1], **won)


def test_the_buyers_own_case_goes_on_as_this_one():
    part = a_delivered_part()
    mine = an_open_dispute(part)
    buyer = Actor.buyer(part.order.buyer_id)

    take_back(part)

    dispute = Dispute.objects.get()
    assert (dispute.pk, dispute.origin) == (mine.pk, "buyer")
    assert dispute.taken_back_minor == part.gross_minor
    with pytest.raises(TakenBack):
        withdraw_dispute(dispute_id=dispute.pk, actor=buyer)
    with pytest.raises(TakenBack):
        propose_amount(dispute_id=dispute.pk, amount_minor=100, actor=buyer)
    with pytest.raises(OutcomeUnfit):
        decide(dispute, outcome="refund_full", fault="seller")
    decide(dispute, outcome="loss_accepted", fault="seller")
    assert not Refund.objects.exists()
    assert broken_invariants() == []


def test_a_refund_that_waited_for_approval_falls_with_the_payment(settings):
    settings.REFUND_APPROVAL_MINOR = 100
    part = a_delivered_part()
    mine = an_open_dispute(part)
    decide(mine, outcome="refund_full", fault="seller")
    mine.refresh_from_db()
    assert mine.status == DisputeStatus.APPROVAL

    take_back(part)

    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.taken_back_minor) == ("open", part.gross_minor)
    assert Refund.objects.get().status == "rejected"
    assert broken_invariants() == []


def test_a_buyer_who_says_nothing_loses_nothing_by_it():
    dispute = a_taken_back_case()
    Dispute.objects.filter(pk=dispute.pk).update(turn="buyer", due_at=clock.now())

    mind_deadlines()

    dispute.refresh_from_db()
    assert (dispute.status, dispute.turn) == (DisputeStatus.OPEN, "staff")


def test_outcomes_fit_the_case_and_no_buyer_claims_for_a_provider():
    claim = an_open_dispute()
    with pytest.raises(OutcomeUnfit):
        decide(claim, outcome="loss_accepted", fault="seller")
    with pytest.raises(NotTakenBack):
        contest_reversal(dispute_id=claim.pk, case_number="1", actor=staff_actor())
    part = a_delivered_part()
    with pytest.raises(ReasonUnfit):
        an_open_dispute(part, reason=DisputeReason.TAKEN_BACK)
    dispute = a_taken_back_case(part)
    decide(dispute, outcome="loss_accepted", fault="carrier")
    with pytest.raises(RefundTooLarge):
        refund_seller_order(
            seller_order_id=part.pk,
            amount_minor=100,
            reason="returned",
            cause="again",
            actor=SYSTEM,
        )
