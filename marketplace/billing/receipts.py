"""Fiscal receipts: numbering them, and bringing them to the tax authority one at a time and in order.

A receipt gets its numbers and its signed bytes in one transaction, under one lock, so that no number is
skipped or given twice. Then the very same bytes go out until they are acknowledged, and never again.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from marketplace.billing.authority import fiscal_authority
from marketplace.billing.errors import NothingToSend
from marketplace.billing.events import (
    FiscalReceiptAcknowledged,
    FiscalReceiptQueued,
    FiscalReceiptRefused,
    FiscalSendingAsked,
)
from marketplace.billing.models import (
    CommissionLine,
    Document,
    FiscalDevice,
    FiscalReceipt,
    FiscalReport,
)
from marketplace.billing.ports import (
    Ack,
    AuthorityUnavailable,
    Customer,
    Day,
    FiscalAuthority,
    Numbers,
    Registration,
    Sums,
)
from marketplace.billing.queries import documents_to_fiscalise
from marketplace.billing.states import FISCAL_TRANSITIONS, FiscalStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

log = logging.getLogger(__name__)
FISCAL = Actor.system("fiscal")
LOCK = "fiscal-device"
# Longer than any answer is waited for; a dead sender's lease ends by itself.
LEASE = timedelta(seconds=180)
BACKOFF_FIRST_S, BACKOFF_LONGEST_S = 15, 1800
RECEIPTS_PER_SWEEP, MESSAGES_PER_RUN, REPORTS_PER_SWEEP = 200, 200, 62

type Message = FiscalReceipt | FiscalReport


def fiscalise(*, document_id: UUID) -> None:
    """Number an invoice's receipt and send what waits. Repeatable; an outage is the sweep's to mend."""
    _with_device(lambda device: queue_receipt(document_id=document_id, device_id=device.pk))


def fiscalise_due() -> int:
    """The same for every invoice that has no receipt yet; how many messages were acknowledged."""

    def queue(device: FiscalDevice) -> None:
        due = documents_to_fiscalise().values_list("pk", flat=True)
        for document_id in due[:RECEIPTS_PER_SWEEP]:
            queue_receipt(document_id=document_id, device_id=device.pk)

    return _with_device(queue)


def report_days() -> int:
    """Write the Z report of every day that is over, and send what waits; how many were acknowledged."""

    def write(device: FiscalDevice) -> None:
        for day in _days_to_report(device):
            _queue_report(device_id=device.pk, day=day)

    return _with_device(write)


def ask_to_send(*, receipt_id: int, actor: Actor) -> None:
    """Try now instead of after the pause. Raises NothingToSend."""
    with transaction.atomic():
        receipt = FiscalReceipt.objects.select_related("device").get(pk=receipt_id)
        if receipt.status == FiscalStatus.ACKNOWLEDGED:
            raise NothingToSend
        FiscalDevice.objects.filter(pk=receipt.device_id).update(next_try_at=None, failures=0)
        record(FiscalSendingAsked(document_id=receipt.document_id), actor=actor)


@transaction.atomic
def queue_receipt(*, document_id: UUID, device_id: int) -> FiscalReceipt | None:
    """Give an invoice its numbers and its signed message, once; None where it needs no receipt.

    Credit notes and invoices about nothing need none (docs/decisions/0001).
    """
    one_at_a_time(LOCK)
    document = Document.objects.get(pk=document_id)
    if not documents_to_fiscalise().filter(pk=document_id).exists():
        return FiscalReceipt.objects.filter(document=document).first()
    authority = _authority()
    device = FiscalDevice.objects.select_for_update().get(pk=device_id)
    numbers = _next_numbers(device)
    registration = _registration(device)
    sums = _sums(document)
    receipt = FiscalReceipt.objects.create(
        document=document,
        device=device,
        gc=numbers.gc,
        dc=numbers.dc,
        day=numbers.at.astimezone(clock.EAT).date(),
        code=f"{device.receipt_code}{numbers.gc}",
        verification_url=authority.verification_url(registration, numbers),
        taxed_minor=sums.taxed_minor,
        vat_minor=sums.vat_minor,
        untaxed_minor=sums.untaxed_minor,
        message=authority.write_receipt(
            registration,
            numbers,
            sums,
            customer=Customer(
                name=document.seller_details["name"],
                tin=document.seller_details["tin"],
                phone=document.seller_details["phone"],
            ),
            item=f"Marketplace commission {document.period:%Y-%m}, {document.number}",
        ),
        written_at=numbers.at,
    )
    record(FiscalReceiptQueued(document_id=document.pk, code=receipt.code), actor=FISCAL)
    return receipt


def send_waiting() -> int:
    """Send receipts in the order of their numbers, then daily reports; how many were acknowledged.

    Stops at the first that is not: nothing may overtake it. Does nothing while somebody else sends,
    or in the pause after a failure.
    """
    authority = _authority()
    for taken in range(MESSAGES_PER_RUN):
        message = _take_next(authority.key)
        if message is None or not _deliver(authority, message):
            return taken
    return MESSAGES_PER_RUN


# --- Numbers ---


def _next_numbers(device: FiscalDevice) -> Numbers:
    """The next in the locked row. A clock that was set back makes no receipt older than the last."""
    at = max(clock.now(), device.last_at or device.registered_at)
    is_new_day = device.last_at is None or _day(device.last_at) != _day(at)
    device.last_gc += 1
    device.last_dc = 1 if is_new_day else device.last_dc + 1
    device.last_at = at
    device.save(update_fields=["last_gc", "last_dc", "last_at"])
    return Numbers(gc=device.last_gc, dc=device.last_dc, at=at)


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.EAT).date()


def _sums(document: Document) -> Sums:
    """By whether VAT was charged. What is given back without VAT lessens what was taxed too."""
    rows = CommissionLine.objects.filter(document=document).exclude(vat_minor=0)
    taxed_minor = rows.aggregate(found=Sum("commission_minor"))["found"] or 0
    untaxed_minor = document.commission_minor - taxed_minor
    if untaxed_minor < 0 or taxed_minor < 0:
        taxed_minor, untaxed_minor = document.commission_minor, 0
    return Sums(taxed_minor, document.vat_minor, untaxed_minor)


@transaction.atomic
def _queue_report(*, device_id: int, day: date) -> None:
    one_at_a_time(LOCK)
    authority = _authority()
    if FiscalReport.objects.filter(device_id=device_id, day=day).exists():
        return
    device = FiscalDevice.objects.get(pk=device_id)
    all_of_it = FiscalReceipt.objects.filter(device=device)
    of_day = all_of_it.filter(day=day)
    now, issuer = clock.now(), settings.LEGAL_IDENTITY
    written = Day(
        day=day,
        sums=_totals(of_day),
        receipts=of_day.count(),
        gross_minor=_totals(all_of_it.filter(day__lte=day)).total_minor,
        registered_at=device.registered_at,
        header=(issuer["name"], issuer["address"]),
        vrn=issuer["vrn"],
    )
    FiscalReport.objects.create(
        device=device,
        day=day,
        message=authority.write_report(_registration(device), written, at=now),
        written_at=now,
    )


def _totals(receipts: Any) -> Sums:
    names = ("taxed_minor", "vat_minor", "untaxed_minor")
    found = receipts.aggregate(**{name: Sum(name) for name in names})
    return Sums(**{name: int(found[name] or 0) for name in names})


def _days_to_report(device: FiscalDevice) -> Iterable[date]:
    """Days since the registration that are over and have no report, oldest first."""
    last = (
        FiscalReport.objects.filter(device=device)
        .order_by("-day")
        .values_list("day", flat=True)
        .first()
    )
    first = last + timedelta(days=1) if last else _day(device.registered_at)
    days = min((clock.today() - first).days, REPORTS_PER_SWEEP)
    return [first + timedelta(days=number) for number in range(days)]


# --- Sending ---


def _take_next(key: str) -> Message | None:
    """What is first in line, marked as sent before it is, with the device leased to us."""
    now = clock.now()
    with transaction.atomic():
        device = FiscalDevice.objects.select_for_update().get(key=key)
        is_taken = device.leased_until is not None and device.leased_until > now
        if is_taken or (device.next_try_at is not None and device.next_try_at > now):
            return None
        message: Message | None = _first(FiscalReceipt, "gc", device) or _first(
            FiscalReport, "day", device
        )
        if message is None:
            return None
        move(
            message,
            FiscalStatus.SENT,
            FISCAL_TRANSITIONS,
            actor=FISCAL,
            tries=message.tries + 1,
            sent_at=now,
        )
        device.leased_until = now + LEASE
        device.save(update_fields=["leased_until"])
        message.device = device
    return message


def _first[Row: (FiscalReceipt, FiscalReport)](
    model: type[Row], order: str, device: FiscalDevice
) -> Row | None:
    waiting = model.objects.filter(device=device).exclude(status=FiscalStatus.ACKNOWLEDGED)
    return waiting.order_by(order).first()


def _deliver(authority: FiscalAuthority, message: Message) -> bool:
    """Outside any transaction: the authority may be slow. True where it was acknowledged."""
    registration = _registration(message.device)
    try:
        if isinstance(message, FiscalReceipt):
            ack = authority.send_receipt(registration, message.message, gc=message.gc)
        else:
            ack = authority.send_report(registration, message.message, day=message.day)
    except AuthorityUnavailable as problem:
        log.warning("the tax authority did not answer to %s: %s", message, problem)
        with transaction.atomic():
            _release(message.device_id, is_well=False)
        return False
    return _settle(message, ack)


@transaction.atomic
def _settle(message: Message, ack: Ack) -> bool:
    """Write down the answer and give the device free."""
    row = type(message).objects.select_for_update().get(pk=message.pk)
    if row.status == FiscalStatus.ACKNOWLEDGED:
        return True  # A slow sender of the same bytes: the answer is known.
    told: dict[str, Any] = {"ack_code": ack.code, "ack_message": ack.message}
    if ack.is_taken:
        told |= {"acknowledged_at": clock.now()}
    wanted = FiscalStatus.ACKNOWLEDGED if ack.is_taken else FiscalStatus.REFUSED
    is_news = row.ack_code != ack.code
    if row.status == FiscalStatus.SENT:
        move(row, wanted, FISCAL_TRANSITIONS, actor=FISCAL, **told)
        _announce(row, ack, is_news=is_news)
    _release(row.device_id, is_well=ack.is_taken)
    return ack.is_taken


def _announce(row: Message, ack: Ack, *, is_news: bool) -> None:
    """A receipt's fate; a refusal is news once, not at every try."""
    if not isinstance(row, FiscalReceipt):
        return
    if ack.is_taken:
        record(FiscalReceiptAcknowledged(document_id=row.document_id, code=row.code), actor=FISCAL)
    elif is_news:
        record(
            FiscalReceiptRefused(document_id=row.document_id, code=row.code, ack_code=ack.code),
            actor=FISCAL,
        )


