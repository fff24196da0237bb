"""Sessions that all processes share, and a provider that is away."""

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
import time_machine
from django.core.cache import cache

from marketplace.payments.adapters.breaker import Breaker
from marketplace.payments.ports import Outcome, ProviderUnavailable
from tests.marketplace.payments.mpesa_calls import pay
from tests.simulators import QUICK


@pytest.fixture
def adapter(mpesa):
    return mpesa.adapter()


def later(seconds: int) -> AbstractContextManager[object]:
    return time_machine.travel(time.time() + seconds)


# --- Sessions ---


def test_one_session_serves_all_processes(mpesa):
    for number in range(3):
        mpesa.adapter().enquire(reference=f"ATT{number}")

    assert len(mpesa.requests("getSession")) == 1


def test_many_who_need_a_session_at_once_fetch_one(mpesa):
    adapters = [mpesa.adapter() for _ in range(6)]
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda a=a: outcomes.append(a.enquire(reference="ATT1").outcome))
        for a in adapters
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [Outcome.NOT_FOUND] * 6
    assert len(mpesa.requests("getSession")) == 1


def test_a_dead_session_is_replaced_and_the_request_repeated_once_with_the_same_ids(mpesa, adapter):
    adapter.enquire(reference="ATT1")
    mpesa.expire_sessions()

    answer = pay(adapter)

    first, second = mpesa.requests("c2bPayment")
    assert answer.outcome is Outcome.PENDING
    assert (first.http_status, second.http_status) == (401, 201)
    assert first.fields == second.fields
    assert len(mpesa.book.entries()) == 1


def test_a_declined_payment_is_not_repeated_although_it_too_is_401(mpesa, adapter):
    pay(adapter, msisdn=mpesa.number("932"))

    (request,) = mpesa.requests("c2bPayment")
    assert request.http_status == 401
    assert len(mpesa.requests("getSession")) == 1


def test_a_wrong_key_is_said_before_anything_is_sent(mpesa):
    adapter = mpesa.adapter(api_key="wrong")

    with pytest.raises(ProviderUnavailable, match="INS-989"):
        pay(adapter)

    assert mpesa.requests("c2bPayment") == []


def test_a_provider_that_refuses_every_session_has_done_nothing(mpesa, adapter):
    mpesa.simulator.protocol.timing = replace(QUICK, session_warm_up_s=3600)

    with pytest.raises(ProviderUnavailable, match="refuses a new session"):
        pay(adapter)

    assert mpesa.book.entries() == []
    assert len(mpesa.requests("c2bPayment")) == 2


def test_a_session_is_not_used_before_it_is_live(mpesa):
    adapter = mpesa.adapter(session_warm_up_s=30)

    with pytest.raises(ProviderUnavailable, match="not live yet"):
        pay(adapter)
    with later(31):
        outcome = pay(adapter).outcome

    assert outcome is Outcome.PENDING
    assert len(mpesa.requests("getSession")) == 1


def test_the_old_session_serves_while_the_new_one_warms_up(mpesa):
    adapter = mpesa.adapter(session_lifetime_s=600, session_warm_up_s=30)
    with pytest.raises(ProviderUnavailable):
        adapter.enquire(reference="ATT1")

    with later(490):  # More than 0.8 of its life: time for a new one.
        assert adapter.enquire(reference="ATT1").outcome is Outcome.NOT_FOUND
    assert len(mpesa.requests("getSession")) == 2


def test_an_old_session_serves_on_when_no_new_one_can_be_had(mpesa):
    adapter = mpesa.adapter(session_lifetime_s=600)
    adapter.enquire(reference="ATT1")
    mpesa.simulator.protocol.api_key = "changed"

    with later(490):
        assert adapter.enquire(reference="ATT1").outcome is Outcome.NOT_FOUND


# --- Health ---


def test_a_ping_asks_for_a_session(mpesa, adapter):
    adapter.ping()
    adapter.ping()

    assert len(mpesa.requests("getSession")) == 2


def test_a_provider_that_is_away_is_left_alone_and_found_again(mpesa, adapter):
    adapter.breaker = Breaker("test", failures_max=3, open_s=60)
    mpesa.set_fault("902")
    for number in range(3):
        pay(adapter, f"ATT{number}")
    mpesa.set_fault("")

    with pytest.raises(ProviderUnavailable, match="left alone"):
        pay(adapter, "ATT3")
    cache.delete("breaker:test:open")  # As the cache does when that time is over.
    after = pay(adapter, "ATT4")

    assert after.outcome is Outcome.PENDING
    assert [entry.third_party_id for entry in mpesa.book.entries()] == [
        "ATT4",
        "ATT2",
        "ATT1",
        "ATT0",
    ]


def test_a_ping_closes_the_breaker(mpesa, adapter):
    adapter.breaker = Breaker("test", failures_max=1, open_s=60)
    pay(adapter, "ATT1", msisdn=mpesa.number("902"))
    with pytest.raises(ProviderUnavailable):
        pay(adapter, "ATT2")

    adapter.ping()

    assert pay(adapter, "ATT3").outcome is Outcome.PENDING


def test_of_many_one_tries_whether_the_provider_is_back():
    breaker = Breaker("test", failures_max=1, open_s=3600)
    breaker.failed()
    cache.delete("breaker:test:open")  # As the cache does when that time is over.

    breaker.require_closed()
    with pytest.raises(ProviderUnavailable, match="another process"):
        breaker.require_closed()


def test_refusals_are_answers_and_do_not_count_as_failures(mpesa, adapter):
    adapter.breaker = Breaker("test", failures_max=1)

    for number in range(3):
        pay(adapter, f"ATT{number}", msisdn=mpesa.number("932"))

    assert len(mpesa.requests("c2bPayment")) == 3
