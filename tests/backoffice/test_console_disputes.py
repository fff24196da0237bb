"""The page on which a dispute is settled: what a decision does is seen before it is taken."""

import pytest
from django.urls import reverse

from marketplace.disputes.commands import (
    add_evidence,
    resolve_dispute,
    stage_evidence,
    submit_evidence,
)
from marketplace.disputes.models import Dispute, DisputeMessage, Evidence
from marketplace.disputes.queries import record_of
from marketplace.disputes.states import DisputeOutcome, DisputeReason, DisputeStatus, Fault
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.models import Attempt, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import RefundReason
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor
from tests.backoffice.console_pages import decide, sealed, signed_in
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, a_buyer, a_staff_member, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import a_seller, seller_actor

pytestmark = pytest.mark.django_db
# The session, the person and their duties are three of them, on every page.
QUERIES_OF_A_CASE = 15


def preview_of(dispute: Dispute, decision: str) -> str:
    return reverse("admin:disputes_dispute_preview", args=[dispute.pk, decision])


def test_the_effect_is_shown_in_shillings_before_anything_is_booked(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_lead")
    address = preview_of(dispute, "resolve")
    part = dispute.seller_order

    nothing = client.post(address, {"outcome": "", "fault": ""})
    assert "Choose an outcome" in nothing.content.decode()
    full = client.post(address, {"outcome": "refund_full", "fault": "seller"}).content.decode()
    for minor in (part.gross_minor, part.net_minor, part.commission_minor):
        assert format_minor(minor) in full
    ours = client.post(address, {"outcome": "refund_full", "fault": "carrier"}).content.decode()
    assert "keeps the earning" in ours
    refused = client.post(address, {"outcome": "declined", "fault": "seller"}).content.decode()
    assert "cannot be declined" in refused
    assert 'name="previewed"' not in refused
    assert not Refund.objects.exists()


def test_what_changed_since_it_was_shown_is_shown_again_and_not_booked(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_lead")
    full = {"outcome": "refund_full", "fault": "seller", "note": "All of it."}
    shown = sealed(decide(client, dispute, "resolve", **full))
    refund_seller_order(
        seller_order_id=dispute.seller_order_id,
        amount_minor=100_000,
        reason=RefundReason.PRICE_ADJUSTED,
        cause="meanwhile",
        actor=SYSTEM,
    )

    again = decide(client, dispute, "resolve", **full, previewed=shown)

    assert again.status_code == 409
    assert sealed(again) != shown
    assert Refund.objects.count() == 1


def test_only_whoever_may_decide_sees_what_a_decision_would_do(client):
    dispute = an_open_dispute()
    signed_in(client, "finance_officer")

    assert client.post(preview_of(dispute, "resolve")).status_code == 403
    assert client.post(preview_of(dispute, "reply")).status_code == 404


def test_a_dispute_is_taken_discussed_and_resolved_with_a_partial_refund(client):
    dispute = an_open_dispute()
    me = signed_in(client, "operations_lead")

    decide(client, dispute, "take")
    decide(client, dispute, "reply", body="Please send a picture.")
    decide(client, dispute, "reply", body="Looks like transport.", is_internal="on")
    decide(client, dispute, "evidence", kind="handover", file=a_pdf(), note="From the courier")
    partial = {
        "outcome": DisputeOutcome.REFUND_PARTIAL.value,
        "fault": Fault.SELLER.value,
        "note": "Half of it.",
    }
    assert decide(client, dispute, "resolve", **partial).status_code == 422
    shown = decide(client, dispute, "resolve", **partial, refund="5000")
    assert shown.status_code == 409  # Nobody has seen yet what it does; now it is shown.
    decide(client, dispute, "resolve", **partial, refund="5000", previewed=sealed(shown))

    dispute.refresh_from_db()
    assert dispute.assignee_id == me.pk
    assert dispute.status == DisputeStatus.RESOLVED
    assert dispute.refunded_minor == 500_000
    assert Refund.objects.get().amount_minor == 500_000
    assert DisputeMessage.objects.filter(is_internal=True).count() == 1
    assert Evidence.objects.get().note == "From the courier"


def test_evidence_is_seen_once_it_is_submitted_and_numbers_say_whether_they_agree(client):
    dispute = an_open_dispute(reason=DisputeReason.COUNTERFEIT)
    sides = (seller_actor(dispute.seller_id), Actor.buyer(dispute.buyer_id))
    page = reverse("admin:disputes_dispute_change", args=[dispute.pk])
    signed_in(client, "operations_lead")
    for actor, imei in zip(sides, ("356938035643809", "490154203237518"), strict=True):
        stage_evidence(dispute_id=dispute.pk, kind="serial", numbers={"imei": imei}, actor=actor)

    prepared = client.get(page).content.decode()
    for actor in sides:
        submit_evidence(dispute_id=dispute.pk, actor=actor)
    submitted = client.get(page).content.decode()

    assert "The seller has prepared evidence and not submitted it yet." in prepared
    assert "The buyer has prepared evidence and not submitted it yet." in prepared
    assert "356938035643809" not in prepared
    assert "has prepared evidence" not in submitted
    assert "356938035643809" in submitted
    assert submitted.count("the other side shows another") == 2
    timeline = submitted.partition("Timeline")[2]
    assert timeline.count("IMEI or serial number") == 2


def test_the_queue_says_whose_evidence_is_complete_and_is_narrowed_to_what_can_be_decided(
    client, django_assert_max_num_queries
):
    disputes = [an_open_dispute(reason=DisputeReason.NOT_AS_DESCRIBED) for _number in range(3)]
    whole, half, none = disputes
    for dispute in (whole, half):
        for kind in ("unboxing", "goods"):
            add_evidence(
                dispute_id=dispute.pk,
                file=a_pdf(text=kind),
                kind=kind,
                actor=Actor.buyer(dispute.buyer_id),
            )
    seller = seller_actor(whole.seller_id)
    add_evidence(dispute_id=whole.pk, file=a_pdf(), kind="packing", actor=seller)
    # What one side shows never stands for the other.
    add_evidence(dispute_id=none.pk, file=a_pdf(), kind="packing", actor=Actor.buyer(none.buyer_id))
    signed_in(client, "operations_lead")
    queue = reverse("admin:backoffice_disputequeue_changelist")
    client.get(queue)

    with django_assert_max_num_queries(15):
        page = client.get(queue).content.decode()
    complete = client.get(queue, {"evidence": "complete"}).content.decode()
    missing = client.get(queue, {"evidence": "missing"}).content.decode()

    assert page.count("Buyer 2/2") == 2
    assert (page.count("Buyer 0/2"), page.count("Seller 1/1"), page.count("Seller 0/1")) == (
        1,
        1,
        2,
    )
    assert 'title="Missing: Photo of the unboxing, Photo of the goods"' in page
    assert [one.reference in complete for one in disputes] == [True, False, False]
    assert [one.reference in missing for one in disputes] == [False, True, True]


def test_a_number_told_on_the_phone_is_written_down_for_a_side_with_who_wrote_it(client):
    dispute = an_open_dispute(reason=DisputeReason.COUNTERFEIT)
    me = signed_in(client, "operations_agent")
    answers = {"party": "seller", "number_kind": "imei", "number": "356938035643808"}
    answers["note"] = "Juma of the shop, by phone"

    refused = decide(client, dispute, "number", **answers)
    assert "its last digit does not fit the others" in refused.content.decode()
    assert not Evidence.objects.exists()
    decide(client, dispute, "number", **answers | {"number": "356938035643809"})

    page = client.get(reverse("admin:disputes_dispute_change", args=[dispute.pk])).content.decode()
    assert "356938035643809" in page
    assert f"written down by {me}" in page


def test_an_agent_assigns_a_dispute_to_a_colleague_and_gives_it_back(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_agent")
    colleague = a_staff_member("operations_agent")

    decide(client, dispute, "assign", assignee=str(colleague.pk))
    dispute.refresh_from_db()
    assert dispute.assignee_id == colleague.pk
    decide(client, dispute, "assign", assignee="")
    dispute.refresh_from_db()
    assert dispute.assignee_id is None
    assert decide(client, dispute, "resolve", outcome="declined", note="x").status_code == 403


def test_a_decision_without_a_note_asks_for_it(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_lead")

    assert decide(client, dispute, "resolve", outcome="declined", note="").status_code == 422
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.OPEN


def test_the_page_of_a_case_asks_the_database_few_times_however_much_was_said(
    client, django_assert_max_num_queries
):
    dispute = an_open_dispute()
    signed_in(client, "operations_lead")
    page = reverse("admin:disputes_dispute_change", args=[dispute.pk])
    client.get(page)
    with django_assert_max_num_queries(QUERIES_OF_A_CASE) as one:
        client.get(page)
    asked = len(one)

    for number in range(3):
        decide(client, dispute, "reply", body=f"Message {number}")
        file = a_pdf(text=str(number))
        decide(client, dispute, "evidence", kind="goods", file=file, note="")

    client.get(page)  # The queues in the menu are counted anew after a decision.
    with django_assert_max_num_queries(asked):
        client.get(page)


def test_who_claims_often_and_who_is_often_at_fault_is_marked(client, settings):
    settings.SERIAL_CLAIMS = settings.SERIAL_FAULTS = 2
    seller, buyer = a_seller(), a_buyer()
    for _number in range(2):
        part = a_delivered_part(a_listing(seller=seller), buyer=buyer)
        resolve_dispute(
            dispute_id=an_open_dispute(part).pk,
            outcome="refund_full",
            fault="seller",
            note="Proven.",
            actor=staff_actor(),
        )
    dispute = an_open_dispute(a_delivered_part(a_listing(seller=seller), buyer=buyer))
    signed_in(client, "operations_lead")

    page = client.get(reverse("admin:disputes_dispute_change", args=[dispute.pk]))

    assert "claims often" in page.content.decode()
    assert "often at fault" in page.content.decode()
    record = record_of(seller_id=seller.pk, buyer_id=buyer.pk, besides=dispute.pk)
    assert (record.buyer_cases, record.buyer_won, record.buyer_lost) == (2, 2, 0)
    assert (record.seller_cases, record.seller_won, record.seller_lost) == (2, 0, 2)
    settings.DISPUTE_RECORD_DAYS = 0
    assert record_of(seller_id=seller.pk).seller_cases == 0


def test_a_case_of_the_provider_offers_its_own_outcomes_and_shows_who_bears_it(client):
    part = a_delivered_part()
    attempt = Attempt.objects.get(intent__order_id=part.order_id, is_applied=True)
    settle_attempt(
        attempt_id=attempt.pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=SYSTEM,
    )
    deliver_all()
    dispute = Dispute.objects.get()
    signed_in(client, "operations_lead")

    page = client.get(reverse("admin:disputes_dispute_change", args=[dispute.pk]))
    shown = client.post(
        preview_of(dispute, "resolve"), {"outcome": "loss_accepted", "fault": "carrier"}
    )

    assert "Loss accepted" in page.content.decode()
    assert "Full refund" not in page.content.decode()
    assert "the loss is ours" in shown.content.decode()
    answers = {"outcome": "loss_accepted", "fault": "carrier", "note": "Lost on the way."}
    seal = sealed(decide(client, dispute, "resolve", **answers))
    decide(client, dispute, "resolve", **answers, previewed=seal)
    dispute.refresh_from_db()
    assert dispute.outcome == "loss_accepted"


def test_the_page_says_what_was_bought_and_who_does_what_next_as_it_concerns_the_reader(client):
    dispute = an_open_dispute()
    line = dispute.seller_order.lines.first()
    address = reverse("admin:disputes_dispute_change", args=[dispute.pk])
    queue = reverse("admin:backoffice_disputequeue_changelist")

    def read(role: str, **changes: str) -> str:
        Dispute.objects.filter(pk=dispute.pk).update(**changes)
        signed_in(client, role)
        return client.get(address).content.decode()

    page = read("support", turn="seller")
    assert f"{line.quantity} × {line.title}" in page
    assert "a silent seller loses the word" in page
    assert "You may decide before" not in page
    # Who may not open the queue is not sent there.
    assert f'href="{queue}"' not in page
    page = read("operations_lead", turn="buyer")
    assert "a silent buyer loses the case" in page
    assert "You may decide before" in page
    assert f'href="{queue}"' in page
    assert "it is decided by: Operations lead." in read("operations_agent", turn="staff")
    assert "choose an outcome" in read("operations_lead", turn="staff")