def _release(device_id: int, *, is_well: bool) -> None:
    """End the lease; after a failure with a pause that doubles."""
    device = FiscalDevice.objects.select_for_update().get(pk=device_id)
    device.leased_until = None
    device.failures = 0 if is_well else device.failures + 1
    pause_s = min(BACKOFF_FIRST_S * 2 ** min(device.failures - 1, 10), BACKOFF_LONGEST_S)
    device.next_try_at = None if is_well else clock.now() + timedelta(seconds=pause_s)
    device.save(update_fields=["leased_until", "failures", "next_try_at"])


# --- The device ---


def _with_device(work: Any) -> int:
    """Do the work with our registered device, then send what waits; 0 where there is no device."""
    authority = fiscal_authority()
    if authority is None:
        return 0
    try:
        device = _device(authority)
    except AuthorityUnavailable as problem:
        log.warning("the fiscal device is not registered yet: %s", problem)
        return 0
    work(device)
    return send_waiting()


def _device(authority: FiscalAuthority) -> FiscalDevice:
    """Registered once for ever. Raises AuthorityUnavailable."""
    device = FiscalDevice.objects.filter(key=authority.key).first()
    if device is not None:
        return device
    given = authority.register()
    FiscalDevice.objects.bulk_create(
        [
            FiscalDevice(
                key=authority.key,
                registration_id=given.registration_id,
                serial=given.serial,
                receipt_code=given.receipt_code,
                username=given.username,
                password=given.password,
                answer=dict(given.fields),
                first_gc=given.gc,
                last_gc=given.gc,
                registered_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return FiscalDevice.objects.get(key=authority.key)


def _authority() -> FiscalAuthority:
    authority = fiscal_authority()
    assert authority is not None, "nobody gets here without a device"
    return authority


def _registration(device: FiscalDevice) -> Registration:
    return Registration(
        registration_id=device.registration_id,
        serial=device.serial,
        receipt_code=device.receipt_code,
        gc=device.first_gc,
        username=device.username,
        password=device.password,
        fields=device.answer,
    )
