"""Appeals in the console: another person looks, sees what it does, and a third one agrees where it costs much."""

import pytest
from django.urls import reverse

from backoffice import waiting
from marketplace.disputes.commands import appeal_dispute, resolve_dispute
from marketplace.disputes.models import Appeal, Dispute
from marketplace.payments.models import Refund
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor
from tests.backoffice.console_pages import decide, list_address, said, sealed, signed_in
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.disputes import an_open_dispute

pytestmark = pytest.mark.django_db
FULL = {"outcome": "refund_full", "fault": "seller", "note": "The video shows it."}
QUERIES_MAX = 15


@pytest.fixture
def decider():
    return a_staff_member("operations_lead")


@pytest.fixture
def appealed(decider) -> Dispute:
    dispute = an_open_dispute()
    resolve_dispute(
        dispute_id=dispute.pk,
        outcome="declined",
        fault="buyer",
        note="Nothing shown.",
        actor=staff_actor(decider),
    )
    buyer = Actor.buyer(dispute.buyer_id, dispute.buyer.name)
    appeal_dispute(dispute_id=dispute.pk, reason="Look at my video again.", actor=buyer)
    return Dispute.objects.get(pk=dispute.pk)


def page_of(client, dispute: Dispute) -> str:
    address = reverse("admin:disputes_dispute_change", args=[dispute.pk])
    return client.get(address).content.decode()


def test_an_appeal_waits_in_the_queue_with_its_mark_and_is_not_for_who_decided(
    client, appealed, decider
):
    client.force_login(decider)

    queue = client.get(list_address("backoffice.disputequeue")).content.decode()
    page = page_of(client, appealed)
    refused = decide(client, appealed, "take")

    assert appealed.reference in queue
    assert "appeal" in queue
    assert "Somebody else looks at the appeal" in page
    assert "Look at my video again." in page
    assert "Decide the appeal" not in page
    assert "Somebody else looks" in said(refused)
    appealed.refresh_from_db()
    assert appealed.assignee_id is None


def test_another_colleague_sees_in_shillings_what_a_change_does_and_books_just_that(
    client, appealed, django_assert_max_num_queries
):
    signed_in(client, "operations_lead")
    page_of(client, appealed)
    with django_assert_max_num_queries(QUERIES_MAX):
        assert "Decide the appeal" in page_of(client, appealed)

    shown = decide(client, appealed, "decide_appeal", **FULL)
    assert shown.status_code == 409
    assert format_minor(appealed.seller_order.gross_minor) in shown.content.decode()
    assert not Refund.objects.exists()
    decide(client, appealed, "decide_appeal", **FULL, previewed=sealed(shown))

    appealed.refresh_from_db()
    assert (appealed.status, appealed.outcome) == ("resolved", "refund_full")
    assert Refund.objects.get().amount_minor == appealed.seller_order.gross_minor
    assert "Decision changed" in page_of(client, appealed)


def test_it_is_upheld_with_a_note_and_without_a_fault(client, appealed):
    signed_in(client, "operations_lead")

    without = decide(client, appealed, "decide_appeal", outcome="uphold", note="")
    decide(client, appealed, "decide_appeal", outcome="uphold", note="It stands.")

    assert without.status_code == 422
    assert Appeal.objects.get().status == "upheld"
    assert not Refund.objects.exists()


def test_a_costly_change_is_agreed_to_by_a_third_person_and_not_by_who_made_it(
    client, appealed, settings
):
    settings.REFUND_APPROVAL_MINOR = 100
    signed_in(client, "operations_lead")
    seal = sealed(decide(client, appealed, "decide_appeal", **FULL))
    decide(client, appealed, "decide_appeal", **FULL, previewed=seal)

    page = page_of(client, appealed)
    own = decide(client, appealed, "approve")
    assert waiting.disputes().filter(pk=appealed.pk).exists()
    assert "a colleague has to agree" in page
    assert "cannot decide about it" in said(own)
    assert not Refund.objects.exists()

    signed_in(client, "administrator")
    assert "Agree" in page_of(client, appealed)
    decide(client, appealed, "approve")

    appealed.refresh_from_db()
    assert appealed.status == "resolved"
    assert Refund.objects.get().status == "requested"
    assert not waiting.disputes().exists()


def test_who_does_not_agree_says_why_and_it_is_decided_anew(client, appealed, settings):
    settings.REFUND_APPROVAL_MINOR = 100
    signed_in(client, "operations_lead")
    seal = sealed(decide(client, appealed, "decide_appeal", **FULL))
    decide(client, appealed, "decide_appeal", **FULL, previewed=seal)
    signed_in(client, "administrator")

    assert decide(client, appealed, "reject", reason="").status_code == 422
    decide(client, appealed, "reject", reason="The serial number differs.")

    appealed.refresh_from_db()
    assert appealed.status == "appealed"
    assert "The serial number differs." in page_of(client, appealed)


def test_a_finance_officer_neither_sees_nor_decides_an_appeal(client, appealed):
    signed_in(client, "finance")

    assert decide(client, appealed, "decide_appeal", **FULL).status_code == 403
    assert Appeal.objects.get().status == "open"
