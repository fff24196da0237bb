"""Refunds by amount and by pieces, the second pair of eyes, and the desk for those that failed."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order
from marketplace.orders.models import OrderLine, SellerOrder
from marketplace.payments.commands import (
    approve_refund,
    declare_refund_failed,
    refund_pieces,
    refund_seller_order,
    reject_refund,
    retry_refund,
    send_refund,
    settle_attempt,
    settle_refund_by_hand,
)
from marketplace.payments.errors import (
    NothingChosen,
    NothingToRefund,
    PiecesInvalid,
    RefundReasonMissing,
    RefundTooLarge,
    RefundUndecided,
    SecondPersonNeeded,
)
from marketplace.payments.models import Attempt, Refund, RefundEvidence
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.refund_shares import remaining_shares
from marketplace.payments.states import PaidFrom, RefundChannel, RefundReason, RefundStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import is_whole
from marketplace.shared.states import IllegalTransition
from marketplace.shared.uploads import UploadRefused
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_paid_order
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
SMALL, LARGE = 1_000_000, 60_000_000
NOT_A_PDF = SimpleUploadedFile("slip.pdf", b"MZ not what it says")


def a_part(*, price_minor: int = 45_000_000, quantity: int = 3) -> SellerOrder:
    """Paid for: three pieces of one listing, with shipping."""
    listing = a_listing(price_minor=price_minor, on_hand=10)
    return a_paid_order(listing, quantity=quantity).seller_orders.get()


def asked(part: SellerOrder, amount_minor: int, actor: Actor, cause: str = "one") -> Refund:
    return refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=amount_minor,
        reason=RefundReason.PRICE_ADJUSTED,
        cause=cause,
        actor=actor,
    )


def pieces_of(
    part: SellerOrder, quantity: int, cause: str = "one", *, with_shipping: bool = False
) -> Refund:
    line = OrderLine.objects.get(seller_order=part)
    return refund_pieces(
        seller_order_id=part.pk,
        pieces={line.pk: quantity} if quantity else {},
        with_shipping=with_shipping,
        reason=RefundReason.RETURNED,
        cause=cause,
        actor=Actor.system("test"),
    )


# --- By pieces ---


def test_pieces_go_back_with_the_commission_of_their_own_line():
    part = a_part(quantity=3)
    line = OrderLine.objects.get(seller_order=part)

    refunds = [pieces_of(part, 1, f"piece {n}") for n in range(3)]

    rows = [refund.parts.get() for refund in refunds]
    assert [row.amount_minor for row in rows] == [line.unit_price_minor] * 3
    assert sum(row.commission_minor for row in rows) == line.commission_minor
    assert sum(row.commission_vat_minor for row in rows) == line.commission_vat_minor
    assert remaining_shares(part).amount_minor == part.shipping_minor
    assert broken_invariants() == []


def test_pieces_of_any_price_leave_the_seller_with_whole_shillings():
    part = a_part(price_minor=3_333_300, quantity=3)

    for number in range(3):
        row = pieces_of(part, 1, f"piece {number}").parts.get()
        shares = (row.seller_minor, row.commission_minor, row.commission_vat_minor)
        assert all(is_whole(each) for each in shares)

    assert remaining_shares(part).commission_minor == 0
    assert broken_invariants() == []


def test_shipping_goes_back_once_and_is_borne_by_the_seller():
    part = a_part()

    refund = pieces_of(part, 0, with_shipping=True)

    row = refund.parts.get()
    assert (row.amount_minor, row.seller_minor) == (part.shipping_minor, part.shipping_minor)
    with pytest.raises(NothingChosen):
        pieces_of(part, 0, "again", with_shipping=True)


def test_no_more_pieces_go_back_than_were_bought():
    part = a_part(quantity=3)
    pieces_of(part, 2)

    with pytest.raises(PiecesInvalid):
        pieces_of(part, 2, "too many")
    with pytest.raises(PiecesInvalid):
        pieces_of(part, -1, "less than none")
    with pytest.raises(NothingChosen):
        pieces_of(part, 0, "none")
    assert Refund.objects.count() == 1


def test_pieces_after_an_amount_take_what_is_left_and_no_more():
    part = a_part(price_minor=10_000_000, quantity=2)
    whole = remaining_shares(part)
    asked(part, whole.amount_minor - 15_000_000, Actor.system("test"))

    pieces_of(part, 1, "first")

    with pytest.raises(RefundTooLarge):
        pieces_of(part, 1, "second")
    left = remaining_shares(part)
    assert min(left.seller_minor, left.commission_minor, left.commission_vat_minor) >= 0
    assert broken_invariants() == []


def test_the_same_cause_gives_pieces_back_once():
    part = a_part()

    assert pieces_of(part, 1, "click").pk == pieces_of(part, 1, "click").pk


# --- Four eyes ---


def test_a_large_refund_waits_for_a_second_person_and_is_booked_only_then():
    part, asker, other = a_part(), staff_actor(), staff_actor()

    refund = asked(part, LARGE, asker)
    deliver_all()

    assert refund.status == RefundStatus.PROPOSED
    assert balance(account=chart.REFUNDS_CLEARING) == 0
    with pytest.raises(SecondPersonNeeded):
        approve_refund(refund_id=refund.pk, actor=asker)
    approve_refund(refund_id=refund.pk, actor=other)
    assert balance(account=chart.REFUNDS_CLEARING) == -LARGE
    assert broken_invariants() == []


def test_small_refunds_of_one_payment_count_together():
    part, asker = a_part(), staff_actor()

    states = [asked(part, 20_000_000, asker, f"slice {n}").status for n in range(3)]

    assert states == [RefundStatus.REQUESTED, RefundStatus.REQUESTED, RefundStatus.PROPOSED]


def test_what_the_system_asks_for_waits_for_nobody():
    assert asked(a_part(), LARGE, Actor.system("test")).status == RefundStatus.REQUESTED


def test_a_cancellation_by_staff_is_their_refund():
    part, lead = a_part(), staff_actor()

    cancel_order(order_id=part.order_id, reason="Out of stock.", actor=lead)
    deliver_all()

    refund = Refund.objects.get()
    assert (refund.status, refund.requested_by_id) == (RefundStatus.PROPOSED, lead.user_id)


def test_two_proposals_set_their_money_aside():
    part, asker = a_part(), staff_actor()
    most = remaining_shares(part).amount_minor
    asked(part, most - SMALL, asker, "first")

    with pytest.raises(RefundTooLarge):
        asked(part, 2 * SMALL, asker, "second")


def test_a_rejected_refund_frees_its_money_and_may_be_asked_for_again():
    part, asker, other = a_part(), staff_actor(), staff_actor()
    refund = asked(part, LARGE, asker)

    with pytest.raises(RefundReasonMissing):
        reject_refund(refund_id=refund.pk, reason="  ", actor=other)
    with pytest.raises(SecondPersonNeeded):
        reject_refund(refund_id=refund.pk, reason="No.", actor=asker)
    reject_refund(refund_id=refund.pk, reason="The parcel arrived.", actor=other)

    with pytest.raises(IllegalTransition):
        approve_refund(refund_id=refund.pk, actor=other)
    assert remaining_shares(part).amount_minor == part.gross_minor
    assert asked(part, LARGE, asker).pk != refund.pk
    assert broken_invariants() == []


def test_a_reversal_by_the_provider_ends_what_was_only_proposed():
    part, asker, other = a_part(), staff_actor(), staff_actor()
    refund = asked(part, LARGE, asker)

    settle_attempt(
        attempt_id=Attempt.objects.get().pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=Actor.system("test"),
    )

    refund.refresh_from_db()
    assert refund.status == RefundStatus.REJECTED
    with pytest.raises(NothingToRefund):
        approve_refund(refund_id=refund.pk, actor=other)
    assert broken_invariants() == []


# --- The desk ---


@pytest.fixture
def failed(mpesa) -> Refund:
    """Refused by the provider, which knows of no such receipt."""
    refund = asked(a_part(), SMALL, staff_actor())
    deliver_all()
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    return refund


def by_hand(refund: Refund, actor: Actor, **changes) -> Refund:
    given = {
        "receipt": "BANK-77", "paid_from": PaidFrom.BANK, "file": a_pdf(), "reason": "Paid by bank.",
    }  # fmt: skip
    return settle_refund_by_hand(refund_id=refund.pk, actor=actor, **given | changes)


def test_a_failed_refund_goes_out_as_a_payout_to_the_wallet_that_paid(failed, mpesa):
    retry_refund(refund_id=failed.pk, channel=RefundChannel.PAYOUT, actor=staff_actor())
    send_refund(refund_id=failed.pk)

    failed.refresh_from_db()
    sent = mpesa.requests("b2cPayment")[-1]
    assert sent.fields["input_CustomerMSISDN"] == failed.attempt.msisdn.removeprefix("+")
    assert (failed.channel, failed.tries) == (RefundChannel.PAYOUT, 2)


def test_a_refund_by_hand_needs_evidence_and_another_person(failed):
    asker = Actor.staff(failed.requested_by_id)

    with pytest.raises(SecondPersonNeeded):
        by_hand(failed, asker)
    with pytest.raises(UploadRefused):
        by_hand(failed, staff_actor(), file=NOT_A_PDF)
    with pytest.raises(RefundReasonMissing):
        by_hand(failed, staff_actor(), reason=" ")
    by_hand(failed, staff_actor())

    failed.refresh_from_db()
    assert (failed.status, failed.channel) == (RefundStatus.SUCCEEDED, RefundChannel.MANUAL)
    assert RefundEvidence.objects.get().refund_id == failed.pk
    assert balance(account=chart.REFUNDS_CLEARING) == 0
    assert balance(account=chart.BANK) == -SMALL
    assert broken_invariants() == []


def test_a_settled_refund_is_not_settled_again(failed):
    by_hand(failed, staff_actor())

    with pytest.raises(IllegalTransition):
        by_hand(failed, staff_actor())
    with pytest.raises(IllegalTransition):
        retry_refund(refund_id=failed.pk, actor=staff_actor())
    assert balance(account=chart.BANK) == -SMALL


def test_what_nobody_knows_is_left_to_the_provider_for_a_day(failed):
    Refund.objects.update(status=RefundStatus.UNKNOWN)
    declare = partial(declare_refund_failed, refund_id=failed.pk, reason="It never left.")

    with pytest.raises(RefundUndecided):
        declare(actor=staff_actor())
    with pytest.raises(RefundUndecided):
        by_hand(failed, staff_actor())
    with clock.at(clock.now() + timedelta(hours=25)):
        declare(actor=staff_actor())

    failed.refresh_from_db()
    assert failed.status == RefundStatus.FAILED
