"""Switches, limits, fees and figures of providers, and what a buyer is offered."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from marketplace.payments.commands import (
    Band,
    ask,
    pause_provider,
    resume_provider,
    set_fees,
    set_limits,
    start_attempt,
)
from marketplace.payments.errors import (
    AlreadyBegun,
    ControlReasonMissing,
    FeesInvalid,
    LimitsInvalid,
    NoProviderOffered,
    ProviderNotOffered,
    SwitchUnchanged,
)
from marketplace.payments.health import (
    FAILURES_IN_ROW,
    TOOK_MS,
    count_call,
    provider_health,
    quantile,
)
from marketplace.payments.models import Attempt, Intent, ProviderStatus
from marketplace.payments.offers import expected_fee_minor, offers
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from tests.api.client import Caller
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.orders import an_attempt, an_order, pay

pytestmark = pytest.mark.django_db
MSISDN = "+255754000111"


@pytest.fixture(autouse=True)
def mpesa_alone(settings):
    settings.PAYMENT_PROVIDERS = {"mpesa": django_settings.PAYMENT_PROVIDERS["mpesa"]}


@pytest.fixture
def two_providers(settings):
    """M-Pesa twice, once under another's name: enough to be offered the other one."""
    mpesa = django_settings.PAYMENT_PROVIDERS["mpesa"]
    settings.PAYMENT_PROVIDERS = {"mpesa": mpesa, "airtel": mpesa}


def limit(least: int, most: int, daily: int | None = None) -> None:
    set_limits(
        provider="mpesa",
        valid_from=clock.today(),
        min_minor=least,
        max_minor=most,
        wallet_daily_minor=daily,
        actor=staff_actor(),
    )


def test_a_paused_provider_is_refused_by_naming_the_others(two_providers):
    order = an_order()
    pause_provider(provider="mpesa", reason="They ask us to stop", actor=staff_actor())

    with pytest.raises(ProviderNotOffered) as refusal:
        an_attempt(order)

    assert "Airtel Money" in str(refusal.value)
    assert not Attempt.objects.exists()
    chosen = start_attempt(
        intent_id=Intent.objects.get(order=order).pk,
        msisdn=MSISDN,
        provider="airtel",
        actor=Actor.buyer(order.buyer_id),
    )
    assert chosen.provider == "airtel"


def test_a_provider_without_others_is_refused_honestly_and_offered_again_when_resumed():
    order, person = an_order(), staff_actor()
    pause_provider(provider="mpesa", reason="Outage", actor=person)
    with pytest.raises(NoProviderOffered):
        an_attempt(order)

    resume_provider(provider="mpesa", reason="Back", actor=person)

    assert an_attempt(order).provider == "mpesa"
    told = LoggedEvent.objects.filter(aggregate="provider").order_by("pk")
    assert [event.payload["reason"] for event in told] == ["Outage", "Back"]


def test_a_switch_needs_a_reason_and_a_change():
    with pytest.raises(ControlReasonMissing):
        pause_provider(provider="mpesa", reason=" ", actor=staff_actor())
    with pytest.raises(SwitchUnchanged):
        resume_provider(provider="mpesa", reason="Why not", actor=staff_actor())


@pytest.mark.parametrize(
    ("least", "most", "code"),
    [(1_000_000_000, 2_000_000_000, "below_least"), (100, 100_000, "above_most")],
)
def test_an_amount_beyond_the_limits_is_refused(least, most, code):
    order = an_order()
    limit(least, most)

    (offer,) = offers(msisdn=MSISDN, amount_minor=order.total_minor)

    assert offer.code == code
    with pytest.raises(NoProviderOffered):
        an_attempt(order)


def test_a_wallet_that_has_reached_its_day_is_refused_and_another_is_not():
    first = an_order()
    pay(first)
    limit(100, first.total_minor, first.total_minor)

    (spent,) = offers(msisdn=MSISDN, amount_minor=first.total_minor)
    (fresh,) = offers(msisdn="+255754000222", amount_minor=first.total_minor)

    assert (spent.code, fresh.code) == ("above_daily", "")


def test_limits_must_make_sense_and_begin_today_or_later():
    with pytest.raises(LimitsInvalid):
        limit(2_000_000, 1_000_000)
    with pytest.raises(LimitsInvalid):
        limit(0, 1_000_000)
    with pytest.raises(AlreadyBegun):
        set_limits(
            provider="mpesa",
            valid_from=clock.today() - timedelta(days=1),
            min_minor=100,
            max_minor=200,
            wallet_daily_minor=None,
            actor=staff_actor(),
        )


