"""Both sides of a reconciliation: settled movements in our books, and statement files of M-Pesa.

The movements are written as rows, with the posting that moves provider clearing: what led to them
is not what these tests are about.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from itertools import count
from typing import Any

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.orders.models import Order
from marketplace.payments.models import Attempt, Intent, Refund
from marketplace.payments.states import (
    AttemptStatus,
    IntentStatus,
    RefundReason,
    RefundStatus,
)
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.states import BatchStatus, PayoutStatus
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.models import Statement
from marketplace.shared.clock import EAT
from marketplace.shared.ids import uuid7
from tests.factories.accounts import a_buyer, a_staff_member, staff_actor
from tests.factories.ledger import a_fact_about
from tests.factories.sellers import a_seller

NOON = datetime(2026, 10, 4, 12, 0, tzinfo=EAT)
_numbers = count(1)

HEADER = [
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info",
    "Linked Transaction ID", "A/C No.", "Currency",
]  # fmt: skip


def a_receipt() -> str:
    return f"RC{next(_numbers):08d}"


def a_payment(
    amount_minor: int = 25_000_00,
    *,
    receipt: str | None = None,
    settled_at: datetime = NOON,
    buyer: Any = None,
) -> Attempt:
    """A payment that the provider confirmed; `receipt=""` where it named none."""
    number = next(_numbers)
    order = Order.objects.create(
        buyer=buyer or a_buyer(),
        items_minor=amount_minor,
        shipping_minor=0,
        total_minor=amount_minor,
        recipient="Asha",
        phone="+255754000001",
        region="Dar es Salaam",
        district="Ilala",
        street="Samora",
        placed_at=settled_at - timedelta(minutes=2),
        expires_at=settled_at + timedelta(minutes=30),
    )
    intent = Intent.objects.create(
        order=order,
        amount_minor=amount_minor,
        status=IntentStatus.PAID,
        created_at=order.placed_at,
    )
    attempt = Attempt.objects.create(
        intent=intent,
        provider="mpesa",
        msisdn=f"+25575{number:07d}",
        amount_minor=amount_minor,
        status=AttemptStatus.SUCCEEDED,
        receipt=a_receipt() if receipt is None else receipt,
        created_at=order.placed_at,
        sent_at=order.placed_at,
        settled_at=settled_at,
    )
    _book(amount_minor, attempt, settled_at)
    return attempt


def many_payments(count: int, amount_minor: int = 25_000_00) -> list[Attempt]:
    """Payments of one buyer, five seconds apart, without postings: for long statements."""
    buyer = a_buyer()
    orders = Order.objects.bulk_create(
        Order(
            buyer=buyer,
            items_minor=amount_minor,
            shipping_minor=0,
            total_minor=amount_minor,
            recipient="Asha",
            phone="+255754000001",
            region="Dar es Salaam",
            district="Ilala",
            street="Samora",
            placed_at=NOON,
            expires_at=NOON,
        )
        for _ in range(count)
    )
    intents = Intent.objects.bulk_create(
        Intent(order=order, amount_minor=amount_minor, status=IntentStatus.PAID, created_at=NOON)
        for order in orders
    )
    return Attempt.objects.bulk_create(
        Attempt(
            intent=intent,
            provider="mpesa",
            msisdn="+255754000001",
            amount_minor=amount_minor,
            status=AttemptStatus.SUCCEEDED,
            receipt=a_receipt(),
            created_at=NOON,
            settled_at=NOON + timedelta(seconds=5 * number),
        )
        for number, intent in enumerate(intents)
    )


def a_refund(
    payment: Attempt,
    amount_minor: int | None = None,
    *,
    receipt: str | None = None,
    settled_at: datetime = NOON + timedelta(hours=1),
) -> Refund:
    """Money given back; `receipt=""` where the provider named none."""
    amount = amount_minor or payment.amount_minor
    refund = Refund.objects.create(
        attempt=payment,
        reason=RefundReason.ORDER_CANCELLED,
        amount_minor=amount,
        status=RefundStatus.SUCCEEDED,
        cause=str(uuid7()),
        receipt=a_receipt() if receipt is None else receipt,
        created_at=settled_at,
        settled_at=settled_at,
    )
    _book(-amount, refund, settled_at)
    return refund


def a_payout(
    amount_minor: int = 90_000_00, *, settled_at: datetime = NOON + timedelta(hours=2)
) -> Payout:
    """A seller's money, sent and confirmed."""
    batch = PayoutBatch.objects.create(
        status=BatchStatus.APPROVED,
        created_by=a_staff_member(),
        decided_by=a_staff_member(),
        created_at=settled_at,
        decided_at=settled_at,
    )
    payout = Payout.objects.create(
        batch=batch,
        seller=a_seller(),
        amount_minor=amount_minor,
        provider="mpesa",
        msisdn="+255754000002",
        wallet_name="Juma",
        status=PayoutStatus.PAID,
        receipt=a_receipt(),
        created_at=settled_at,
        settled_at=settled_at,
    )
    _book(-amount_minor, payout, settled_at)
    return payout


