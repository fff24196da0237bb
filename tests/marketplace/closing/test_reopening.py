"""A closed month opens again by two people, the last one only, and the close before is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from marketplace.closing.commands import (
    approve_reopening,
    close_period,
    open_months,
    reject_reopening,
    request_reopening,
)
from marketplace.closing.errors import EarlierMonthOpen, LaterMonthClosed
from marketplace.closing.models import Close, Period, Reopening
from marketplace.closing.queries import closes_of, differences, next_to_close
from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.errors import MonthClosed
from marketplace.ledger.models import Entry, PeriodLock
from marketplace.shared import clock
from marketplace.shared.four_eyes import FourEyes, ReasonMissing
from marketplace.shared.models import LoggedEvent
from marketplace.shared.months import bounds
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.closing import (
    NOVEMBER,
    NOW,
    OCTOBER,
    a_closed_month,
    a_month_to_close,
    a_statement_of,
    verified,
)
from tests.factories.ledger import a_fact
from tests.factories.reconciliation import a_payment, paid
from tests.marketplace.closing.test_close import broken
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
END = bounds(OCTOBER)[1]


def a_request(**given: Any) -> Reopening:
    """October is closed, and somebody wants it open again."""
    closed = a_closed_month()
    given = {"reason": "A refund was booked twice", "actor": staff_actor()} | given
    return request_reopening(period_id=closed.period_id, **given)


def a_late_posting() -> Entry:
    return post(
        event=a_fact(),
        memo="Late",
        lines=[Line(chart.BANK, 700_00, "X"), Line(chart.SUSPENSE, -700_00, "X")],
        posted_at=END - timedelta(hours=1),
    )


def test_a_requested_reopening_opens_nothing():
    request = a_request()

    assert request.period.status == "reopening"
    with pytest.raises(MonthClosed):
        a_late_posting()
    assert broken() == []


def test_a_second_person_opens_the_month():
    request = a_request()

    approve_reopening(period_id=request.period_id, actor=staff_actor())

    request.refresh_from_db()
    assert (request.status, request.period.status) == ("approved", "reopened")
    assert a_late_posting().posted_at < END
    assert not PeriodLock.objects.exists()
    assert next_to_close() == request.period
    assert LoggedEvent.objects.filter(name="closing.period_reopened.v1").count() == 1
    assert broken() == []


@pytest.mark.parametrize("decide", [approve_reopening, reject_reopening])
def test_who_asked_does_not_decide(decide):
    actor = staff_actor()
    request = a_request(actor=actor)
    reason = {"reason": "No"} if decide is reject_reopening else {}

    with pytest.raises(FourEyes):
        decide(period_id=request.period_id, actor=actor, **reason)

    assert PeriodLock.objects.exists()


def test_who_closed_the_month_may_ask_or_agree():
    actor = staff_actor()
    closed = a_closed_month(actor=actor)
    request_reopening(period_id=closed.period_id, reason="Mistake", actor=actor)

    approve_reopening(period_id=closed.period_id, actor=staff_actor())

    assert not PeriodLock.objects.exists()


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_the_database_refuses_a_decision_of_who_asked(status):
    request = a_request()

    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        Reopening.objects.update(
            status=status, decided_by=request.requested_by, decided_at=clock.now()
        )


def test_a_rejected_request_leaves_the_month_closed():
    request = a_request()

    reject_reopening(period_id=request.period_id, reason="Book it in November", actor=staff_actor())

    request.refresh_from_db()
    assert (request.status, request.period.status) == ("rejected", "closed")
    assert request.decision_reason == "Book it in November"
    with pytest.raises(MonthClosed):
        a_late_posting()
    with pytest.raises(IllegalTransition):
        approve_reopening(period_id=request.period_id, actor=staff_actor())
    assert broken() == []


def test_asks_for_a_reason():
    closed = a_closed_month()

    with pytest.raises(ReasonMissing):
        request_reopening(period_id=closed.period_id, reason=" ", actor=staff_actor())


def test_asks_once():
    request = a_request()

    with pytest.raises(IllegalTransition):
        request_reopening(period_id=request.period_id, reason="Again", actor=staff_actor())


def test_only_staff_ask():
    closed = a_closed_month()

    with pytest.raises(TransitionNotYours):
        request_reopening(period_id=closed.period_id, reason="By itself", actor=SYSTEM)


def test_an_open_month_is_not_opened():
    period = a_month_to_close()

    with pytest.raises(IllegalTransition):
        request_reopening(period_id=period.pk, reason="Why not", actor=staff_actor())


def test_only_the_last_closed_month_opens_again():
    october = a_closed_month().period
    with clock.at(NOW + timedelta(days=31)):
        a_statement_of(NOVEMBER, [], opening="24750.00", closing="24750.00")
        verified()
        november = Period.objects.get(month=NOVEMBER)
        close_period(period_id=november.pk, reason="All done", actor=staff_actor())
        assert broken() == []

        with pytest.raises(LaterMonthClosed, match="November 2026"):
            request_reopening(period_id=october.pk, reason="Mistake", actor=staff_actor())
        request_reopening(period_id=november.pk, reason="Mistake", actor=staff_actor())
        with pytest.raises(LaterMonthClosed):
            request_reopening(period_id=october.pk, reason="Mistake", actor=staff_actor())
        approve_reopening(period_id=november.pk, actor=staff_actor())
        request_reopening(period_id=october.pk, reason="Mistake", actor=staff_actor())
        with pytest.raises(EarlierMonthOpen):
            close_period(period_id=november.pk, reason="Again", actor=staff_actor())


def test_a_second_close_shows_what_changed():
    request = a_request()
    approve_reopening(period_id=request.period_id, actor=staff_actor())
    a_late_posting()

    second = close_period(period_id=request.period_id, reason="Corrected", actor=staff_actor())

    latest, first = closes_of(period_id=request.period_id)
    assert (latest, latest.number, first.number) == (second, 2, 1)
    assert [
        (one.account, one.before_minor, one.after_minor, one.difference_minor)
        for one in differences(latest, first)
    ] == [
        (chart.BANK, None, 700_00, 700_00),
        (chart.SUSPENSE, -25_000_00, -25_700_00, -700_00),
    ]
    assert broken() == []


def test_the_posting_of_a_payment_for_the_reopened_month_is_in_its_second_close():
    request = a_request()
    approve_reopening(period_id=request.period_id, actor=staff_actor())
    payment = a_payment(1_000_00, settled_at=END - timedelta(hours=3))
    a_statement_of(OCTOBER, [paid(payment)], opening="0.00", closing="25750.00")
    verified()

    close_period(period_id=request.period_id, reason="Corrected", actor=staff_actor())

    wallet = closes_of(period_id=request.period_id)[0].wallets[0]
    assert wallet["statement_minor"] == wallet["ledger_minor"] == 25_750_00


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_one_does():
    request = a_request()
    people = [staff_actor() for _ in range(4)]

    outcomes = at_once(
        *(
            lambda actor=actor: approve_reopening(period_id=request.period_id, actor=actor)
            for actor in people
        )
    )

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition] * 3
    assert Period.objects.get(month=OCTOBER).status == "reopened"
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_the_same_moment_one_waits_for_the_other():
    closed = a_closed_month()
    people = [staff_actor() for _ in range(2)]

    outcomes = at_once(
        *(
            lambda actor=actor: request_reopening(
                period_id=closed.period_id, reason="Mistake", actor=actor
            )
            for actor in people
        )
    )

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert Reopening.objects.count() == 1
    assert Close.objects.count() == 1
    assert open_months() == 0
