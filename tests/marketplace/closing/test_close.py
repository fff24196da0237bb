"""A month closes when its checklist is done, in its turn, and keeps what it stated."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from marketplace.closing.checklist import checklist
from marketplace.closing.commands import close_period, open_months
from marketplace.closing.errors import (
    ChecklistNotDone,
    EarlierMonthOpen,
    PeriodNotFound,
    PeriodNotOver,
)
from marketplace.closing.invariants import INVARIANTS
from marketplace.closing.models import Close, ClosingBalance, Period
from marketplace.closing.queries import balances_of, next_to_close
from marketplace.closing.states import CheckCode
from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.errors import MonthClosed
from marketplace.ledger.invariants import INVARIANTS as OF_THE_LEDGER
from marketplace.ledger.models import Entry, PeriodLock
from marketplace.reconciliation.commands import import_statement, resolve_exception
from marketplace.reconciliation.models import ReconciliationException
from marketplace.shared import clock
from marketplace.shared.clock import EAT
from marketplace.shared.four_eyes import ReasonMissing
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
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_receipt,
    an_uploaded_statement,
    charge,
    paid,
)
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
MPESA = chart.provider_clearing("mpesa")
END = bounds(OCTOBER)[1]


def close(period: Period) -> Close:
    return close_period(period_id=period.pk, reason="All done", actor=staff_actor())


def not_done(month: date = OCTOBER) -> dict[str, int]:
    """What keeps the month from closing, by code, with how many."""
    return {check.code: check.undone for check in checklist(month=month).blocking}


def broken() -> list[str]:
    return [i.name for i in (*INVARIANTS, *OF_THE_LEDGER) if i.check().differing]


def test_closes_a_month_with_its_figures():
    period = a_month_to_close()

    closed = close(period)

    period.refresh_from_db()
    assert period.status == "closed"
    assert PeriodLock.objects.get().month == OCTOBER
    assert {one.account: one.balance_minor for one in balances_of(closed)} == {
        MPESA: 24_750_00,
        chart.PROVIDER_FEES: 250_00,
        chart.SUSPENSE: -25_000_00,
    }
    assert closed.wallets[0]["statement_minor"] == closed.wallets[0]["ledger_minor"] == 24_750_00
    assert [one["code"] for one in closed.checklist] == CheckCode.values
    assert LoggedEvent.objects.filter(name="closing.period_closed.v1").count() == 1
    assert broken() == []


def test_nothing_is_posted_into_a_closed_month():
    close(a_month_to_close())

    with pytest.raises(MonthClosed):
        post(
            event=a_fact(),
            memo="Late",
            lines=[Line(MPESA, 100, "X"), Line(chart.SUSPENSE, -100, "X")],
            posted_at=END - timedelta(seconds=1),
        )


def test_refuses_a_close_without_a_reason():
    period = a_month_to_close()

    with pytest.raises(ReasonMissing):
        close_period(period_id=period.pk, reason="  ", actor=staff_actor())


def test_refuses_a_month_that_nobody_knows():
    with pytest.raises(PeriodNotFound):
        close_period(period_id=uuid4(), reason="All done", actor=staff_actor())


def test_refuses_a_month_that_is_not_over():
    a_month_to_close()

    with pytest.raises(PeriodNotOver):
        close(Period.objects.get(month=NOVEMBER))


def test_refuses_a_month_before_the_one_that_comes_first():
    a_month_to_close()
    with clock.at(NOW + timedelta(days=31)), pytest.raises(EarlierMonthOpen, match="October 2026"):
        close(Period.objects.get(month=NOVEMBER))


def test_refuses_to_close_a_closed_month_again():
    period = a_month_to_close()
    close(period)

    with pytest.raises(IllegalTransition):
        close(period)


def test_only_staff_close_months():
    period = a_month_to_close()

    with pytest.raises(TransitionNotYours):
        close_period(period_id=period.pk, reason="By itself", actor=SYSTEM)


def test_knows_the_months_from_the_first_posting_to_this_one():
    assert open_months() == 0
    a_payment(settled_at=datetime(2026, 8, 31, 23, 59, tzinfo=EAT))

    assert (open_months(), open_months()) == (4, 0)
    assert next_to_close() == Period.objects.get(month=date(2026, 8, 1))


# --- The checklist ---


def test_all_is_done():
    a_month_to_close()

    stated = checklist(month=OCTOBER)

    assert stated.blocking == []
    assert stated.wallets[0].unexplained_minor == 0


def test_an_open_exception_keeps_the_month_open_and_the_refusal_names_it():
    a_month_to_close()
    a_statement_of(OCTOBER, [Row(a_receipt(), 12_000_00)], closing="1.00")

    assert not_done()["exceptions"] == 1
    with pytest.raises(ChecklistNotDone, match=r"October 2026.*No exception is open"):
        close(Period.objects.get(month=OCTOBER))
    assert not PeriodLock.objects.exists()
    assert not Close.objects.exists()
    assert Period.objects.get(month=OCTOBER).status == "open"


def test_an_exception_of_the_next_month_does_not():
    a_month_to_close()
    a_statement_of(
        NOVEMBER,
        [Row(a_receipt(), 12_000_00, at=END + timedelta(hours=5))],
        until=END + timedelta(days=1),
        opening="24750.00",
    )

    assert not_done() == {}


def test_a_day_without_a_statement_keeps_it_open():
    payment = a_payment()
    a_statement_of(
        OCTOBER,
        [paid(payment)],
        until=datetime(2026, 10, 24, 23, 59, 59, tzinfo=EAT),
        opening="0.00",
        closing="25000.00",
    )
    verified()

    found = {check.code: check for check in checklist(month=OCTOBER).checks}

    assert found["statements"].examples == ["mpesa: 25–31"]
    assert set(not_done()) == {"statements", "wallets"}


def test_days_between_two_statements_are_told_of_where_the_balance_is_the_same():
    payment = a_payment()
    a_statement_of(
        OCTOBER,
        [paid(payment)],
        until=datetime(2026, 10, 24, 23, 59, 59, tzinfo=EAT),
        opening="0.00",
        closing="25000.00",
    )
    a_statement_of(
        NOVEMBER,
        [Row(a_receipt(), 5_000_00, at=END + timedelta(hours=5))],
        until=END + timedelta(days=1),
        opening="25000.00",
        closing="30000.00",
    )
    verified()

    assert not_done() == {}


def test_a_statement_that_nobody_has_read_keeps_it_open():
    a_month_to_close()
    an_uploaded_statement([Row(a_receipt(), 1_000_00)], closing="5.00")

    assert not_done() == {"statements": 1}


def test_a_wallet_that_is_not_explained_keeps_it_open():
    payment = a_payment()
    a_statement_of(OCTOBER, [paid(payment)], opening="0.00", closing="24000.00")
    verified()

    found = {check.code: check for check in checklist(month=OCTOBER).checks}

    assert not_done() == {"wallets": 1}
    assert found["wallets"].amount_minor == -1_000_00


def test_a_stale_or_broken_verdict_keeps_it_open():
    a_month_to_close()
    with clock.at(NOW + timedelta(hours=25)):
        assert not_done() == {"invariants": 1}


def test_suspense_is_shown_and_keeps_nothing_open():
    a_month_to_close()

    found = {check.code: check for check in checklist(month=OCTOBER).checks}

    assert found["suspense"].amount_minor == 25_000_00
    assert not found["suspense"].blocks


# --- Edges of the month ---


def test_a_payment_that_the_wallet_has_before_midnight_and_we_after_it_is_explained():
    at = END - timedelta(seconds=5)
    payment = a_payment(settled_at=END + timedelta(seconds=5))
    a_statement_of(OCTOBER, [paid(payment, at=at)], opening="0.00", closing="25000.00")
    verified()

    wallet = checklist(month=OCTOBER).wallets[0]

    assert (wallet.gap_minor, wallet.straddling_minor, wallet.unexplained_minor) == (
        25_000_00,
        25_000_00,
        0,
    )


def test_a_wallet_that_held_money_before_our_books_began_is_explained():
    payment = a_payment()
    a_statement_of(OCTOBER, [paid(payment)], opening="1000.00", closing="26000.00")

    wallet = checklist(month=OCTOBER).wallets[0]

    assert (wallet.before_minor, wallet.unexplained_minor) == (1_000_00, 0)


def test_what_a_person_accepted_without_booking_is_explained():
    payment = a_payment()
    rows = [paid(payment), Row(a_receipt(), 12_000_00)]
    a_statement_of(OCTOBER, rows, opening="0.00", closing="37000.00")
    resolve_exception(
        exception_id=ReconciliationException.objects.get().pk,
        resolution="no_action",
        reason="The provider takes it back",
        actor=staff_actor(),
    )

    wallet = checklist(month=OCTOBER).wallets[0]

    assert (wallet.accepted_minor, wallet.unexplained_minor) == (12_000_00, 0)


def test_a_resolution_is_booked_in_the_month_of_the_difference_while_that_is_open():
    payment = a_payment()
    rows = [paid(payment), Row(a_receipt(), 12_000_00)]
    a_statement_of(OCTOBER, rows, opening="0.00", closing="37000.00")

    resolve_exception(
        exception_id=ReconciliationException.objects.get().pk,
        resolution="to_suspense",
        reason="Nobody knows it",
        actor=staff_actor(),
    )

    wallet = checklist(month=OCTOBER).wallets[0]
    assert (wallet.gap_minor, wallet.unexplained_minor) == (0, 0)
    assert Entry.objects.latest("id").posted_at == NOON


# --- After the close ---


def test_a_statement_for_a_closed_month_is_still_matched_and_booked_in_the_open_one():
    a_closed_month()
    late = [
        charge("LATE000001", 400_00),
        Row(a_receipt(), 12_000_00),
        charge("LATE000002", 100_00, at=END + timedelta(hours=3)),
    ]
    statement = an_uploaded_statement(
        late, until=END + timedelta(days=1), closing="36250.00", opening="24750.00"
    )

    import_statement(statement_id=statement.pk, actor=SYSTEM)
    resolve_exception(
        exception_id=ReconciliationException.objects.get(kind="missing_in_books").pk,
        resolution="to_suspense",
        reason="Nobody knows it",
        actor=staff_actor(),
    )

    booked = Entry.objects.filter(memo__contains="EXC-") | Entry.objects.filter(
        memo__contains=statement.reference
    )
    assert {entry.memo.partition(", ")[2]: entry.posted_at for entry in booked} == {
        "2026-10: 1 × fee": NOW,
        "2026-11: 1 × fee": END + timedelta(hours=3),
        "": NOW,
    }
    assert broken() == []


@pytest.mark.parametrize("row", [Close, ClosingBalance])
def test_what_a_close_stated_is_never_changed(row):
    a_closed_month()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.objects.update(id=F("id"))


@pytest.mark.django_db(transaction=True)
def test_of_four_people_who_close_a_month_one_does():
    period = a_month_to_close()
    people = [staff_actor() for _ in range(4)]

    def close_as(actor):
        with clock.at(NOW):
            return close_period(period_id=period.pk, reason="All done", actor=actor)

    outcomes = at_once(*(lambda actor=actor: close_as(actor) for actor in people))

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition] * 3
    assert Close.objects.count() == 1
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_imported_at_the_same_moment_is_in_the_checklist_or_after_the_close():
    period = a_month_to_close()
    late = an_uploaded_statement([Row(a_receipt(), 12_000_00)], closing="5.00")

    def at_that_moment(call):
        with clock.at(NOW):
            return call()

    actor = staff_actor()
    outcomes = at_once(
        lambda: at_that_moment(lambda: import_statement(statement_id=late.pk, actor=SYSTEM)),
        lambda: at_that_moment(
            lambda: close_period(period_id=period.pk, reason="All done", actor=actor)
        ),
    )

    assert [type(error) for error in refused(outcomes)] == [ChecklistNotDone]
    assert not PeriodLock.objects.exists()
