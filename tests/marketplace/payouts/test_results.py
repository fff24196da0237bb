"""Result files: judged row by row; the provider has the first word, and nothing is paid twice."""

import io
from typing import Any

import pytest

from marketplace.payments.gateways import gateway
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.commands import judge_results, upload_results
from marketplace.payouts.errors import (
    ResultFileKnown,
    ResultFileTooLong,
    ResultFileUnreadable,
)
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import balance_of
from marketplace.payouts.result_files import ROWS_MAX, read_rows
from marketplace.payouts.states import PayoutStatus, ResultFileStatus, Verdict
from marketplace.shared.actors import Actor
from marketplace.shared.uploads import UploadEmpty, UploadTooLarge
from tests.factories.accounts import staff_actor
from tests.factories.payouts import a_paid_payout, a_sent_payout, an_approved_payout
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
HEAD = "Reference,Status,Amount,Receipt,Reason\n"


@pytest.fixture(autouse=True)
def _a_provider_that_cannot_say(monkeypatch):
    provider_says(monkeypatch, Answer(Outcome.UNKNOWN))


def provider_says(monkeypatch: Any, answer: Answer) -> None:
    monkeypatch.setattr(gateway("mpesa"), "enquire", lambda **about: answer)


def a_file(text: str | bytes, name: str = "results.csv") -> io.BytesIO:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file.name = name
    return file


def judged(*rows: str, actor: Actor | None = None) -> list[str]:
    kept = upload_results(file=a_file(HEAD + "\n".join(rows)), actor=actor or staff_actor())
    judge_results(file_id=kept.pk)
    kept.refresh_from_db()
    assert kept.status == ResultFileStatus.FINISHED
    return list(kept.rows.order_by("line_number").values_list("verdict", flat=True))


def status_of(payout: Payout) -> str:
    return Payout.objects.get(pk=payout.pk).status


def shillings(payout: Payout) -> str:
    return f'"{payout.amount_minor // 100:,}.00"'


def test_paid_failed_and_returned_rows_are_booked():
    paid, failed, returned = a_sent_payout(), a_sent_payout(), a_paid_payout()

    assert judged(
        f"{paid.reference},Paid,{shillings(paid)},8FD5H2K1LM,",
        f"{failed.reference.replace('-', '')},FAILED,,,No such wallet",
        f"{returned.reference},Returned,,,Account closed",
    ) == [Verdict.PAID, Verdict.FAILED, Verdict.RETURNED]

    assert status_of(paid) == PayoutStatus.PAID
    assert status_of(failed) == PayoutStatus.FAILED
    assert status_of(returned) == PayoutStatus.RETURNED
    owed = balance_of(seller_reference=failed.seller.reference)
    assert owed.available_minor == failed.amount_minor
    assert broken_invariants() == []


def test_what_does_not_fit_is_named_row_by_row_and_changes_nothing():
    sent, unsent, settled = a_sent_payout(), an_approved_payout(), a_paid_payout()

    assert judged(
        "PO-NOBODY00,Paid,,R1,",
        f"{sent.reference},Paid,1.00,R2,",
        f"{sent.reference},Paid,,R2,",
        f"{unsent.reference},Paid,,R3,",
        f"{settled.reference},Failed,,,gone",
        f"{settled.reference},Maybe,,,",
    ) == [
        Verdict.UNKNOWN_REFERENCE,
        Verdict.AMOUNT_DIFFERS,
        Verdict.REPEATED,
        Verdict.NOT_SENT,
        Verdict.CONTRADICTS,
        Verdict.UNREADABLE,
    ]
    assert [status_of(one) for one in (sent, unsent, settled)] == ["unknown", "approved", "paid"]
    assert broken_invariants() == []


def test_a_file_never_says_paid_where_the_provider_denies_it(monkeypatch):
    payout = a_sent_payout()
    provider_says(monkeypatch, Answer(Outcome.FAILED, code="INS-6", message="refused"))

    assert judged(f"{payout.reference},Paid,,R1,") == [Verdict.DENIED]

    assert status_of(payout) == PayoutStatus.FAILED


def test_a_file_never_says_failed_where_the_provider_has_paid(monkeypatch):
    payout = a_sent_payout()
    provider_says(monkeypatch, Answer(Outcome.SUCCEEDED, receipt="8FD5H2K1LM"))

    assert judged(f"{payout.reference},Failed,,,gone") == [Verdict.DENIED]

    assert status_of(payout) == PayoutStatus.PAID


def test_while_the_provider_works_on_it_nothing_is_decided(monkeypatch):
    payout = a_sent_payout()
    provider_says(monkeypatch, Answer(Outcome.PENDING))

    assert judged(f"{payout.reference},Paid,,R1,") == [Verdict.TOO_EARLY]
    assert status_of(payout) == PayoutStatus.UNKNOWN


def test_who_approved_a_payout_does_not_settle_it_by_file():
    payout = a_sent_payout()
    approver = Actor.staff(payout.batch.decided_by_id)

    assert judged(f"{payout.reference},Paid,,R1,", actor=approver) == [Verdict.OWN_APPROVAL]


def test_one_receipt_pays_one_payout():
    first, second = a_sent_payout(), a_sent_payout()

    verdicts = judged(f"{first.reference},Paid,,R1,", f"{second.reference},Paid,,R1,")

    assert verdicts == [Verdict.PAID, Verdict.RECEIPT_USED]
    assert status_of(second) == PayoutStatus.UNKNOWN


def test_the_same_file_is_taken_once_and_its_news_are_known_then():
    payout = a_sent_payout()
    row = f"{payout.reference},Paid,,R1,"
    judged(row)

    with pytest.raises(ResultFileKnown):
        upload_results(file=a_file(HEAD + row), actor=staff_actor())
    assert judged(row, "") == [Verdict.KNOWN]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", UploadEmpty),
        (b"x" * 2_000_001, UploadTooLarge),
        (b"hello", ResultFileUnreadable),
        (b"reference,amount\nPO-1,5\n", ResultFileUnreadable),
        (b"\x00\x01\x02", ResultFileUnreadable),
        (b'reference,status\n"PO-1,paid\n', ResultFileUnreadable),
        (b"reference,status\n" + b"PO-1,paid\n" * (ROWS_MAX + 1), ResultFileTooLong),
    ],
)
def test_files_that_are_none_are_refused(data, refusal):
    with pytest.raises(refusal):
        upload_results(file=a_file(data), actor=staff_actor())


@pytest.mark.parametrize(
    "data",
    [
        "reference;status;amount\r\npo-7k3m9qx2;Success;1 000",
        "Third Party ID\tResult\nPO7K3M9QX2\tcompleted",
    ],
)
def test_files_as_spreadsheets_save_them(data):
    for encoding in ("utf-8-sig", "utf-16"):
        (row,) = read_rows(data.encode(encoding))
        assert row.reference == "PO-7K3M9QX2"
