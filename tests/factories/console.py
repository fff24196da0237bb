"""One of everything that the console shows, written straight to the tables: its pages read, and do not mind how."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from marketplace.accounts.models import User
from marketplace.closing.models import Close, Period, Reopening
from marketplace.disputes.models import Dispute, DisputeMessage, Evidence
from marketplace.ledger.commands import Line, post
from marketplace.listings.models import ImportBatch, ImportRowError, Listing
from marketplace.notifications.models import Message
from marketplace.orders.models import Order, OrderLine, SellerOrder, Shipment, ShippingRate
from marketplace.payments.models import (
    Attempt,
    InboxMessage,
    Intent,
    PaymentIssue,
    Refund,
    RefundPart,
)
from marketplace.payments.states import IssueKind
from marketplace.payouts.models import Earning, Payout, PayoutBatch, PayoutLine, TopUp
from marketplace.reconciliation.models import (
    ReconciliationException,
    Statement,
    StatementLine,
    Suggestion,
)
from marketplace.reviews.models import Review
from marketplace.sellers.models import Application, Seller
from marketplace.shared import clock
from marketplace.shared.models import Delivery
from marketplace.shared.months import month_after, month_of
from reports.models import ReportRun, ReportSchedule, RunStatus
from tests.factories.accounts import a_buyer, a_role_request, a_staff_member, an_address
from tests.factories.billing import an_invoice
from tests.factories.catalog import a_category, a_product
from tests.factories.fees import the_terms
from tests.factories.forwarding import an_answered_batch
from tests.factories.ledger import a_fact
from tests.factories.messages import a_message
from tests.factories.payouts import a_terms_request
from tests.factories.privacy import a_sight_that_is_over
from tests.factories.reconciled import its_statement, its_suggestion
from tests.factories.reviews import its_review
from tests.factories.rules import a_rule_request
from tests.factories.sellers import a_seller, a_standing_request, a_submitted_application
from tests.factories.system import a_dead_letter

PRICE_MINOR = 45_000_000
SHIPPING_MINOR = 500_000
COMMISSION_MINOR = 4_500_000
COMMISSION_VAT_MINOR = 810_000
_numbers = count(1)


@dataclass(slots=True)
class World:
    """What stands on the pages; each of these is linked to the others as in life."""

    buyer: User
    seller: Seller
    application: Application
    listing: Listing
    order: Order
    seller_order: SellerOrder
    attempt: Attempt
    refund: Refund
    earning: Earning
    batch: PayoutBatch
    payout: Payout
    statement: Statement
    line: StatementLine
    exception: ReconciliationException
    suggestion: Suggestion
    dispute: Dispute
    review: Review
    message: Message
    run: ReportRun
    schedule: ReportSchedule
    dead_letter: Delivery
    batch_of_listings: ImportBatch


def a_world() -> World:
    """A paid order on its way, with everything that can hang on one."""
    now, number = clock.now(), next(_numbers)
    the_terms()
    buyer, seller = a_known_buyer(), a_seller()
    ShippingRate.objects.get_or_create(region="Dar es Salaam", defaults={"fee_minor": 500_000})
    listing = a_listing_in_moderation(seller, number)
    order = a_paid_order(buyer)
    seller_order = its_seller_order(order, seller, listing)
    attempt, refund = its_payment(order, seller_order, number)
    earning, batch, payout = its_payout(seller_order, number)
    PaymentIssue.objects.create(
        kind=IssueKind.values[0], provider="mpesa", attempt=attempt, opened_at=now
    )
    TopUp.objects.create(
        provider="mpesa",
        amount_minor=PRICE_MINOR,
        bank_reference=f"BANK{number}",
        reason="Payouts of Monday",
        requested_by=a_staff_member(),
        requested_at=now,
    )
    an_invoice(seller, number)
    a_month(now)
    an_answered_batch()
    _what_two_people_decide()
    statement, line, exception = its_statement(attempt, number)
    return World(
        buyer=buyer,
        seller=seller,
        application=a_submitted_application(),
        listing=listing,
        order=order,
        seller_order=seller_order,
        attempt=attempt,
        refund=refund,
        earning=earning,
        batch=batch,
        payout=payout,
        statement=statement,
        line=line,
        exception=exception,
        suggestion=its_suggestion(line, attempt, number),
        dispute=its_dispute(seller_order, buyer),
        review=its_review(seller_order, buyer),
        message=a_message(buyer, order),
        run=ReportRun.objects.create(
            report="sales",
            parameters={"from": "2026-01-01"},
            format="csv",
            status=RunStatus.QUEUED,
            requested_by=a_staff_member(),
            requested_at=now,
        ),
        schedule=ReportSchedule.objects.create(
            report="sales",
            parameters={"period": "last_month"},
            format="csv",
            cadence="monthly",
            day=1,
            hour=7,
            next_at=now + timedelta(days=1),
            created_by=a_staff_member(),
            created_at=now,
        ),
        dead_letter=a_dead_letter(),
        batch_of_listings=an_import(seller),
    )


def _what_two_people_decide() -> None:
    a_role_request()
    a_standing_request()
    a_rule_request()
    a_terms_request(a_seller().pk, frequency="daily")


def a_known_buyer() -> User:
    """Somebody with an address, at whose account staff looked once."""
    buyer = a_buyer()
    an_address(buyer)
    a_sight_that_is_over(buyer)
    return buyer


def a_month(now: datetime) -> Period:
    """Closed once, and somebody wants it open again."""
    month = month_after(month_of(now), -1)
    period, is_new = Period.objects.get_or_create(month=month, defaults={"status": "reopening"})
    if is_new:
        Close.objects.create(
            period=period, number=1, closed_by=a_staff_member(), closed_at=now, reason="All done"
        )
        Reopening.objects.create(
            period=period, reason="Wrong", requested_by=a_staff_member(), requested_at=now
        )
    return period


def a_listing_in_moderation(seller: Seller, number: int, **changes: Any) -> Listing:
    values = {
        "seller": seller,
        "product": a_product(a_category()),
        "sku": f"SKU-{number}",
        "price_minor": PRICE_MINOR,
        "on_hand": 5,
        "status": "in_moderation",
        "submitted_at": clock.now(),
    }
    return Listing.objects.create(**{**values, **changes})


def a_paid_order(buyer: User, **changes: Any) -> Order:
    now = clock.now()
    values = {
        "buyer": buyer,
        "status": "paid",
        "items_minor": PRICE_MINOR,
        "shipping_minor": SHIPPING_MINOR,
        "total_minor": PRICE_MINOR + SHIPPING_MINOR,
        "recipient": buyer.name,
        "phone": buyer.phone,
        "region": "Dar es Salaam",
        "district": "Kinondoni",
        "street": "Mtaa wa Samora 12",
        "placed_at": now,
        "expires_at": now + timedelta(minutes=30),
        "paid_at": now,
    }
    return Order.objects.create(**{**values, **changes})


def its_seller_order(order: Order, seller: Seller, listing: Listing) -> SellerOrder:
    seller_order = SellerOrder.objects.create(
        order=order,
        seller=seller,
        status="shipped",
        items_minor=PRICE_MINOR,
        shipping_minor=SHIPPING_MINOR,
        commission_minor=COMMISSION_MINOR,
        commission_vat_minor=COMMISSION_VAT_MINOR,
        placed_at=order.placed_at,
    )
    OrderLine.objects.create(
        seller_order=seller_order,
        listing=listing,
        title=listing.product.title,
        sku=listing.sku,
        quantity=1,
        unit_price_minor=PRICE_MINOR,
        total_minor=PRICE_MINOR,
        vat_bp=1800,
        vat_minor=6_864_400,
        commission_bp=1000,
        commission_minor=COMMISSION_MINOR,
        commission_vat_bp=1800,
        commission_vat_minor=COMMISSION_VAT_MINOR,
        commission_rule="Everything",
    )
    Shipment.objects.create(
        seller_order=seller_order, carrier="Bus cargo", tracking="BC-1", shipped_at=order.placed_at
    )
    return seller_order


def its_payment(order: Order, seller_order: SellerOrder, number: int) -> tuple[Attempt, Refund]:
    now = clock.now()
    intent = Intent.objects.create(
        order=order, amount_minor=order.total_minor, status="paid", created_at=now
    )
    attempt = Attempt.objects.create(
        intent=intent,
        provider="mpesa",
        msisdn="255754000001",
        amount_minor=order.total_minor,
        status="succeeded",
        receipt=f"RCP{number:05d}",
        created_at=now,
        settled_at=now,
    )
    InboxMessage.objects.create(
        provider="mpesa",
        dedupe_key=f"key-{number}",
        body=b'{"output_ResponseCode": "INS-0"}',
        headers={"Content-Type": "application/json"},
        attempt=attempt,
        status="processed",
        received_at=now,
    )
    refund = Refund.objects.create(
        attempt=attempt,
        reason="dispute",
        amount_minor=100_000,
        status="failed",
        cause=f"cause-{number}",
        provider_message="The wallet is closed",
        created_at=now,
    )
    RefundPart.objects.create(
        refund=refund,
        seller_order=seller_order,
        amount_minor=100_000,
        seller_minor=88_200,
        commission_minor=10_000,
        commission_vat_minor=1_800,
    )
    post(
        event=a_fact(),
        memo=f"Payment for {order.reference}",
        lines=[
            Line("provider_clearing:mpesa", order.total_minor, order.reference),
            Line(
                f"seller_pending:{seller_order.seller.reference}",
                -seller_order.net_minor,
                seller_order.reference,
            ),
            Line("commission_revenue", -COMMISSION_MINOR, seller_order.reference),
            Line("vat_payable", -COMMISSION_VAT_MINOR, seller_order.reference),
        ],
    )
    return attempt, refund


def its_payout(seller_order: SellerOrder, number: int) -> tuple[Earning, PayoutBatch, Payout]:
    now = clock.now()
    earning = Earning.objects.create(
        seller_order=seller_order,
        seller=seller_order.seller,
        net_minor=seller_order.net_minor,
        earned_at=now,
    )
    batch = PayoutBatch.objects.create(created_by=a_staff_member(), created_at=now)
    payout = Payout.objects.create(
        batch=batch,
        seller=seller_order.seller,
        amount_minor=seller_order.net_minor,
        provider="mpesa",
        msisdn="255754000002",
        wallet_name="Asha Mushi",
        created_at=now,
    )
    PayoutLine.objects.create(
        payout=payout,
        seller_order_reference=seller_order.reference,
        amount_minor=payout.amount_minor,
    )
    return earning, batch, payout


def its_dispute(seller_order: SellerOrder, buyer: User) -> Dispute:
    now = clock.now()
    dispute = Dispute.objects.create(
        seller_order=seller_order,
        buyer=buyer,
        seller=seller_order.seller,
        reason="damaged",
        claimed_minor=10_000_000,
        opened_at=now,
        due_at=now + timedelta(days=3),
    )
    for body, internal in (("The screen is broken.", False), ("Looks like transport.", True)):
        author = a_staff_member() if internal else buyer
        DisputeMessage.objects.create(
            dispute=dispute,
            author=author,
            party="staff" if internal else "buyer",
            body=body,
            is_internal=internal,
            created_at=now,
        )
    Evidence.objects.create(
        dispute=dispute,
        uploaded_by=buyer,
        party="buyer",
        file=ContentFile(b"%PDF-1.4\n%%EOF\n", "screen.pdf"),
        original_name="screen.pdf",
        content_type="application/pdf",
        size_bytes=15,
        sha256="e" * 64,
        uploaded_at=now,
    )
    for party, imei in (("buyer", "490154203237518"), ("seller", "356938035643809")):
        Evidence.objects.create(
            dispute=dispute,
            uploaded_by=buyer,
            party=party,
            kind="serial",
            number_kind="imei",
            number=imei,
            uploaded_at=now,
        )
    return dispute


def an_import(seller: Seller) -> ImportBatch:
    batch = ImportBatch.objects.create(
        seller=seller,
        uploaded_by=a_staff_member(),
        file=ContentFile(b"sku\n", "listings.csv"),
        original_name="listings.csv",
        sha256="a" * 64,
        status="finished",
        rows_total=2,
        rows_created=1,
        rows_failed=1,
    )
    ImportRowError.objects.create(
        batch=batch, row_number=2, column="price", code="price_invalid", message="Not a price."
    )
    return batch
