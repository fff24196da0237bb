"""Result files: what a bulk portal says became of payouts, believed row by row where nothing speaks
against it. The provider is asked first; a file never marks as paid what the provider denies.
"""

from dataclasses import asdict
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.payments.commands import ask
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import wire
from marketplace.payments.ports import Answer, Outcome, Subject
from marketplace.payouts.commands.settling import DOUBT, UNCERTAIN, return_payout, take_answer
from marketplace.payouts.errors import (
    FourEyes,
    NotReturnable,
    ResultFileKnown,
)
from marketplace.payouts.events import ResultFileUploaded
from marketplace.payouts.models import Payout, ResultFile, ResultRow
from marketplace.payouts.result_files import PAID, RETURNED, read_rows
from marketplace.payouts.states import (
    RESULT_FILE_TRANSITIONS,
    PayoutStatus,
    ResultFileStatus,
    Verdict,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.outbox import record
from marketplace.shared.states import move
from marketplace.shared.uploads import Source, UploadEmpty, UploadTooLarge, safe_name

BYTES_MAX = 2_000_000
SYSTEM = Actor.system("payouts")


def upload_results(*, file: Source, actor: Actor) -> ResultFile:
    """Keep a file and its rows; they are judged in the background.

    Raises UploadRefused (its subclasses), ResultFileUnreadable, ResultFileTooLong, ResultFileKnown.
    """
    data: bytes = file.read(BYTES_MAX + 1)
    if not data:
        raise UploadEmpty
    if len(data) > BYTES_MAX:
        raise UploadTooLarge(megabytes=BYTES_MAX // 1_000_000)
    digest, rows = sha256(data).hexdigest(), read_rows(data)
    try:
        with transaction.atomic():
            kept = ResultFile.objects.create(
                original_name=safe_name(str(file.name or "")),
                sha256=digest,
                uploaded_by_id=UUID(actor.id),
                uploaded_at=clock.now(),
            )
            ResultRow.objects.bulk_create(ResultRow(file=kept, **asdict(row)) for row in rows)
            record(ResultFileUploaded(result_file_id=kept.pk), actor=actor)
    except IntegrityError as error:
        if "sha256" not in violated(error):
            raise
        known = ResultFile.objects.get(sha256=digest)
        raise ResultFileKnown(reference=known.reference) from error
    return kept


def judge_results(*, file_id: UUID) -> int:
    """Work off the rows that wait; returns how many. Raises ProviderUnavailable: the rest waits.

    Each row stands alone and is safe to judge twice: what is settled is "known" the second time.
    """
    kept = ResultFile.objects.select_related("uploaded_by").get(pk=file_id)
    actor = Actor.staff(kept.uploaded_by_id, kept.uploaded_by.name)
    waiting = list(kept.rows.filter(verdict=Verdict.WAITING).order_by("line_number"))
    for row in waiting:
        verdict, note = _judge(row, actor)
        ResultRow.objects.filter(pk=row.pk).update(verdict=verdict, note=note[:300])
    if kept.status == ResultFileStatus.UPLOADED:
        move(
            kept,
            ResultFileStatus.FINISHED,
            RESULT_FILE_TRANSITIONS,
            actor=SYSTEM,
            finished_at=clock.now(),
        )
    return len(waiting)


def _judge(row: ResultRow, actor: Actor) -> tuple[Verdict, str]:
    payout = Payout.objects.select_related("batch").filter(reference=row.reference).first()
    if payout is None:
        return Verdict.UNKNOWN_REFERENCE, ""
    if row.amount_minor is not None and row.amount_minor != payout.amount_minor:
        return Verdict.AMOUNT_DIFFERS, ""
    if row.outcome in RETURNED:
        return _judge_return(row, payout, actor)
    wanted = PayoutStatus.PAID if row.outcome in PAID else PayoutStatus.FAILED
    if payout.status == wanted:
        return Verdict.KNOWN, ""
    if payout.status in {PayoutStatus.PLANNED, PayoutStatus.APPROVED}:
        return Verdict.NOT_SENT, ""
    if payout.status not in UNCERTAIN:
        return Verdict.CONTRADICTS, str(payout.get_status_display())
    if payout.batch.decided_by_id == actor.user_id:
        return Verdict.OWN_APPROVAL, ""
    return _settle(row, payout, wanted, actor)


def _settle(
    row: ResultRow, payout: Payout, wanted: PayoutStatus, actor: Actor
) -> tuple[Verdict, str]:
    """The provider has the first word, the file the second."""
    said = _provider_says(payout)
    if said.outcome in {Outcome.SUCCEEDED, Outcome.FAILED}:
        take_answer(payout.pk, said, actor=Actor.provider(payout.provider))
        is_paid = said.outcome == Outcome.SUCCEEDED
        agrees = is_paid == (wanted == PayoutStatus.PAID)
        return (Verdict(wanted), "") if agrees else (Verdict.DENIED, said.message or said.code)
    is_young = payout.sent_at is None or payout.sent_at + DOUBT > clock.now()
    if said.outcome == Outcome.PENDING or (wanted == PayoutStatus.FAILED and is_young):
        return Verdict.TOO_EARLY, said.message or said.code
    if wanted == PayoutStatus.PAID and not row.receipt:
        return Verdict.UNREADABLE, "a paid payout needs its receipt"
    answer = Answer(
        Outcome.SUCCEEDED if wanted == PayoutStatus.PAID else Outcome.FAILED,
        code="result file",
        message=row.reason or f"line {row.line_number}",
        receipt=row.receipt,
    )
    try:
        settled = take_answer(payout.pk, answer, actor=actor)
    except IntegrityError as error:
        if violated(error) != "payout_receipt_once":
            raise
        return Verdict.RECEIPT_USED, row.receipt
    return (Verdict(wanted), "") if settled else (Verdict.CONTRADICTS, "")


def _judge_return(row: ResultRow, payout: Payout, actor: Actor) -> tuple[Verdict, str]:
    if payout.status == PayoutStatus.RETURNED:
        return Verdict.KNOWN, ""
    reason = row.reason or f"result file, line {row.line_number}"
    try:
        return_payout(payout_id=payout.pk, reason=reason, actor=actor)
    except NotReturnable:
        return Verdict.CONTRADICTS, str(payout.get_status_display())
    except FourEyes:
        return Verdict.OWN_APPROVAL, ""
    return Verdict.RETURNED, ""


def _provider_says(payout: Payout) -> Answer:
    try:
        return ask(
            payout.provider,
            lambda p: p.enquire(reference=wire(payout.reference), subject=Subject.PAYOUT),
        )
    except ProviderUnknown:
        return Answer(Outcome.UNKNOWN)