def _book(amount_minor: int, thing: Attempt | Refund | Payout, posted_at: datetime) -> None:
    post(
        event=a_fact_about(thing._meta.model_name or "", thing.pk),
        memo=thing.reference,
        lines=[
            Line(chart.provider_clearing("mpesa"), amount_minor, thing.reference),
            Line(chart.SUSPENSE, -amount_minor, thing.reference),
        ],
        posted_at=posted_at,
    )


# --- The provider's side ---


@dataclass(frozen=True)
class Row:
    """One line of a statement; `amount_minor` is positive where money came in."""

    receipt: str
    amount_minor: int
    at: datetime = NOON
    reason: str = "Pay Utility"
    details: str = ""
    account: str = ""
    linked: str = ""
    status: str = "Completed"
    balance: str = ""
    party: str = "25575****321 - ASHA M."

    def with_(self, **changes: Any) -> "Row":
        return replace(self, **changes)


def paid(payment: Attempt, **changes: Any) -> Row:
    """The line of a payment."""
    row = Row(
        payment.receipt,
        payment.amount_minor,
        payment.settled_at or NOON,
        account=payment.reference.replace("-", ""),
    )
    return row.with_(**changes)


def given_back(refund: Refund, **changes: Any) -> Row:
    """The line of a reversal, with the receipt of the payment that it gives back."""
    row = Row(
        refund.receipt,
        -refund.amount_minor,
        refund.settled_at or NOON,
        reason="Utility Payment Reversal",
        linked=refund.attempt.receipt,
    )
    return row.with_(**changes)


def paid_out(payout: Payout, **changes: Any) -> Row:
    row = Row(
        payout.receipt,
        -payout.amount_minor,
        payout.settled_at or NOON,
        reason="Business Payment to Customer via API",
        account=payout.reference.replace("-", ""),
    )
    return row.with_(**changes)


def charge(receipt: str, amount_minor: int = 250_00, **changes: Any) -> Row:
    """The provider's charge, under the receipt of what it charges for."""
    return Row(receipt, -amount_minor, reason="Pay Bill Charge").with_(**changes)


def sweep(amount_minor: int, **changes: Any) -> Row:
    reason = "Utility Account to Organization Settlement Account"
    return Row(a_receipt(), -amount_minor, NOON + timedelta(hours=6), reason=reason).with_(
        **changes
    )


def statement_file(
    rows: Sequence[Row],
    *,
    since: datetime = NOON - timedelta(hours=12),
    until: datetime = NOON + timedelta(hours=12),
    opening: str = "",
    closing: str = "",
    name: str = "statement.csv",
) -> BytesIO:
    """A file in the detailed layout (PROVIDERS 5.1), newest row first, as the portal exports it."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    stamp = "%d-%m-%Y %H:%M:%S"
    writer.writerow(["Account Holder:", "ZETUTECH LIMITED"])
    writer.writerow(["Short Code:", "600600"])
    writer.writerow(["Account:", "Utility Account"])
    period = f"From {since.astimezone(EAT):{stamp}} To {until.astimezone(EAT):{stamp}}"
    writer.writerow(["Time Period:", period])
    writer.writerow(["Operator:", "finance", "Date of Report:", f"{until:{stamp}}"])
    writer.writerow(["Opening Balance:", opening, "Closing Balance:", closing])
    writer.writerow(HEADER)
    for row in sorted(rows, key=lambda row: row.at, reverse=True):
        time = f"{row.at.astimezone(EAT):{stamp}}"
        into = f"{row.amount_minor / 100:,.2f}" if row.amount_minor > 0 else ""
        out_of = f"{row.amount_minor / 100:,.2f}" if row.amount_minor < 0 else ""
        writer.writerow(
            [
                row.receipt, time, time, row.details or row.reason, row.status, into, out_of,
                row.balance, "true", row.reason, row.party, row.linked,
                f" {row.account}" if row.account else "", "TZS",
            ]
        )  # fmt: skip
    file = BytesIO(out.getvalue().encode("utf-8-sig"))
    file.name = name
    return file


def an_uploaded_statement(rows: Sequence[Row], **layout: Any) -> Statement:
    """Kept, and owed to the worker."""
    file = statement_file(rows, **layout)
    return upload_statement(provider="mpesa", file=file, actor=staff_actor())
