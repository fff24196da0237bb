"""The daily run: who is due, once a day, late rather than never, and never by one person alone."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from marketplace.payments.commands import refund_seller_order
from marketplace.payments.states import RefundReason
from marketplace.payouts.calendar import Terms
from marketplace.payouts.commands import (
    approve_batch,
    prepare_batch,
    run_payouts,
    take_on_batch,
)
from marketplace.payouts.errors import (
    BatchNotTakenOn,
    FourEyes,
    NothingToPayOut,
    TermsInvalid,
)
from marketplace.payouts.models import PayoutBatch, PayoutRun
from marketplace.payouts.queries import outlook_of, prospects
from marketplace.payouts.states import BatchStatus, Frequency, Obstacle, PayoutStatus, RiskTier
from marketplace.shared import clock
from marketplace.shared.four_eyes import ReasonMissing
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_paid_payout, a_ripe_part, an_approved_payout, the_terms_of
from tests.factories.sellers import close_seller, suspend_seller
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def the_next(weekday: int, hour: int = 7) -> datetime:
    """The next such day (Monday is 1) at that hour in Tanzania."""
    day = clock.today() + timedelta(days=(weekday - clock.today().isoweekday()) % 7 or 7)
    return datetime(day.year, day.month, day.day, hour - 3, tzinfo=UTC)


def the_batch() -> PayoutBatch:
    return PayoutBatch.objects.get(is_scheduled=True)


@pytest.mark.parametrize(
    ("frequency", "day", "is_due"),
    [
        (Frequency.DAILY, date(2026, 11, 25), True),
        (Frequency.WEEKLY, date(2026, 11, 27), True),
        (Frequency.WEEKLY, date(2026, 11, 28), False),
        (Frequency.MONTHLY, date(2026, 2, 28), True),
        (Frequency.MONTHLY, date(2026, 3, 1), False),
        (Frequency.MANUAL, date(2026, 11, 27), False),
    ],
)
def test_days_of_payment(frequency, day, is_due):
    terms = Terms(RiskTier.STANDARD, frequency, weekday=5, month_day=28, minimum_minor=100)

    assert terms.is_due(day) is is_due


def test_a_missed_day_is_made_up_for_and_the_next_one_is_known():
    weekly = Terms(RiskTier.STANDARD, Frequency.WEEKLY, 5, 1, 100)

    assert weekly.is_due_within(after=date(2026, 11, 26), until=date(2026, 11, 30))
    assert not weekly.is_due_within(after=date(2026, 11, 27), until=date(2026, 11, 30))
    assert weekly.next_due(since=date(2026, 11, 28)) == date(2026, 12, 4)
    manual = Terms(RiskTier.STANDARD, Frequency.MANUAL, 5, 1, 100)
    assert manual.next_due(since=date(2026, 11, 28)) is None


def test_the_run_prepares_who_is_due_that_day_and_nobody_else():
    monday, friday, by_hand = a_ripe_part(), a_ripe_part(), a_ripe_part()
    the_terms_of(friday.seller_id, frequency="weekly", weekday=5)
    the_terms_of(by_hand.seller_id, frequency="manual")
    PayoutRun.objects.create(
        day=the_next(1).date() - timedelta(days=1), ran_at=clock.now(), sellers_due=0
    )

    with clock.at(the_next(1, hour=5)):
        assert run_payouts() == "not yet"
    with clock.at(the_next(1)):
        run_payouts()
        assert run_payouts() == "today's run has been"

    assert [one.seller_id for one in the_batch().payouts.all()] == [monday.seller_id]
    assert PayoutRun.objects.order_by("-day").first().sellers_due == 1


def test_a_run_that_was_missed_takes_place_later():
    part = a_ripe_part()
    tuesday = the_next(1) + timedelta(days=1)
    PayoutRun.objects.create(
        day=tuesday.date() - timedelta(days=3), ran_at=clock.now(), sellers_due=0
    )

    with clock.at(tuesday):
        run_payouts()

    assert the_batch().payouts.get().seller_id == part.seller_id


def test_what_the_run_prepared_needs_two_people_all_the_same():
    part = a_ripe_part()
    the_terms_of(part.seller_id, frequency="daily")
    with clock.at(the_next(1)):
        run_payouts()
    batch, first, second = the_batch(), staff_actor(), staff_actor()

    with pytest.raises(BatchNotTakenOn):
        approve_batch(batch_id=batch.pk, actor=first)
    take_on_batch(batch_id=batch.pk, actor=first)
    with pytest.raises(IllegalTransition):
        take_on_batch(batch_id=batch.pk, actor=second)
    with pytest.raises(FourEyes):
        approve_batch(batch_id=batch.pk, actor=first)
    approve_batch(batch_id=batch.pk, actor=second)

    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED


def test_the_database_refuses_a_batch_that_nobody_answers_for():
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())

    with pytest.raises(IntegrityError, match="payout_batch_four_eyes"), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(
            created_by=None, decided_by=batch.created_by_id, status=BatchStatus.APPROVED
        )


def test_a_debt_is_carried_to_the_next_run_and_netted_there():
    payout = a_paid_payout()
    part = payout.seller
    order = payout.earnings.get().seller_order
    refund_seller_order(
        seller_order_id=order.pk,
        amount_minor=2_000_000,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )
    (prospect,) = prospects(seller_ids=[part.pk])
    assert prospect.amount_minor < 0
    assert [one.obstacle for one in prospect.blocked] == [Obstacle.BELOW_MINIMUM]

    new = a_ripe_part(a_listing(part))
    planned = prepare_batch(actor=staff_actor()).payouts.get()

    assert planned.amount_minor == new.net_minor + prospect.amount_minor
    assert planned.lines.filter(amount_minor__lt=0).count() == 1


def test_a_minimum_of_ones_own():
    part = a_ripe_part()
    the_terms_of(part.seller_id, minimum_minor=part.net_minor + 100)

    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    the_terms_of(part.seller_id, minimum_minor=part.net_minor)
    assert prepare_batch(actor=staff_actor()).payouts.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "hourly"},
        {"tier": "vip"},
        {"weekday": 8},
        {"month_day": 29},
        {"minimum_minor": 0},
        {"minimum_minor": 150},
    ],
)
def test_terms_that_nobody_can_keep_are_refused(wrong):
    with pytest.raises(TermsInvalid):
        the_terms_of(a_ripe_part().seller_id, **wrong)


@pytest.mark.parametrize("step", [suspend_seller, close_seller])
def test_a_seller_who_may_not_sell_is_not_paid_at_any_step(step):
    before, planned = a_ripe_part(), a_ripe_part()
    step(seller_id=before.seller_id, reason="fraud")
    batch = prepare_batch(actor=staff_actor())
    assert batch.payouts.get().seller_id == planned.seller_id

    step(seller_id=planned.seller_id, reason="fraud")
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    assert batch.payouts.get().status == PayoutStatus.CANCELLED

    approved = an_approved_payout()
    step(seller_id=approved.seller_id, reason="fraud")
    deliver_all()
    approved.refresh_from_db()
    assert (approved.status, approved.sent_at) == (PayoutStatus.FAILED, None)
    assert broken_invariants() == []


def test_a_seller_learns_when_they_are_paid_next():
    part = a_ripe_part()
    with clock.at(the_next(1) - timedelta(days=2)):
        outlook = outlook_of(seller_id=part.seller_id)

    assert outlook.next_payout_on == the_next(1).date()
    assert outlook.prospect.blocked == []


def test_terms_need_a_reason():
    part = a_ripe_part()

    with pytest.raises(ReasonMissing):
        the_terms_of(part.seller_id, frequency="daily", reason=" ")


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_prepare_one_batch():
    part = a_ripe_part()
    the_terms_of(part.seller_id, frequency="daily")
    moment = the_next(1)

    def run() -> str:
        with clock.at(moment):
            return run_payouts()

    outcomes = at_once(*(partial(run) for _ in range(4)))

    assert outcomes.count("today's run has been") == 3
    assert PayoutBatch.objects.count() == PayoutRun.objects.count() == 1
