"""Controls of the machine: with a bug put in on purpose, its checks find it within one short life."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fixtures.simulators.core.faults import Product
from marketplace.payments import refund_shares
from marketplace.payments.commands import inbox, refund_requests, settlement
from marketplace.payments.models import Attempt
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.refund_shares import Shares, split
from marketplace.payouts.commands import disburse, settling
from marketplace.reconciliation.commands import exceptions
from tests.factories.ledger import a_fact
from tests.factories.orders import a_receipt
from tests.proof.machine.desk import Desk
from tests.proof.machine.rules import MoneyMachine
from tests.proof.machine.running import three_providers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
type Patch = pytest.MonkeyPatch


def a_life(machine: MoneyMachine) -> None:
    """Bought, given back in part, paid out; beside it a forged success, and one that names too little."""
    providers = list(machine.providers)
    for step in (
        lambda: machine.buy(0, 0, 2, providers.index("mpesa")),
        lambda: machine.refund_an_amount(0, 50, 0),
        lambda: machine.finance_works(Desk.decide_refund, 0, 1, 1),
        lambda: machine.refund_an_amount(0, 99, 1),
        lambda: a_payment(machine, "mpesa", "925"),
        lambda: a_payment(machine, "mixx", "925"),
        lambda: machine.providers["mpesa"].set_fault("982", product=Product.PAYOUT),
        lambda: machine.time_passes(timedelta(days=8)),
        lambda: machine.finance_works(Desk.prepare, 0, 0, 0),
        lambda: machine.finance_works(Desk.take_on, 0, 0, 0),
        # The payout waits for the float; meanwhile some of it is given back.
        lambda: machine.finance_works(Desk.the_float_runs_empty, providers.index("mpesa"), 0, 0),
        lambda: machine.finance_works(Desk.decide_batch, 0, 1, 1),
        lambda: machine.refund_an_amount(0, 7, 2),
        lambda: machine.finance_works(Desk.fill_the_float, 0, 0, 1),
        lambda: machine.time_passes(timedelta(days=1)),
        # A payment that no statement shows, which a person writes off.
        lambda: a_payment(machine, "mpesa", "953"),
        lambda: machine.time_passes(timedelta(hours=3)),
        lambda: machine.import_a_statement(providers.index("mpesa"), 0),
        lambda: machine.finance_works(Desk.resolve, 0, 1, 2),
    ):
        step()
        machine.nothing_contradicts()


def a_payment(machine: MoneyMachine, provider: str, digits: str) -> None:
    """From a wallet with this bad day; what there is to tell of it is told."""
    days = machine.world.digits(provider, Product.PAYMENT)
    machine.place(1, 1, is_one=True, quantity=1)
    bad_day = days.index(digits) + len(days)
    machine.push(0, list(machine.providers).index(provider), bad_day, is_overtaken=False)
    machine.read_all_letters()


def run_a_life(settings: Any, tmp_path: Any) -> None:
    with three_providers(settings, tmp_path) as providers:
        kind = type("Life", (MoneyMachine,), {"providers": providers})
        machine = kind()
        try:
            a_life(machine)
        finally:
            machine.world.end()


# --- The bugs ---


def a_payment_is_booked_twice(patch: Patch) -> None:
    post = settlement.post

    def twice(*, event: Any, **entry: Any) -> Any:
        post(event=a_fact(), **entry)
        return post(event=event, **entry)

    patch.setattr(settlement, "post", twice)


def a_refund_does_not_see_those_before_it(patch: Patch) -> None:
    def all_of_it(part: Any) -> Shares:
        return Shares(part.net_minor, part.commission_minor, part.commission_vat_minor)

    patch.setattr(refund_requests, "remaining_shares", all_of_it)


def a_refund_is_borne_by_nobody(patch: Patch) -> None:
    patch.setattr(refund_requests, "_add_part", lambda *_given: None)


def a_refund_leaves_our_vat_with_us(patch: Patch) -> None:
    def without_vat(amount_minor: int, left: Shares) -> Shares:
        fair = split(amount_minor, left)
        return Shares(fair.seller_minor + fair.commission_vat_minor, fair.commission_minor, 0)

    patch.setattr(refund_shares, "split", without_vat)


def a_payout_is_paid_without_the_ledger(patch: Patch) -> None:
    patch.setattr(settling, "post", lambda **_entry: None)


def a_payout_does_not_see_what_was_given_back_since(patch: Patch) -> None:
    patch.setattr(sys.modules[disburse.__module__], "take_out", lambda _payout: "")


def no_answer_to_a_payout_is_taken_for_a_failure(patch: Patch) -> None:
    disbursing = sys.modules[disburse.__module__]
    take_answer = disbursing.take_answer

    def hasty(payout_id: Any, answer: Answer, *args: Any, **options: Any) -> bool:
        if answer.outcome == Outcome.UNKNOWN:
            answer = replace(answer, outcome=Outcome.FAILED)
        return take_answer(payout_id, answer, *args, **options)

    patch.setattr(disbursing, "take_answer", hasty)


def a_correction_of_an_exception_is_booked_twice(patch: Patch) -> None:
    post = exceptions.post

    def twice(*, event: Any, **entry: Any) -> Any:
        post(event=a_fact(), **entry)
        return post(event=event, **entry)

    patch.setattr(exceptions, "post", twice)


def a_callback_is_believed_without_asking(patch: Patch) -> None:
    def believed(_provider: str, _question: Any) -> Answer:
        return Answer(Outcome.SUCCEEDED, code="said", receipt=a_receipt())

    patch.setattr(inbox, "ask", believed)


def a_callback_says_how_much_was_paid(patch: Patch) -> None:
    settle = inbox.settle_attempt

    def trusting(*, attempt_id: Any, answer: Answer, actor: Any) -> Attempt:
        if answer.amount_minor:
            Attempt.objects.filter(pk=attempt_id).update(amount_minor=answer.amount_minor)
        return settle(attempt_id=attempt_id, answer=answer, actor=actor)

    patch.setattr(inbox, "settle_attempt", trusting)
    patch.setattr(inbox, "_misfit", lambda *_given: "")


BUGS: list[Callable[[Patch], None]] = [
    a_payment_is_booked_twice,
    a_refund_does_not_see_those_before_it,
    a_refund_is_borne_by_nobody,
    a_refund_leaves_our_vat_with_us,
    a_payout_is_paid_without_the_ledger,
    a_payout_does_not_see_what_was_given_back_since,
    no_answer_to_a_payout_is_taken_for_a_failure,
    a_correction_of_an_exception_is_booked_twice,
    a_callback_is_believed_without_asking,
    a_callback_says_how_much_was_paid,
]


def test_the_life_that_shows_them_is_sound_without_them(settings, tmp_path):
    run_a_life(settings, tmp_path)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_that_was_put_in_is_found(settings, tmp_path, monkeypatch, bug):
    bug(monkeypatch)

    with pytest.raises(AssertionError):
        run_a_life(settings, tmp_path)