def test_the_fee_that_is_expected_is_the_band_of_the_schedule_of_that_day():
    today, later = clock.today(), clock.today() + timedelta(days=10)
    for day, fixed in ((today, 30_000), (later, 50_000)):
        set_fees(
            provider="mpesa",
            kind="payout",
            valid_from=day,
            bands=[Band(0, fixed), Band(10_000_000, 0, 100)],
            actor=staff_actor(),
        )

    def fee(amount_minor, on):
        return expected_fee_minor(provider="mpesa", kind="payout", amount_minor=amount_minor, on=on)

    assert fee(500_000, today) == 30_000
    assert fee(20_000_000, today) == 200_000
    assert fee(500_000, later) == 50_000
    assert fee(500_000, today - timedelta(days=1)) is None
    assert (
        expected_fee_minor(provider="mpesa", kind="payment", amount_minor=500_000, on=today) is None
    )


@pytest.mark.parametrize("bands", [[], [Band(100)], [Band(0), Band(0)], [Band(0, -100)]])
def test_a_schedule_must_begin_at_zero_and_rise(bands):
    with pytest.raises(FeesInvalid):
        set_fees(
            provider="mpesa",
            kind="payout",
            valid_from=clock.today(),
            bands=bands,
            actor=staff_actor(),
        )


def test_a_provider_that_cannot_be_reached_again_and_again_is_not_offered_until_it_answers():
    def nobody_there(provider):
        raise ProviderUnavailable("no connection")

    for _try in range(FAILURES_IN_ROW):
        with pytest.raises(ProviderUnavailable):
            ask("mpesa", nobody_there)
    (gone,) = offers(msisdn=MSISDN, amount_minor=500_000)
    with clock.at(clock.now() + timedelta(minutes=2)):
        (perhaps,) = offers(msisdn=MSISDN, amount_minor=500_000)

    ask("mpesa", lambda provider: Answer(Outcome.PENDING))
    (back,) = offers(msisdn=MSISDN, amount_minor=500_000)

    assert (gone.code, perhaps.code, back.code) == ("unreachable", "", "")


def test_figures_are_counted_as_it_happens_and_summed_over_the_window():
    now = clock.now()
    with clock.at(now - timedelta(hours=3)):
        ask("mpesa", lambda provider: Answer(Outcome.UNKNOWN))
    ask("mpesa", lambda provider: Answer(Outcome.SUCCEEDED))

    (hour,) = provider_health()
    (day,) = provider_health(timedelta(days=1))

    assert (hour.calls, hour.uncertain, day.calls, day.uncertain) == (1, 0, 2, 1)
    assert day.uncertain_share == 0.5
    assert hour.p95_ms == TOOK_MS[0]
    assert ProviderStatus.objects.get().failures_in_row == 0


def test_answer_times_are_told_as_the_bound_that_so_many_did_not_exceed():
    took = [0] * len(TOOK_MS)
    took[1], took[4] = 90, 10

    assert (quantile(took, 0.5), quantile(took, 0.95)) == (TOOK_MS[1], TOOK_MS[4])
    assert quantile([0] * len(TOOK_MS), 0.5) is None


@pytest.mark.django_db(transaction=True)
def test_payments_that_end_are_counted_after_they_are_committed():
    pay(an_order())

    (health,) = provider_health()

    assert (health.succeeded, health.failed, health.success_rate) == (1, 0, 1.0)


def test_a_call_that_took_longer_than_all_bounds_is_counted_in_the_last():
    count_call("mpesa", began=-1_000_000.0, is_uncertain=False)

    (health,) = provider_health()

    assert health.p50_ms == TOOK_MS[-1]


def test_a_buyer_sees_the_providers_for_a_number_and_why_one_is_not_offered(two_providers):
    buyer = a_buyer()
    order, caller = an_order(buyer=buyer), Caller(buyer)
    reference = Intent.objects.get(order=order).reference
    pause_provider(provider="mpesa", reason="Outage", actor=staff_actor())

    shown = caller.get(f"/payments/{reference}/options", msisdn="0754000111").json()["items"]
    refused = caller.post(f"/payments/{reference}/attempts", {"msisdn": "0754000111"})

    assert [(one["provider"], one["suggested"], one["available"]) for one in shown] == [
        ("mpesa", True, False),
        ("airtel", False, True),
    ]
    assert shown[0]["reason_code"] == "paused"
    assert refused.status_code == 409
    stranger = Caller(a_buyer())
    assert stranger.get(f"/payments/{reference}/options", msisdn="0754000111").status_code == 404
