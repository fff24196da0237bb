"""What the reports about money say of a small world, and that each ties to the ledger.

The world is real: orders paid, refunded and paid out through the provider's own protocol, and its
own statement of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from fixtures.simulators.core.entries import History
from marketplace.billing.commands import issue_due
from marketplace.billing.models import CommissionLine, Document
from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.orders.commands import deliver_seller_order, expire_due_orders, ship_seller_order
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order
from marketplace.payments.commands.attempts import enquire_attempt
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import approve_batch, prepare_batch, release_due, return_payout
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.reconciliation.models import ReconciliationException
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor
from reports.errors import ParameterInvalid
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.billing import an_invoice
from tests.factories.ledger import a_fact
from tests.factories.orders import an_attempt, an_order
from tests.factories.sellers import seller_actor
from tests.marketplace.reconciliation.test_with_the_provider import a_payment_through, imported
from tests.reports.files import minor, summary, table
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db

TODAY: dict[str, Any] = {"period": "today"}
ORDER_MINOR = 55_000_00
SWEPT_MINOR = 10_000_00
REFUND_MINOR = 5_000_00
TIED = [
    ("reconciliation", {"provider": "mpesa", **TODAY}),
    ("settlement", TODAY),
    ("cash_bridge", TODAY),
    ("commission", TODAY),
    ("general_ledger", TODAY),
    ("trial_balance", {"day": "today"}),
    ("sales", TODAY),
    ("refunds", TODAY),
    ("payouts", TODAY),
    ("seller_balances", {"day": "today"}),
]


@dataclass
class World:
    """One order paid out, one refunded in part, one that nobody pays, one that expired."""

    paid_out: SellerOrder
    refunded: SellerOrder
    refund: Refund
    payout: Payout


@pytest.fixture
def world(mpesa) -> Iterator[World]:
    # At noon, so that a day's edge is not near.
    with time_machine.travel(clock.midnight(clock.today()) + timedelta(hours=12)):
        yield _a_world(mpesa)


def _a_world(mpesa) -> World:
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        an_order()
    expire_due_orders()
    an_order()
    paid_out = a_payment_through(mpesa, "123").intent.order.seller_orders.get()
    refunded = a_payment_through(mpesa, "924").intent.order.seller_orders.get()
    refund_seller_order(
        seller_order_id=refunded.pk, amount_minor=REFUND_MINOR, reason=RefundReason.DISPUTE,
        cause="test", actor=SYSTEM,
    )  # fmt: skip
    actor = seller_actor(paid_out.seller_id)
    ship_seller_order(seller_order_id=paid_out.pk, carrier="Bus", tracking="", actor=actor)
    buyer = Actor.buyer(paid_out.order.buyer_id)
    deliver_seller_order(seller_order_id=paid_out.pk, actor=buyer)
    deliver_all()
    mpesa.settle()  # Before the clock is moved, which is the provider's, too.
    with time_machine.travel(clock.now() + timedelta(days=30)):
        release_due()
    batch = prepare_batch(actor=staff_actor(), seller_ids=[paid_out.seller_id])
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    deliver_all()
    mpesa.settle()
    mpesa.book.load([History(kind="sweep", amount_minor=SWEPT_MINOR, at=clock.now())])
    imported(mpesa)
    assert broken_invariants() == []
    assert (
        list(ReconciliationException.objects.values("kind", "line__receipt", "line__amount_minor"))
        == []
    )
    return World(paid_out, refunded, Refund.objects.get(), batch.payouts.get())


def test_each_ends_with_the_verdict_that_it_ties_to_the_ledger(world, tmp_path):
    ends = {code: list(summary(code, raw, tmp_path).items()) for code, raw in TIED}

    assert {code for code, figures in ends.items() if len(figures) < 3} == set()
    assert {code: figures[-1] for code, figures in ends.items()} == dict.fromkeys(
        ends, ("Ties to the ledger", "Yes")
    )


def test_a_posting_that_belongs_to_nothing_is_shown_as_what_it_is(world, tmp_path):
    for account in (chart.COMMISSION_REVENUE, "provider_clearing:mpesa"):
        lines = [Line(account, 1_00, "ODD"), Line(chart.SUSPENSE, -1_00, "ODD")]
        post(event=a_fact(), memo="odd", lines=lines)

    (day,) = table("settlement", TODAY, tmp_path)
    odd = table("commission", TODAY, tmp_path)[0]
    steps = {row["Step"]: row["Amount (TZS)"] for row in table("cash_bridge", TODAY, tmp_path)}

    assert day["Corrections (TZS)"] == "1.00"
    assert (odd["Seller"], odd["Given back (TZS)"]) == ("", "-1.00")
    assert steps["Corrections by reconciliation, and other"] == "1.00"


def test_the_settlement_goes_from_opening_to_closing_by_what_moved(world, tmp_path):
    (day,) = table("settlement", TODAY, tmp_path)

    assert day["Provider"] == "M-Pesa"
    assert minor(day["Opening (TZS)"]) == 0
    assert minor(day["Gross (TZS)"]) == 2 * ORDER_MINOR
    assert minor(day["Refunds (TZS)"]) == -REFUND_MINOR
    assert minor(day["Payouts (TZS)"]) == -world.payout.amount_minor
    assert minor(day["Charges (TZS)"]) == -balance(account=chart.PROVIDER_FEES) < 0
    assert minor(day["To and from the bank (TZS)"]) == -SWEPT_MINOR
    assert minor(day["Closing (TZS)"]) == balance(account="provider_clearing:mpesa")
    assert table("settlement", {"period": "yesterday"}, tmp_path) == []


def test_the_bridge_leads_from_orders_to_the_cash_in_the_wallets(world, tmp_path):
    steps = {row["Step"]: row for row in table("cash_bridge", TODAY, tmp_path)}
    amounts = {name: minor(row["Amount (TZS)"]) for name, row in steps.items()}

    assert amounts["Orders placed in the period"] == 4 * ORDER_MINOR
    assert amounts["Waiting for their payment"] == -ORDER_MINOR
    assert amounts["Expired without payment"] == -ORDER_MINOR
    assert amounts["Refunds paid back"] == -REFUND_MINOR
    assert amounts["Payouts to sellers"] == -world.payout.amount_minor
    assert minor(steps["Orders paid in the period"]["Subtotal (TZS)"]) == 2 * ORDER_MINOR
    end = steps["In the wallets at its end"]
    assert minor(end["Subtotal (TZS)"]) == balance(account="provider_clearing:mpesa")
    assert {row["Difference (TZS)"] for row in steps.values()} == {"", "0.00"}


def test_commission_is_shown_by_seller_and_rule_with_what_refunds_took_back(world, tmp_path):
    rows = table("commission", TODAY, tmp_path)

    by_seller = {row["Seller"]: row for row in rows}
    paid_out = by_seller[world.paid_out.seller.reference]
    refunded = by_seller[world.refunded.seller.reference]
    part = world.refund.parts.get()
    assert minor(paid_out["Commission (TZS)"]) == world.paid_out.commission_minor > 0
    assert minor(paid_out["VAT net (TZS)"]) == world.paid_out.commission_vat_minor
    assert minor(refunded["Given back (TZS)"]) == -part.commission_minor < 0
    assert minor(refunded["VAT given back (TZS)"]) == -part.commission_vat_minor
    assert paid_out["Rule"] == world.paid_out.lines.get().commission_rule
    net = sum(minor(row["Commission net (TZS)"]) for row in rows)
    assert net == -balance(account=chart.COMMISSION_REVENUE)


def test_commission_ties_to_what_is_billed_and_to_the_documents_of_it(world, tmp_path):
    before = summary("commission", TODAY, tmp_path)
    assert before["Commission: billed"] == "0.00"
    with time_machine.travel(clock.now() + timedelta(days=40)):
        issue_due()

    told = summary("commission", TODAY, tmp_path)

    booked = -balance(account=chart.COMMISSION_REVENUE)
    assert minor(before["Commission: to be billed"]) == booked > 0
    assert minor(told["Commission: billed"]) == minor(told["Commission, by billing"]) == booked
    assert minor(told["VAT on commission: billed"]) == -balance(account=chart.VAT_PAYABLE)
    (issued,) = (value for label, value in told.items() if label.endswith("as issued"))
    assert minor(issued) == -balance(account=chart.COMMISSION_REVENUE) - balance(
        account=chart.VAT_PAYABLE
    )
    verdicts = ("Ties to billing", "Documents are their lines", "Ties to the ledger")
    assert {told[verdict] for verdict in verdicts} == {"Yes"}


def test_commission_that_is_not_collected_yet_is_on_its_way_to_billing(world, mpesa, tmp_path):
    attempt = an_attempt(an_order(), msisdn=mpesa.number("123"))
    deliver_all()
    mpesa.settle()
    enquire_attempt(attempt_id=attempt.pk)

    told = summary("commission", TODAY, tmp_path)

    part = attempt.intent.order.seller_orders.get()
    on_its_way = minor(told["Commission: booked, not collected yet"])
    assert on_its_way == part.commission_minor > 0
    assert told["Ties to billing"] == "Yes"


def test_commission_that_billing_has_twice_is_the_difference(world, tmp_path):
    line = CommissionLine.objects.get(seller_order=world.paid_out)
    line.pk, line.cause = None, "twice"
    line.save(force_insert=True)

    told = summary("commission", TODAY, tmp_path)

    twice = format_minor(-line.commission_minor - line.vat_minor)
    assert told["Ties to billing"] == f"No, difference {twice}"
    assert told["Ties to the ledger"] == "Yes"


def test_a_document_that_does_not_say_what_its_lines_say_is_the_difference(world, tmp_path):
    an_invoice(world.paid_out.seller, number=7)
    CommissionLine.objects.filter(seller_order=world.paid_out).update(
        document=Document.objects.get()
    )

    assert summary("commission", TODAY, tmp_path)["Documents are their lines"].startswith("No, ")


def test_what_a_refund_takes_back_is_shared_out_over_the_rules_to_the_cent(world, tmp_path):
    first = world.refunded.lines.get()
    terms = {
        "unit_price_minor": 1_00, "total_minor": 1_00, "vat_bp": 0, "vat_minor": 0,
        "commission_bp": 0, "commission_vat_bp": 0,
    }  # fmt: skip
    third = first.commission_minor // 3
    for number in (1, 2):
        type(first).objects.create(
            seller_order=world.refunded, listing=an_order().seller_orders.get().lines.get().listing,
            title="x", sku="x", quantity=1, commission_minor=third,
            commission_vat_minor=first.commission_vat_minor // 3,
            commission_rule=f"Rule {number}", **terms,
        )  # fmt: skip
    type(first).objects.filter(pk=first.pk).update(
        commission_minor=first.commission_minor - 2 * third,
        commission_vat_minor=first.commission_vat_minor - 2 * (first.commission_vat_minor // 3),
    )

    rows = table("commission", {**TODAY, "seller": world.refunded.seller.reference}, tmp_path)

    part = world.refund.parts.get()
    assert len(rows) == 3
    assert sum(minor(row["Given back (TZS)"]) for row in rows) == -part.commission_minor
    assert sum(minor(row["VAT given back (TZS)"]) for row in rows) == -part.commission_vat_minor
    assert summary("commission", TODAY, tmp_path)["Ties to the ledger"] == "Yes"


def test_refunds_are_listed_with_their_reason_and_how_long_they_took(world, tmp_path):
    (row,) = table("refunds", TODAY, tmp_path)

    assert (row["Refund"], row["Order"]) == (
        world.refund.reference,
        world.refunded.order.reference,
    )
    assert (row["State"], row["Reason"]) == ("Succeeded", "Dispute resolved for the buyer")
    assert (minor(row["Amount (TZS)"]), row["Minutes to pay"]) == (REFUND_MINOR, "0")
    figures = summary("refunds", TODAY, tmp_path)
    assert figures["Dispute resolved for the buyer, M-Pesa, Succeeded (1)"] == "5000.00"
    assert table("refunds", {**TODAY, "status": "failed"}, tmp_path) == []


def test_a_refund_that_the_ledger_does_not_know_is_the_difference(world, tmp_path):
    Refund.objects.update(amount_minor=REFUND_MINOR + 100)

    assert summary("refunds", TODAY, tmp_path)["Ties to the ledger"] == "No, difference TZS 1"


def test_payouts_are_listed_by_batch_with_their_state(world, tmp_path):
    (row,) = table("payouts", {**TODAY, "seller": world.paid_out.seller.reference}, tmp_path)

    assert (row["Batch"], row["Payout"]) == (world.payout.batch.reference, world.payout.reference)
    assert (row["State"], row["Provider"]) == ("Paid", "M-Pesa")
    assert minor(row["Amount (TZS)"]) == world.paid_out.net_minor
    assert table("payouts", {**TODAY, "seller": "SEL-NOBODY"}, tmp_path) == []


def test_a_payout_that_came_back_is_told_in_every_report_that_it_moves(world, tmp_path):
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        return_payout(payout_id=world.payout.pk, reason="No such wallet", actor=staff_actor())

    (row,) = table("payouts", TODAY, tmp_path)
    steps = {row["Step"]: row for row in table("cash_bridge", TODAY, tmp_path)}
    (day,) = table("settlement", TODAY, tmp_path)
    proof = summary("reconciliation", {"provider": "mpesa", **TODAY}, tmp_path)

    sent = world.payout.amount_minor
    assert row["State"] == "Returned"
    assert minor(steps["Payouts to sellers"]["Amount (TZS)"]) == -sent
    assert minor(steps["Payouts that came back"]["Amount (TZS)"]) == sent
    end = steps["In the wallets at its end"]
    assert minor(end["Subtotal (TZS)"]) == balance(account="provider_clearing:mpesa")
    assert {row["Difference (TZS)"] for row in steps.values()} == {"", "0.00"}
    assert minor(day["Payouts (TZS)"]) == 0
    assert minor(proof["Payout that came back: our books"]) == sent
    # The statement was made before it came back.
    assert minor(proof["Not covered by a statement yet (1)"]) == -sent
    assert proof["Not explained"] == "0.00"
    for code in ("payouts", "cash_bridge", "settlement"):
        assert summary(code, TODAY, tmp_path)["Ties to the ledger"] == "Yes"
    assert summary("payouts", TODAY, tmp_path)["Came back, by the ledger"] == f"{sent / 100:.2f}"
    assert broken_invariants() == []


def test_the_general_ledger_runs_from_the_opening_to_the_closing_balance(world, tmp_path):
    raw = {**TODAY, "account": "provider_clearing"}

    rows = table("general_ledger", raw, tmp_path)

    assert (rows[0]["Memo"], rows[-1]["Memo"]) == ("Opening balance", "Closing balance")
    running = 0
    for row in rows[1:-1]:
        running += minor(row["Debit (TZS)"]) - minor(row["Credit (TZS)"])
        assert minor(row["Balance (TZS)"]) == running
    assert minor(rows[-1]["Balance (TZS)"]) == running == balance(account="provider_clearing:mpesa")
    assert table("general_ledger", {**raw, "period": "yesterday"}, tmp_path) == []


def test_a_sellers_statement_runs_from_the_opening_to_what_we_owe_at_the_end(world, tmp_path):
    seller = world.refunded.seller.reference
    raw = {**TODAY, "seller": seller}

    rows = table("seller_statement", raw, tmp_path)

    said = [row["Memo"] for row in rows]
    assert (said[0], said[-1]) == ("Opening balance", "Closing balance")
    assert [one for one in said if one.endswith(": Dispute resolved for the buyer")]
    assert len(rows) > 3
    running = 0
    for row in rows[1:-1]:
        running += minor(row["In (TZS)"]) - minor(row["Out (TZS)"])
        assert minor(row["Balance (TZS)"]) == running
    families = (chart.seller_pending, chart.seller_available, chart.seller_on_hold)
    owed = -sum(balance(account=family(seller)) for family in families)
    assert minor(rows[-1]["Balance (TZS)"]) == running == owed > 0
    assert list(summary("seller_statement", raw, tmp_path).items())[-1] == (
        "Ties to the ledger", "Yes",
    )  # fmt: skip


def test_a_statement_of_nobody_is_refused(tmp_path):
    with pytest.raises(ParameterInvalid):
        table("seller_statement", {**TODAY, "seller": "SEL-NOBODY"}, tmp_path)


def test_the_audit_extract_tells_who_did_what_with_before_and_after(world, tmp_path):
    batch = PayoutBatch.objects.get(pk=world.payout.batch_id)

    rows = table("audit_extract", {**TODAY, "aggregate": "batch", "about": str(batch.pk)}, tmp_path)

    assert [row["Event"] for row in rows] == [
        "payouts.batch_prepared.v1", "payouts.batch_approved.v1", "payouts.batch_completed.v1",
    ]  # fmt: skip
    assert rows[1]["Id of the actor"] == str(batch.decided_by_id)
    assert '"approved"' in rows[1]["After"]
    of_the_approver = table("audit_extract", {**TODAY, "actor": str(batch.decided_by_id)}, tmp_path)
    assert {row["Id of the actor"] for row in of_the_approver} == {str(batch.decided_by_id)}


def test_exceptions_are_counted_by_their_age_as_of_any_day(tmp_path):
    now = clock.midnight(clock.today()) - timedelta(seconds=1)
    for days in (0, 2, 3, 7, 8, 30, 31, 90):
        ReconciliationException.objects.create(
            provider="mpesa", kind="missing_in_books", actual_minor=1_00, explanation="",
            happened_at=now, opened_at=now - timedelta(days=days), target_reference=f"X{days}",
        )  # fmt: skip
    resolved = ReconciliationException.objects.get(target_reference="X90")
    ReconciliationException.objects.filter(pk=resolved.pk).update(
        status="resolved", resolution="no_action", reason="x", resolved_at=clock.now()
    )

    (row,) = table("exception_ageing", {"day": "yesterday"}, tmp_path)

    assert row["Kind"] == "Missing in our books"
    ages = [row[name] for name in ("0–2 days", "3–7 days", "8–30 days", "Over 30 days", "All")]
    assert ages == ["2", "2", "2", "2", "8"]
    assert row["In amounts (TZS)"] == "8.00"
    (today,) = table("exception_ageing", {"day": "today"}, tmp_path)
    assert today["All"] == "7"
