"""Invoices become fiscal receipts: numbered without a gap, sent in order, unchanged, until acknowledged.

Against the authority's simulator over HTTP, which enforces signature, numbers and order itself.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from marketplace.billing import receipts
from marketplace.billing.errors import NothingToSend
from marketplace.billing.models import Document, FiscalDevice, FiscalReceipt, FiscalReport
from marketplace.billing.ports import Customer, Numbers, Sums
from marketplace.billing.receipts import ask_to_send, fiscalise, fiscalise_due, report_days
from marketplace.billing.states import FiscalStatus
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from reports.invoices import invoice_pdf
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.marketplace.billing.test_documents import a_sale, give_back, issue
from tests.processes import a_worker, dwell, in_processes, refusals, without_row_locks
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
PAUSE = receipts.LEASE + timedelta(hours=1)


def an_invoice() -> Document:
    """Of a sale in a month that is over."""
    with clock.at(clock.now() - timedelta(days=35)):
        part = a_sale()
        sold_at = clock.now()
    (invoice,) = issue(part.seller, sold_at)
    return invoice


def statuses() -> list[str]:
    return list(FiscalReceipt.objects.order_by("gc").values_list("status", flat=True))


def later() -> int:
    """The sweep, after every pause and lease is over."""
    with clock.at(clock.now() + PAUSE):
        return fiscalise_due()


def test_an_invoice_gets_a_receipt_that_the_authority_acknowledges(vfd):
    invoice = an_invoice()

    deliver_all()

    receipt = FiscalReceipt.objects.get()
    assert receipt.document == invoice
    assert (receipt.status, receipt.gc, receipt.dc) == (FiscalStatus.ACKNOWLEDGED, 1, 1)
    (taken,) = vfd.messages("receipt")
    assert taken["body"].decode() == receipt.message
    assert taken["total"] == f"{invoice.total_minor // 100}.{invoice.total_minor % 100:02d}"
    assert receipt.verification_url.endswith(
        f"/{receipt.code}_{receipt.written_at.astimezone(clock.EAT):%H%M%S}"
    )
    assert broken_invariants() == []


def test_the_same_news_again_makes_no_second_receipt_and_sends_nothing(vfd):
    invoice = an_invoice()
    deliver_all()

    fiscalise(document_id=invoice.pk)
    later()

    assert [row["times"] for row in vfd.messages("receipt")] == [1]


def test_a_lost_acknowledgement_is_answered_by_the_identical_bytes(vfd):
    an_invoice()
    vfd.switch("lost")

    deliver_all()

    assert statuses() == [FiscalStatus.SENT]
    assert later() == 1
    assert statuses() == [FiscalStatus.ACKNOWLEDGED]
    (taken,) = vfd.messages("receipt")
    assert taken["times"] == 2
    assert taken["body"].decode() == FiscalReceipt.objects.get().message


@pytest.mark.parametrize("switch", ["500", "unheard", "slow"])
def test_no_answer_leaves_it_sent_until_it_is_sent_again(vfd, switch):
    an_invoice()
    vfd.switch(switch)

    deliver_all()

    assert statuses() == [FiscalStatus.SENT]
    assert fiscalise_due() == 0, "the pause after a failure is not over"
    assert later() == 1
    assert len(vfd.messages("receipt")) == 1


@pytest.mark.parametrize(("switch", "code"), [("ack1", "1"), ("ack6", "6")])
def test_a_refusal_is_shown_and_nothing_overtakes_it(vfd, switch, code):
    first, second = an_invoice(), an_invoice()
    vfd.switch(switch)

    deliver_all()

    assert statuses() == [FiscalStatus.REFUSED, FiscalStatus.QUEUED]
    assert FiscalReceipt.objects.get(gc=1).ack_code == code
    assert LoggedEvent.objects.filter(name="billing.fiscal_receipt_refused.v1").count() == 1
    assert vfd.messages("receipt") == []
    assert later() == 2
    assert [row["number"] for row in vfd.messages("receipt")] == ["1", "2"]
    assert {first.pk, second.pk} == set(FiscalReceipt.objects.values_list("document_id", flat=True))


def test_staff_need_not_wait_for_the_pause(vfd):
    an_invoice()
    vfd.switch("500")
    deliver_all()

    ask_to_send(receipt_id=FiscalReceipt.objects.get().pk, actor=staff_actor())
    deliver_all()

    assert statuses() == [FiscalStatus.ACKNOWLEDGED]


def test_an_acknowledged_receipt_is_never_sent_again_nor_changed(vfd):
    an_invoice()
    deliver_all()
    receipt = FiscalReceipt.objects.get()

    with pytest.raises(NothingToSend):
        ask_to_send(receipt_id=receipt.pk, actor=staff_actor())
    for change in ({"status": FiscalStatus.SENT}, {"message": "<RCT/>"}, {"gc": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            FiscalReceipt.objects.filter(pk=receipt.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        receipt.delete()


def test_while_the_authority_is_away_invoices_are_issued_and_fiscalised_later(vfd):
    vfd.stop()
    an_invoice()
    deliver_all()

    assert statuses() == []

    vfd.start(vfd.port)
    assert fiscalise_due() == 1
    assert statuses() == [FiscalStatus.ACKNOWLEDGED]


def test_a_credit_note_and_an_invoice_before_the_first_day_get_no_receipt(mpesa, vfd, settings):
    invoice = an_invoice()
    deliver_all()
    part = invoice.lines.get().seller_order
    give_back(part, part.gross_minor)
    with clock.at(clock.now() + timedelta(days=40)):
        period = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
        receipts_before = FiscalReceipt.objects.count()
        issue(part.seller, clock.midnight(period) + timedelta(days=1))
    deliver_all(ahead=timedelta(days=80))

    assert FiscalReceipt.objects.count() == receipts_before == 1

    settings.FISCAL_DEVICE = settings.FISCAL_DEVICE | {"since": clock.today().isoformat()}
    an_invoice()
    assert later() == 0


def test_the_daily_number_begins_again_after_midnight_and_the_day_is_reported_once(vfd):
    midnight = clock.midnight(clock.today())
    invoices = [an_invoice() for _ in range(3)]
    for invoice, at in zip(invoices, (-120, -60, 1), strict=True):
        with clock.at(midnight + timedelta(seconds=at)):
            fiscalise(document_id=invoice.pk)

    rows = FiscalReceipt.objects.order_by("gc").values_list("gc", "dc", "status")

    done = FiscalStatus.ACKNOWLEDGED
    assert list(rows) == [(1, 1, done), (2, 2, done), (3, 1, done)]
    report_days()
    report_days()
    (report,) = vfd.messages("report")
    yesterday = clock.today() - timedelta(days=1)
    assert (report["number"], report["times"]) == (f"{yesterday:%Y%m%d}", 1)
    assert b"<TICKETSFISCAL>2</TICKETSFISCAL>" in report["body"]
    assert FiscalReport.objects.get().status == done
    deliver_all()
    assert broken_invariants() == []


def test_a_clock_that_was_set_back_makes_no_receipt_older_than_the_last(vfd):
    first, second = an_invoice(), an_invoice()
    fiscalise(document_id=first.pk)

    with clock.at(clock.now() - timedelta(days=2)):
        fiscalise(document_id=second.pk)

    assert statuses() == [FiscalStatus.ACKNOWLEDGED] * 2


def test_the_authority_refuses_other_bytes_skipped_numbers_and_older_days(vfd):
    an_invoice()
    deliver_all()
    device = FiscalDevice.objects.get()
    adapter, registration = vfd.adapter(), receipts._registration(device)
    signed = partial(
        adapter.write_receipt, registration, sums=Sums(100_00, 18_00), customer=Customer("A & B <C>"),
        item="commission",
    )  # fmt: skip
    now = clock.now()

    def code(numbers: Numbers, change: tuple[str, str] = ("", "")) -> str:
        message = signed(numbers=numbers).replace(*change) if change[0] else signed(numbers=numbers)
        return adapter.send_receipt(registration, message, gc=numbers.gc).code

    assert code(Numbers(3, 2, now)) == "5"
    assert code(Numbers(2, 1, now)) == "5"
    assert code(Numbers(2, 1, now - timedelta(days=1))) == "5"
    assert code(Numbers(2, 1, now + timedelta(days=1))) == "5"
    assert code(Numbers(2, 2, now), ("118.00", "119.00")) == "1"
    assert code(Numbers(1, 1, now - timedelta(seconds=1))) == "5", (
        "other bytes under a known number"
    )
    assert code(Numbers(2, 2, now)) == "0"


def test_a_number_that_was_taken_and_never_used_is_an_alarm(vfd):
    an_invoice()
    deliver_all()

    FiscalDevice.objects.update(last_gc=F("last_gc") + 1)

    assert [found.split(":")[0] for found in broken_invariants()] == [
        "billing.receipts_have_no_gap"
    ]


def test_the_invoice_shows_its_receipt_once_it_is_acknowledged(vfd):
    invoice = an_invoice()
    plain = invoice_pdf(invoice, language="en")

    deliver_all()

    shown = invoice_pdf(invoice, language="en")
    assert len(shown) > len(plain) + 500


# --- Twice at once, and killed halfway ---


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_before_the_answer_is_followed_by_the_identical_bytes(vfd):
    invoice = an_invoice()
    vfd.switch("slow")

    with a_worker(partial(fiscalise, document_id=invoice.pk)):
        vfd.wait_until(lambda: vfd.messages("receipt"))

    assert statuses() == [FiscalStatus.SENT]
    assert fiscalise_due() == 0, "the dead sender's lease still runs"
    assert later() == 1
    (taken,) = vfd.messages("receipt")
    assert taken["times"] == 2
    deliver_all()
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_two_invoices_at_once_get_two_numbers_in_order(vfd, monkeypatch):
    both = two_at_once(vfd, monkeypatch)

    assert refusals(both) == []
    later()
    assert statuses() == [FiscalStatus.ACKNOWLEDGED] * 2
    assert [(row["number"], row["times"]) for row in vfd.messages("receipt")] == [
        ("1", 1),
        ("2", 1),
    ]
    deliver_all()
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_locks_one_number_is_taken_twice(vfd, monkeypatch):
    without_row_locks(monkeypatch)
    monkeypatch.setattr(receipts, "one_at_a_time", lambda _name: None)

    both = two_at_once(vfd, monkeypatch)

    assert "IntegrityError" in refusals(both)


def two_at_once(vfd, monkeypatch) -> list:
    invoices = [an_invoice(), an_invoice()]
    fiscalise_the_device(vfd)
    dwell(monkeypatch, receipts, "_next_numbers")
    return in_processes(*(partial(fiscalise, document_id=invoice.pk) for invoice in invoices))


def fiscalise_the_device(vfd) -> None:
    """Registered beforehand, so that the race is about numbers."""
    receipts._device(vfd.adapter())
