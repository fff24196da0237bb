"""The road of Airtel's money: a push, the callbacks, the statement."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.test import Client

from fixtures.simulators.airtel.faults import ALL
from fixtures.simulators.core.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments.models import Attempt, Refund
from marketplace.payments.states import AttemptStatus
from marketplace.reconciliation.commands import upload_statement
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.orders import an_attempt, an_order
from tests.simulators import CONFIGURED

WEBHOOK = f"/api/v1/webhooks/airtel/{CONFIGURED['airtel']['callback_secret']}"
CLEARING = chart.provider_clearing("airtel")


def named(product: Product) -> set[str]:
    return {fault.digits for fault in ALL if fault.product is product}


def a_push(airtel: Any, digits: str, order: Order | None = None) -> Attempt:
    attempt = an_attempt(order or an_order(), msisdn=airtel.number(digits))
    deliver_all()
    assert attempt.provider == "airtel"
    return attempt


def post(body: bytes) -> None:
    answer = Client().post(WEBHOOK, body, content_type="application/json")
    assert (answer.status_code, answer.content) == (200, b"success")
    deliver_all()


def news_arrive(airtel: Any) -> None:
    """Everything that the provider has planned happens, and its callbacks are read."""
    airtel.settle()
    for callback in airtel.callbacks[getattr(airtel, "posted", 0) :]:
        post(callback.body)
    airtel.posted = len(airtel.callbacks)


def settled(attempt: Attempt) -> Attempt:
    attempt.refresh_from_db()
    attempt.intent.order.refresh_from_db()
    return attempt


def is_paid_once(attempt: Attempt) -> None:
    settled(attempt)
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, True)
    assert attempt.intent.order.status == OrderStatus.PAID
    assert balance(account=CLEARING) == attempt.amount_minor
    assert not Refund.objects.exists()


def a_paid_order_of(airtel: Any, digits: str) -> Order:
    order = an_order()
    a_push(airtel, digits, order)
    news_arrive(airtel)
    order.refresh_from_db()
    assert order.status == OrderStatus.PAID
    return order


def airtel_fees(airtel: Any) -> int:
    return sum(entry.fee_minor for entry in airtel.book.entries() if entry.status == "Completed")


def import_statement_of(airtel: Any) -> None:
    # What was settled near its end is looked for in the next one.
    file = BytesIO(airtel.statement(end=clock.now() + timedelta(hours=1)))
    file.name = "airtel.csv"
    upload_statement(provider="airtel", file=file, actor=staff_actor())
    deliver_all()
