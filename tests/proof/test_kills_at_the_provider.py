"""A worker dies after the provider has done what was asked, and before anything of it is written.

Whoever comes next must not ask again: the enquiry settles it. The record is the simulator's own.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from marketplace.orders.commands import cancel_order
from marketplace.payments.commands import attempts, refunds
from marketplace.payments.models import Attempt, Refund
from marketplace.payouts.models import Payout
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import run_delivery
from tests.deliveries import deliver_all
from tests.factories.orders import an_attempt, an_order
from tests.factories.payouts import an_approved_payout
from tests.patience import wait_until
from tests.processes import a_worker, die
from tests.proof.road import news_arrive, time_passes
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
disbursing = import_module("marketplace.payouts.commands.disburse")


def a_push(mpesa: Any) -> None:
    an_attempt(an_order())


def a_reversal(mpesa: Any) -> None:
    order = an_order()
    an_attempt(order)
    deliver_all()
    news_arrive(mpesa)
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=Actor.buyer(order.buyer_id))
    for delivery in Delivery.objects.filter(status=DeliveryStatus.PENDING):
        run_delivery(delivery.pk)


def a_disbursement(mpesa: Any) -> None:
    an_approved_payout()


CALLS = {
    "push": (a_push, attempts, "payments.send_attempt", "c2bPayment", Attempt, "succeeded"),
    "reversal": (a_reversal, refunds, "payments.send_refund", "reversal", Refund, "succeeded"),
    "payout": (
        a_disbursement, disbursing, "payouts.disburse", "b2cPayment", Payout, "paid",
    ),
}  # fmt: skip
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def killed_after_the_answer(monkeypatch: pytest.MonkeyPatch, module: Any, handler: str) -> None:
    """A worker takes the delivery, reads the provider's answer, and dies."""
    delivery = Delivery.objects.get(handler=handler)
    with monkeypatch.context() as patch:
        patch.setattr(module, "ask", partial(_ask_and_die, module.ask))
        with a_worker(partial(run_delivery, delivery.pk)) as worker:
            wait_until(lambda: not worker.is_alive())
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())


def _ask_and_die(really_ask: Callable[..., Any], provider: str, question: Any) -> None:
    really_ask(provider, question)
    die()


@each_call
def test_money_is_moved_once_though_the_worker_died_before_it_knew(mpesa, monkeypatch, call):
    prepare, module, handler, operation, model, end = call
    prepare(mpesa)

    killed_after_the_answer(monkeypatch, module, handler)
    assert model.objects.get().status == "sent"
    assert run_delivery(Delivery.objects.get(handler=handler).pk), "there is nothing left to do"
    mpesa.settle()
    time_passes(2, 4)

    assert model.objects.get().status == end
    assert len(mpesa.requests(operation)) == 1
    assert broken_invariants() == []


@each_call
def test_control_who_does_not_mark_it_sent_before_sending_moves_money_twice(
    mpesa, monkeypatch, call
):
    prepare, module, handler, operation, model, _end = call
    prepare(mpesa)
    really_claim = module._claim

    def unmarked(row_id: Any) -> Any:
        """Takes the row as it is, and leaves it so: the mark would come with the answer."""
        before = model.objects.filter(pk=row_id).values().get()
        row = really_claim(row_id)
        model.objects.filter(pk=row_id).update(status=before["status"])
        return row

    monkeypatch.setattr(module, "_claim", unmarked)

    killed_after_the_answer(monkeypatch, module, handler)
    run_delivery(Delivery.objects.get(handler=handler).pk)

    assert len(mpesa.requests(operation)) == 2


def test_a_delivery_whose_worker_died_eight_times_is_buried_and_its_payment_still_settles(
    mpesa, monkeypatch
):
    a_push(mpesa)
    killed_after_the_answer(monkeypatch, attempts, "payments.send_attempt")
    Delivery.objects.filter(handler="payments.send_attempt").update(attempts=8)

    run_delivery(Delivery.objects.get(handler="payments.send_attempt").pk)
    mpesa.settle()
    time_passes(2, 4)

    assert Delivery.objects.get(handler="payments.send_attempt").status == DeliveryStatus.DEAD
    assert Attempt.objects.get().status == "succeeded"
