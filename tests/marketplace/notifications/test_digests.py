"""Finance reads every morning what waits, in its own language and once; and who may agree learns that a
closed month is to be opened again."""

from datetime import datetime, timedelta

import pytest

from marketplace.closing.commands import request_reopening
from marketplace.notifications.digests import send_digests
from marketplace.notifications.models import Message
from marketplace.payments.models import PaymentIssue
from marketplace.payments.states import IssueKind
from marketplace.shared import clock
from tasks.schedules import run_sweep, sync_schedules
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.closing import a_closed_month, november
from tests.factories.reconciliation import Row
from tests.marketplace.reconciliation.books import an_imported_statement

pytestmark = pytest.mark.django_db
SEVEN = datetime(2026, 10, 12, 7, 5, tzinfo=clock.EAT)


def something_waits(*, opened_at: datetime = SEVEN - timedelta(days=3)) -> None:
    with clock.at(opened_at):
        an_imported_statement([Row("8FD5H2K1LM", 25_000_00)])
        PaymentIssue.objects.create(
            kind=IssueKind.ORPHAN, provider="mpesa", opened_at=opened_at, receipt="8FD5H2K1LX"
        )


def digests() -> dict[str, str]:
    """What whom was told, by e-mail address."""
    rows = Message.objects.filter(code="finance_digest")
    return {row.recipient: f"{row.subject}\n{row.body}" for row in rows}


def test_everybody_in_finance_reads_in_their_language_what_waits_and_what_is_late(mpesa):
    something_waits()
    asha = a_staff_member("finance", language="en")
    juma = a_staff_member("finance", language="sw")
    a_staff_member("operations_lead")

    assert send_digests(now=SEVEN) == "2 people told"

    told = digests()
    assert set(told) == {asha.email, juma.email}
    assert "What waits at your desks on 12/10/2026" in told[asha.email]
    assert "open: 1, of TZS 25,000 together; late: 1" in told[asha.email]
    assert "open: 1; longer than a day: 1" in told[asha.email]
    assert "since 09/10/2026" in told[asha.email]
    assert "Tofauti za ulinganisho zilizo wazi: 1" in told[juma.email]


def test_a_day_is_told_of_once_and_the_next_day_again(mpesa):
    something_waits()
    a_staff_member("finance")

    said = [send_digests(now=SEVEN + timedelta(hours=hours)) for hours in (0, 1, 15, 24)]

    assert said == ["1 people told", "0 people told", "0 people told", "1 people told"]
    assert Message.objects.filter(code="finance_digest").count() == 2


def test_what_is_young_is_told_of_as_open_and_not_as_late(mpesa):
    something_waits(opened_at=SEVEN - timedelta(hours=2))
    finance = a_staff_member("finance")

    send_digests(now=SEVEN)

    assert "late: 0" in digests()[finance.email]
    assert "longer than a day: 0" in digests()[finance.email]


def test_nobody_is_told_before_the_morning_or_where_nothing_waits(mpesa):
    a_staff_member("finance")
    assert send_digests(now=SEVEN) == "nothing waits"
    something_waits()

    assert send_digests(now=SEVEN - timedelta(hours=1)) == "not yet"

    assert digests() == {}


def test_the_sweep_has_a_pulse(mpesa):
    sync_schedules()

    with clock.at(SEVEN):
        assert run_sweep("notifications.digest") == "nothing waits"


def test_who_may_agree_to_a_reopening_is_told_but_not_who_asks(mpesa):
    asking, other = a_staff_member("finance"), a_staff_member("finance", language="sw")
    may_not = a_staff_member("operations_agent")

    with november():
        closed = a_closed_month()
        request_reopening(
            period_id=closed.period_id, reason="A late bill", actor=staff_actor(asking)
        )
        deliver_all()

    rows = Message.objects.filter(code="reopening_requested")
    told = {row.recipient: row.body for row in rows}
    assert asking.email not in told
    assert may_not.email not in told
    assert "A late bill" in told[other.email]
    assert "zifunguliwe tena" in told[other.email]
