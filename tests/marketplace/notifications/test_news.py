"""What happens in the marketplace reaches the people it concerns, and nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.disputes.commands import open_dispute, post_message, resolve_dispute
from marketplace.disputes.states import DisputeOutcome, DisputeReason, Fault
from marketplace.listings.commands import (
    approve_listing,
    pause_listing,
    reject_listing,
    resume_listing,
    upload_import,
)
from marketplace.listings.states import ListingStatus
from marketplace.notifications.models import Message
from marketplace.orders.commands import (
    cancel_order,
    cancel_seller_order,
    expire_due_orders,
    ship_seller_order,
)
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.events import RefundSucceeded
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import approve_batch, prepare_batch, release_due
from marketplace.payouts.commands.disburse import _claim
from marketplace.payouts.commands.settling import take_answer
from marketplace.sellers.commands import (
    approve_application,
    claim_application,
    reject_application,
    request_information,
)
from marketplace.sellers.queries import owner_of
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import record
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM, a_buyer, staff_actor
from tests.factories.catalog import a_category, a_product
from tests.factories.listings import a_listing
from tests.factories.orders import (
    a_delivered_part,
    a_paid_order,
    a_receipt,
    an_attempt,
    an_order,
    pay,
)
from tests.factories.sellers import (
    a_seller,
    a_submitted_application,
    an_accepted_application,
    seller_actor,
)

pytestmark = pytest.mark.django_db


def told(user_id, code=None):
    """What this person was told, in order: the kinds, or the messages of one kind."""
    deliver_all()
    rows = Message.objects.filter(user_id=user_id).order_by("pk")
    if code:
        return list(rows.filter(code=code))
    return list(dict.fromkeys(rows.values_list("code", flat=True)))


def test_an_applicant_follows_the_application():
    application = a_submitted_application(business_name="Duka la Asha")
    reviewer = staff_actor()
    claim_application(application_id=application.pk, actor=reviewer)
    request_information(
        application_id=application.pk, message="A sharper photo, please.", actor=reviewer
    )

    assert told(application.applicant_id) == [
        "application_submitted",
        "application_information_requested",
    ]
    (message,) = told(application.applicant_id, "application_information_requested")
    assert "Duka la Asha" in message.body
    assert "A sharper photo, please." in message.body
    assert message.about == application.reference


def test_an_applicant_learns_the_decision():
    reviewer = staff_actor()
    lucky, unlucky = an_accepted_application(reviewer), an_accepted_application(reviewer)

    approve_application(application_id=lucky.pk, actor=reviewer)
    reject_application(application_id=unlucky.pk, reason="The TIN is not yours.", actor=reviewer)

    assert told(lucky.applicant_id)[-1] == "application_approved"
    (message,) = told(unlucky.applicant_id, "application_rejected")
    assert "The TIN is not yours." in message.body


def test_a_seller_hears_what_staff_decided_about_a_listing_and_not_what_they_did_themselves():
    seller = a_seller()
    product = a_product(title="Galaxy A15")
    good, bad = (
        a_listing(seller, product, status=ListingStatus.IN_MODERATION) for _each in range(2)
    )
    owner = owner_of(seller.pk)

    approve_listing(listing_id=good.pk, actor=staff_actor())
    reject_listing(listing_id=bad.pk, reason="No picture of it.", actor=staff_actor())
    pause_listing(listing_id=good.pk, seller_id=seller.pk, actor=seller_actor(seller))
    resume_listing(listing_id=good.pk, seller_id=seller.pk, actor=seller_actor(seller))

    (live,) = told(owner, "listing_live")
    (rejected,) = told(owner, "listing_rejected")
    assert live.subject == "Galaxy A15 is on sale"
    assert "No picture of it." in rejected.body


def test_whoever_uploaded_an_import_learns_how_it_went():
    category, seller = a_category(), a_seller()
    text = (
        "sku,title,brand,category,price_tzs,quantity,condition,warranty_months\n"
        f"A-1,Phone,Tecno,{category.slug},450000,1,,\nA-2,Phone 2,Tecno,nowhere,1000,1,,\n"
    )
    upload_import(
        seller_id=seller.pk,
        file=SimpleUploadedFile("stock.csv", text.encode()),
        actor=seller_actor(seller),
    )

    (message,) = told(owner_of(seller.pk), "import_finished")

    assert "stock.csv" in message.body
    assert "New listings: 1\nUpdated listings: 0\nRows with mistakes: 1" in message.body


def test_a_buyer_gets_a_receipt_and_each_seller_only_their_own_part():
    buyer = a_buyer(name="Neema", language="sw")
    ours, theirs = (
        a_listing(product=a_product(title=title), price_minor=price)
        for title, price in (("Galaxy A15", 45_000_000), ("Tecno Spark", 30_000_000))
    )
    order = an_order(ours, theirs, buyer=buyer, quantity=2)

    assert told(buyer.pk) == ["order_placed"]
    pay(order)

    assert told(buyer.pk) == ["order_placed", "order_paid"]
    receipt = next(m for m in told(buyer.pk, "order_paid") if m.channel == "email")
    assert "2 × Galaxy A15: TZS 900,000" in receipt.body
    assert "2 × Tecno Spark: TZS 600,000" in receipt.body
    assert "Jumla: TZS 1,510,000" in receipt.body
    (news,) = told(owner_of(ours.seller_id), "seller_new_order")
    assert "Galaxy A15" in news.body
    assert "Tecno" not in news.body
    assert "TZS 905,000" in news.body
    assert failures() == []


def test_repeated_deliveries_tell_nothing_again():
    order = a_paid_order()
    deliver_all()
    before = Message.objects.count()

    Delivery.objects.update(status=DeliveryStatus.PENDING, finished_at=None)
    deliver_all()

    assert Message.objects.count() == before
    assert before >= len(told(order.buyer_id))


def test_a_parcel_is_followed_from_the_shop_to_the_door():
    part = a_delivered_part()

    assert told(part.order.buyer_id)[-2:] == ["order_shipped", "order_delivered"]
    shipped = told(part.order.buyer_id, "order_shipped")
    assert {message.channel for message in shipped} == {"email", "sms"}
    assert all("Bodaboda" in message.body and "B-1" in message.body for message in shipped)
    assert told(owner_of(part.seller_id))[-1] == "seller_order_delivered"


def test_a_shipment_without_tracking_can_be_told_as_well():
    part = a_paid_order().seller_orders.get()

    ship_seller_order(
        seller_order_id=part.pk, carrier="Bus", tracking="", actor=seller_actor(part.seller_id)
    )

    assert "Tracking: -" in told(part.order.buyer_id, "order_shipped")[0].body


def test_cancelling_an_unpaid_order_is_told_once_and_a_paid_one_part_by_part():
    unpaid, paid = an_order(), a_paid_order()

    cancel_order(order_id=unpaid.pk, reason="Too slow.", actor=Actor.buyer(unpaid.buyer_id))
    cancel_order(order_id=paid.pk, reason="Out of stock.", actor=staff_actor())

    assert told(unpaid.buyer_id) == ["order_placed", "order_cancelled"]
    assert told(paid.buyer_id)[2:] == ["order_part_cancelled"]
    part = paid.seller_orders.get()
    assert told(owner_of(part.seller_id)) == ["seller_new_order", "seller_order_cancelled"]


def test_a_seller_who_cancelled_knows_it():
    part = a_paid_order().seller_orders.get()

    cancel_seller_order(
        seller_order_id=part.pk, reason="It is broken.", actor=seller_actor(part.seller_id)
    )

    assert told(owner_of(part.seller_id)) == ["seller_new_order"]
    assert "It is broken." in told(part.order.buyer_id, "order_part_cancelled")[0].body


def test_an_order_that_was_not_paid_in_time_says_so():
    order = an_order()

    with time_machine.travel(order.expires_at + timedelta(seconds=1)):
        expire_due_orders()
        assert told(order.buyer_id) == ["order_placed", "order_expired"]


def test_a_payment_that_failed_says_why():
    order = an_order()
    attempt = an_attempt(order)
    settle_attempt(
        attempt_id=attempt.pk,
        answer=Answer(Outcome.FAILED, code="INS-2006", message="Insufficient balance."),
        actor=SYSTEM,
    )

    (message,) = told(order.buyer_id, "payment_failed")

    assert "has too little money" in message.body


def test_a_payment_that_no_other_way_would_help_is_explained_in_the_buyers_language():
    order = an_order(buyer=a_buyer(language="sw"))
    settle_attempt(
        attempt_id=an_attempt(order).pk,
        answer=Answer(Outcome.FAILED, code="INS-6", message="Declined"),
        actor=SYSTEM,
    )

    (message,) = told(order.buyer_id, "payment_failed")

    assert "PIN haikuwa sahihi, au mteja alikataa (“Declined”)" in message.body


def test_a_refund_that_arrived_says_how_much():
    order = a_paid_order()
    refund = refund_seller_order(
        seller_order_id=order.seller_orders.get().pk,
        amount_minor=1_000_000,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )
    record(RefundSucceeded(refund_id=refund.pk, order_id=order.pk), actor=SYSTEM)

    messages = told(order.buyer_id, "refund_succeeded")

    assert all("TZS 10,000" in message.body for message in messages)
    assert {message.about for message in messages} == {order.reference}


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.SUCCEEDED, "payout_paid"), (Outcome.FAILED, "payout_failed")]
)
def test_a_seller_learns_what_became_of_a_payout_without_the_whole_number(outcome, code):
    part = a_delivered_part()
    with time_machine.travel(part.delivered_at + timedelta(days=settings.HOLD_DAYS, seconds=1)):
        release_due()
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    payout = batch.payouts.get()
    assert _claim(payout.pk)
    receipt = a_receipt() if outcome == Outcome.SUCCEEDED else ""
    take_answer(payout.pk, Answer(outcome, code="X", message="No such wallet.", receipt=receipt))

    message = told(owner_of(part.seller_id), code)[0]

    assert payout.reference in message.subject + message.body
    assert payout.msisdn not in message.body
    assert f"{payout.msisdn[:6]}***{payout.msisdn[-3:]}" in message.body


def test_both_sides_of_a_dispute_are_told_of_its_beginning_its_messages_and_its_end():
    part = a_delivered_part(a_listing(a_seller(owner=a_buyer(language="sw"))))
    buyer, owner = part.order.buyer_id, owner_of(part.seller_id)
    staff = staff_actor()
    dispute = open_dispute(
        seller_order_id=part.pk,
        reason=DisputeReason.DAMAGED,
        claimed_minor=1_000_000,
        message="The screen is broken.",
        actor=Actor.buyer(buyer),
    )
    assert told(buyer)[-1] == "dispute_opened"
    assert told(owner)[-1] == "seller_dispute_opened"
    assert "- Photo of the unboxing\n- Photo of the goods" in told(buyer, "dispute_opened")[0].body
    theirs = told(owner, "seller_dispute_opened")[0].body
    assert "- Picha ya bidhaa zilizofungwa\n- Risiti ya msafirishaji" in theirs

    post_message(dispute_id=dispute.pk, body="It was fine.", actor=seller_actor(part.seller_id))
    post_message(dispute_id=dispute.pk, body="Look closer.", is_internal=True, actor=staff)
    assert len(told(buyer, "dispute_message")) == 1
    assert told(owner, "dispute_message") == []
    post_message(dispute_id=dispute.pk, body="A photo, please.", actor=staff)
    assert len(told(buyer, "dispute_message")) == 2
    assert len(told(owner, "dispute_message")) == 1

    resolve_dispute(
        dispute_id=dispute.pk,
        outcome=DisputeOutcome.REFUND_PARTIAL,
        fault=Fault.SELLER,
        refund_minor=500_000,
        note="Half of it.",
        actor=staff,
    )
    ends = [told(user_id, "dispute_resolved")[0] for user_id in (buyer, owner)]
    assert all("TZS 5,000" in message.body for message in ends)
    assert "Partial refund" in ends[0].body
    assert ends[1].body.startswith("Habari")
