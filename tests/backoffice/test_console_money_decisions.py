"""Decisions about orders, disputes, money, people and work that failed, taken on the console's pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.models import User
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.listings.models import Listing
from marketplace.notifications.commands import sync_templates
from marketplace.notifications.models import MessageTemplate
from marketplace.orders.models import Order, SellerOrder, Shipment
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.payouts.models import Earning, Payout, PayoutBatch
from marketplace.payouts.states import BatchStatus, EarningStatus, PayoutStatus
from marketplace.reconciliation.models import ReconciliationException, Statement
from marketplace.reconciliation.states import ExceptionStatus, Resolution
from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus
from tests.backoffice.console_pages import decide, do, said, signed_in
from tests.factories.accounts import PASSWORD, a_staff_member
from tests.factories.console import a_world
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order, an_order
from tests.factories.payouts import an_approved_payout
from tests.factories.sellers import a_seller
from tests.factories.system import a_dead_letter

pytestmark = pytest.mark.django_db


# --- Orders ---


def test_an_order_is_cancelled_with_a_reason_and_its_stock_comes_back(client):
    listing = a_listing(on_hand=3)
    order = an_order(listing, quantity=2)
    signed_in(client, "operations_lead")

    assert decide(client, order, "cancel", reason="").status_code == 422
    assert Listing.objects.get().reserved == 2
    decide(client, order, "cancel", reason="The buyer called.")

    assert Order.objects.get().status == OrderStatus.CANCELLED
    assert Listing.objects.get().reserved == 0


def test_an_agent_marks_shipped_and_delivered_but_may_not_cancel(client):
    part = a_paid_order().seller_orders.get()
    signed_in(client, "operations_agent")

    assert decide(client, part, "cancel", reason="x").status_code == 403
    assert decide(client, part, "ship", carrier="").status_code == 422
    decide(client, part, "ship", carrier="Bus cargo", tracking="BC-7")
    decide(client, part, "deliver")

    assert SellerOrder.objects.get().status == SellerOrderStatus.DELIVERED
    assert Shipment.objects.get().tracking == "BC-7"


def test_a_step_that_is_over_is_refused_with_a_message(client):
    part = a_delivered_part()
    signed_in(client, "operations_agent")

    response = decide(client, part, "ship", carrier="Bus cargo")

    assert "Delivered" in said(response)
    assert Shipment.objects.get().carrier == "Bodaboda"


def test_a_person_comes_back_to_the_page_on_which_they_pressed_the_button_and_to_no_foreign_one(
    client,
):
    order = a_paid_order()
    part = order.seller_orders.get()
    signed_in(client, "operations_agent")

    ours = decide(client, part, "confirm", next=f"/console/orders/order/{order.pk}/change/")
    foreign = decide(client, part, "ship", carrier="Bus", next="https://evil.example/")

    assert ours["Location"] == f"/console/orders/order/{order.pk}/change/"
    assert foreign["Location"].startswith("/console/orders/sellerorder/")


# --- Refunds and payouts ---


def test_finance_sends_a_failed_refund_again(client):
    refund = a_world().refund
    signed_in(client, "finance")

    decide(client, refund, "retry")

    assert Refund.objects.get().status == RefundStatus.REQUESTED


def test_a_batch_needs_four_eyes(client):
    batch = a_world().batch
    author = User.objects.get(pk=batch.created_by_id)
    author.groups.add(author.groups.model.objects.get(name="finance"))
    client.force_login(author)

    refused = decide(client, batch, "approve")
    assert refused.status_code == 302
    assert PayoutBatch.objects.get().status == BatchStatus.AWAITING_APPROVAL
    assert said(refused)

    signed_in(client, "finance")
    decide(client, batch, "approve")
    batch.refresh_from_db()
    assert batch.status != BatchStatus.AWAITING_APPROVAL


def test_a_batch_is_rejected_with_a_reason(client):
    batch = a_world().batch
    signed_in(client, "finance")

    assert decide(client, batch, "reject", reason="").status_code == 422
    decide(client, batch, "reject", reason="Wrong week.")

    batch.refresh_from_db()
    assert (batch.status, batch.decision_reason) == (BatchStatus.REJECTED, "Wrong week.")


def test_preparing_a_batch_where_nothing_is_owed_says_so(client):
    signed_in(client, "finance")

    response = do(client, "payouts.payoutbatch", "prepare")

    assert not PayoutBatch.objects.exists()
    assert said(response)


@pytest.mark.parametrize(
    ("decision", "answers", "becomes"),
    [
        ("not_paid", {"reason": "Vodacom never had it."}, PayoutStatus.FAILED),
        ("paid", {"receipt": "8FD5H2K1LM", "reason": "In the statement."}, PayoutStatus.PAID),
    ],
)
def test_a_payout_that_nobody_knows_of_is_settled_by_another_person(
    client, decision, answers, becomes
):
    payout = an_approved_payout()
    Payout.objects.update(status=PayoutStatus.UNKNOWN, sent_at=clock.now() - timedelta(days=2))
    approver = payout.batch.decided_by
    approver.groups.add(approver.groups.model.objects.get(name="finance"))
    client.force_login(approver)
    assert said(decide(client, payout, decision, **answers))
    assert Payout.objects.get().status == PayoutStatus.UNKNOWN

    signed_in(client, "finance")
    decide(client, payout, decision, **answers)

    assert Payout.objects.get().status == becomes


def test_an_earning_is_held_with_a_reason_and_let_go(client):
    a_delivered_part()
    earning = Earning.objects.get()
    signed_in(client, "finance")

    assert decide(client, earning, "hold", reason="").status_code == 422
    decide(client, earning, "hold", reason="The bank asks.")
    assert Earning.objects.get().status == EarningStatus.ON_HOLD
    decide(client, earning, "unhold", reason="The bank is content.")
    assert Earning.objects.get().status != EarningStatus.ON_HOLD


# --- Reconciliation ---


def test_a_statement_is_uploaded_once(client):
    signed_in(client, "finance")

    def upload():
        file = SimpleUploadedFile("week.csv", b"Receipt No.,Completion Time\n")
        return do(client, "reconciliation.statement", "upload", provider="mpesa", file=file)

    assert upload().status_code == 302
    again = upload()

    statement = Statement.objects.get()
    assert statement.original_name == "week.csv"
    assert again.status_code == 422
    assert statement.reference in again.content.decode()


def test_an_exception_is_resolved_with_a_resolution_that_fits_and_a_reason(client):
    exception = a_world().exception
    signed_in(client, "finance")
    fitting = {"resolution": Resolution.TO_SUSPENSE.value}

    assert decide(client, exception, "resolve", **fitting, reason="").status_code == 422
    assert (
        decide(client, exception, "resolve", resolution="nonsense", reason="x").status_code == 422
    )
    decide(client, exception, "resolve", **fitting, reason="Nobody knows the payer yet.")

    exception = ReconciliationException.objects.get()
    assert exception.status == ExceptionStatus.RESOLVED
    assert exception.reason == "Nobody knows the payer yet."


def test_finance_sets_a_commission_and_ends_it_but_not_in_the_past(client):
    seller = a_seller()
    signed_in(client, "finance")
    tomorrow = clock.today() + timedelta(days=1)
    answers = {
        "label": "Launch",
        "position": 3,
        "category": "",
        "seller_reference": seller.reference.lower(),
        "rate": "7.5",
        "valid_from": tomorrow.isoformat(),
        "valid_until": "",
    }

    past = do(client, "fees.commissionrule", "add", **answers | {"valid_from": "2020-01-01"})
    nobody = do(client, "fees.commissionrule", "add", **answers | {"seller_reference": "SEL-X"})
    do(client, "fees.commissionrule", "add", **answers)

    assert (past.status_code, nobody.status_code) == (422, 422)
    rule = CommissionRule.objects.get()
    assert (rule.rate_bp, rule.seller_id) == (750, seller.pk)
    decide(client, rule, "end", valid_until=(tomorrow + timedelta(days=9)).isoformat())
    rule.refresh_from_db()
    assert rule.valid_until == tomorrow + timedelta(days=9)


def test_finance_sets_the_vat_rate_from_a_day_on(client):
    the_terms()
    signed_in(client, "finance")
    day = (clock.today() + timedelta(days=30)).isoformat()

    do(client, "fees.vatrate", "add", rate="16", valid_from=day)

    assert VatRate.objects.get(valid_until=None).rate_bp == 1_600


# --- People, words, work that failed ---


def test_a_colleague_is_added_with_a_role_or_not_at_all(client):
    signed_in(client, "administrator")
    answers = {
        "name": "Rehema",
        "email": "rehema@zetutech.test",
        "language": "sw",
        "reason": "She begins on Monday",
    }

    do(client, "accounts.user", "add", **answers, roles=[])
    assert not User.objects.filter(email="rehema@zetutech.test").exists()
    do(client, "accounts.user", "add", **answers, roles=["support"])

    rehema = User.objects.get(email="rehema@zetutech.test")
    assert not rehema.is_staff
    assert not rehema.has_usable_password()
    signed_in(client, "administrator")
    decide(client, rehema.role_requests.get(), "approve")
    rehema.refresh_from_db()
    assert rehema.is_staff


def test_words_are_edited_but_not_without_what_must_be_filled_in(client):
    sync_templates()
    template = MessageTemplate.objects.filter(channel="sms", language="en").first()
    signed_in(client, "operations_lead")

    decide(client, template, "edit", subject="", body="No placeholder, {nonsense}.")
    before = template.body
    template.refresh_from_db()
    assert template.body == before
    decide(client, template, "edit", subject="", body=f"{before} Asante!")

    template.refresh_from_db()
    assert template.body.endswith("Asante!")


def test_a_dead_letter_is_tried_again_or_discarded_with_a_reason(client):
    first, second = a_dead_letter(), a_dead_letter()
    me = signed_in(client, "operations_lead")

    decide(client, first, "retry")
    assert decide(client, second, "discard", reason="").status_code == 422
    decide(client, second, "discard", reason="The order was deleted in the trial.")

    assert Delivery.objects.get(pk=first.pk).status == DeliveryStatus.PENDING
    second = Delivery.objects.get(pk=second.pk)
    assert second.status == DeliveryStatus.DISCARDED
    assert second.closing_reason == f"{me.name}: The order was deleted in the trial."


def test_a_new_password_ends_the_sessions_at_the_api_and_keeps_this_one(client):
    me = signed_in(client, "support")
    new = "Safari-njema-2026"

    response = client.post(
        "/console/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response.status_code == 302
    version = me.session_version
    me.refresh_from_db()
    assert me.check_password(new)
    assert me.session_version == version + 1
    assert client.get("/console/").status_code == 200


def test_the_door_closes_after_too_many_wrong_passwords(client):
    colleague = a_staff_member("support")
    for _attempt in range(10):
        client.post("/console/login/", {"username": colleague.email, "password": "wrong"})

    right = client.post("/console/login/", {"username": colleague.email, "password": PASSWORD})

    assert right.status_code == 200
    assert client.get("/console/").status_code == 302
