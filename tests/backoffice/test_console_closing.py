"""A person closes a month in the console, and two people open it again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from backoffice.pages.display import page_of
from marketplace.closing.models import Close, Period
from marketplace.ledger.models import PeriodLock
from tests.backoffice.console_pages import decide, said, signed_in
from tests.factories.closing import (
    NOVEMBER,
    OCTOBER,
    a_closed_month,
    a_month_to_close,
    a_statement_of,
    november,
)
from tests.factories.reconciliation import Row, a_receipt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_wallet_in_november(settings: Any) -> Iterator[None]:
    settings.PAYMENT_PROVIDERS = {"mpesa": settings.PAYMENT_PROVIDERS["mpesa"]}
    with november():
        yield


def the_page(client, period: Period) -> str:
    return client.get(page_of(period)).content.decode()


def test_the_list_shows_every_month_and_who_closed_it(client):
    closed = a_closed_month()
    signed_in(client, "finance")

    shown = client.get(reverse("admin:closing_period_changelist")).content.decode()

    assert "October 2026" in shown
    assert "November 2026" in shown
    assert closed.closed_by.name in shown


def test_the_page_of_an_open_month_is_its_checklist(client):
    period = a_month_to_close()
    a_statement_of(OCTOBER, [Row(a_receipt(), 12_000_00)], opening="0.00", closing="36750.00")
    signed_in(client, "finance")

    shown = the_page(client, period)

    assert "No exception is open" in shown
    assert "EXC-" in shown
    assert reverse("admin:backoffice_exceptionqueue_changelist") in shown
    assert "Close the month" in shown


def test_finance_closes_a_month_and_sees_what_it_stated(client):
    period = a_month_to_close()
    person = signed_in(client, "finance")

    answer = decide(client, period, "close", reason="Seen with the bank")

    assert answer.status_code == 302
    assert "figures are kept" in said(answer)
    assert Close.objects.get().closed_by == person
    shown = the_page(client, period)
    for words in ("Seen with the bank", "provider_clearing:mpesa", "TZS 24,750", "Month closed"):
        assert words in shown


def test_a_refused_close_names_what_is_not_done(client):
    period = a_month_to_close()
    a_statement_of(OCTOBER, [Row(a_receipt(), 12_000_00)], opening="0.00", closing="36750.00")
    signed_in(client, "finance")

    answer = decide(client, period, "close", reason="In a hurry")

    assert "No exception is open" in said(answer)
    assert not PeriodLock.objects.exists()


def test_a_month_that_does_not_come_next_has_no_button(client):
    a_month_to_close()
    signed_in(client, "finance")

    shown = the_page(client, Period.objects.get(month=NOVEMBER))

    assert "not over yet" in shown
    assert "Close the month" not in shown


def test_two_people_open_a_month_again(client):
    period = a_closed_month().period
    signed_in(client, "finance")
    decide(client, period, "request", reason="A refund was booked twice")

    assert "Reopen the month" not in the_page(client, period)
    answer = decide(client, period, "approve")
    assert "cannot decide" in said(answer)
    signed_in(client, "finance")
    assert "A refund was booked twice" in the_page(client, period)
    answer = decide(client, period, "approve")

    assert "open again" in said(answer)
    assert not PeriodLock.objects.exists()


def test_a_second_person_may_leave_it_closed(client):
    period = a_closed_month().period
    signed_in(client, "finance")
    decide(client, period, "request", reason="A refund was booked twice")
    signed_in(client, "administrator")

    decide(client, period, "reject", reason="Correct it in November")

    assert PeriodLock.objects.exists()
    assert "A refund was booked twice" in the_page(client, period)


def test_the_page_shows_what_a_second_close_changed(client):
    period = a_closed_month().period
    signed_in(client, "finance")
    decide(client, period, "request", reason="A line was missing")
    signed_in(client, "finance")
    decide(client, period, "approve")
    decide(client, period, "close", reason="Nothing to correct after all")

    shown = the_page(client, period)

    assert "Changed since the close before" in shown
    assert "Every closing balance is the same." in shown
    assert "All closes" in shown


@pytest.mark.parametrize("role", ["operations_agent", "operations_lead", "support"])
def test_the_months_are_finances_business(client, role):
    period = a_month_to_close()
    signed_in(client, role)

    assert client.get(page_of(period)).status_code == 403
    assert decide(client, period, "close", reason="Why not").status_code == 403


def test_the_page_speaks_swahili(client, settings):
    period = a_month_to_close()
    signed_in(client, "finance")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "sw"

    shown = the_page(client, period)

    assert "Funga mwezi" in shown
    assert "Hakuna tofauti iliyo wazi" in shown
