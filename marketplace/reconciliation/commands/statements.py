"""A statement's way in: kept as it came, then read, matched and booked in one transaction."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import batched
from pathlib import PurePath
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from marketplace.accounts.queries import contact_of
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import provider_names
from marketplace.payments.ports import ParsedStatement, StatementRow, StatementUnreadable
from marketplace.payments.queries import parse_statement
from marketplace.reconciliation.commands.booking import book_charges_and_transfers
from marketplace.reconciliation.commands.gaps import open_gaps
from marketplace.reconciliation.commands.matches import match_lines
from marketplace.reconciliation.errors import AlreadyUploaded, StatementTooLarge
from marketplace.reconciliation.events import (
    StatementImported,
    StatementRefused,
    StatementUploaded,
)
from marketplace.reconciliation.models import ReconciliationException, Statement, StatementLine
from marketplace.reconciliation.states import (
    STATEMENT_TRANSITIONS,
    ExceptionKind,
    ExceptionStatus,
    LineState,
    StatementStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

LINES_PER_STEP = 2_000
MEGABYTE = 1024 * 1024
# Money whose confirmation comes late comes within days; older differences are a person's to settle.
LOOK_AGAIN_WITHIN = timedelta(days=14)


@transaction.atomic
def upload_statement(*, provider: str, file: Any, actor: Actor) -> Statement:
    """Keep the file; a worker reads it. `file` has `name` and `read(size)`.

    Raises AlreadyUploaded for bytes that we have, naming the earlier statement, StatementTooLarge,
    and ProviderUnknown (of payments) for a provider that is not configured.
    """
    if provider not in provider_names():
        raise ProviderUnknown(provider=provider)
    data = file.read(settings.UPLOAD_BYTES_MAX + 1)
    if not data or len(data) > settings.UPLOAD_BYTES_MAX:
        raise StatementTooLarge(megabytes=settings.UPLOAD_BYTES_MAX // MEGABYTE)
    digest = sha256(data).hexdigest()
    _refuse_known(digest)
    name = PurePath(str(file.name)).name[:200]
    statement = Statement(
        provider=provider,
        original_name=name,
        sha256=digest,
        uploaded_by_id=actor.user_id,
        uploaded_at=clock.now(),
    )
    statement.file.save(f"{statement.reference}.statement", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError as error:
        statement.file.delete(save=False)
        if "sha256" in violated(error):
            _refuse_known(digest)
        raise
    record(
        StatementUploaded(statement_id=statement.pk),
        actor=actor,
        after={"status": statement.status, "provider": provider, "file": name},
    )
    return statement


@transaction.atomic
def import_statement(*, statement_id: UUID, actor: Actor) -> Statement:
    """Read the kept file, add the lines that are new, match them, book charges and transfers.

    All or nothing, and once: an imported or refused statement is left as it is. Statements of one
    provider are imported one after the other, so that two never claim the same payment.
    """
    provider = Statement.objects.values_list("provider", flat=True).get(pk=statement_id)
    one_at_a_time(f"reconcile:{provider}")
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    if statement.status != StatementStatus.UPLOADED:
        return statement
    with override(_language_of(statement)), statement.file.open("rb") as file:
        try:
            parsed = parse_statement(provider=provider, file=cast(BinaryIO, file))
            rows = _once_each(_oldest_first(list(parsed.rows)))
        except StatementUnreadable as error:
            return _refuse(statement, str(error), actor)
        added = _add_lines(statement, rows)
        _set_period(statement, parsed, rows)
        new = StatementLine.objects.filter(statement=statement, state=LineState.UNMATCHED)
        match_lines(provider=provider, lines=new, actor=actor)
        look_again(provider=provider, actor=actor)
        open_gaps(statement=statement)
        book_charges_and_transfers(statement=statement, actor=actor)
    move(
        statement,
        StatementStatus.IMPORTED,
        STATEMENT_TRANSITIONS,
        actor=actor,
        account=parsed.account[:40],
        opening_minor=parsed.opening_minor,
        closing_minor=parsed.closing_minor,
        period_start=statement.period_start,
        period_end=statement.period_end,
        lines_total=len(rows),
        lines_duplicate=len(rows) - added,
        imported_at=clock.now(),
    )
    record(
        StatementImported(statement_id=statement.pk),
        actor=actor,
        before={"status": StatementStatus.UPLOADED},
        after={"status": StatementStatus.IMPORTED, "lines": len(rows), "new": added},
    )
    return statement


@transaction.atomic
def look_again(*, provider: str, actor: Actor) -> int:
    """Judge anew the lines that our books did not know; how many are matched now. Repeatable.

    A payment whose callback was lost is settled by enquiry, perhaps after its statement came.
    """
    one_at_a_time(f"reconcile:{provider}")
    waiting = StatementLine.objects.filter(
        pk__in=ReconciliationException.objects.filter(
            provider=provider,
            kind=ExceptionKind.MISSING_IN_BOOKS,
            status=ExceptionStatus.OPEN,
            opened_at__gte=clock.now() - LOOK_AGAIN_WITHIN,
        ).values("line_id"),
        state=LineState.EXCEPTION,
    )
    return match_lines(provider=provider, lines=waiting, actor=actor)


def _refuse_known(digest: str) -> None:
    earlier = Statement.objects.filter(sha256=digest).first()
    if earlier is not None:
        raise AlreadyUploaded(reference=earlier.reference)


def _language_of(statement: Statement) -> str:
    """Explanations are written in the language of the person who brought the file."""
    if statement.uploaded_by_id is None:
        return settings.LANGUAGE_CODE
    return contact_of(user_id=statement.uploaded_by_id).language


def _refuse(statement: Statement, refusal: str, actor: Actor) -> Statement:
    move(
        statement,
        StatementStatus.REFUSED,
        STATEMENT_TRANSITIONS,
        actor=actor,
        refusal=refusal[:500],
        imported_at=clock.now(),
    )
    record(
        StatementRefused(statement_id=statement.pk, refusal=refusal[:500]),
        actor=actor,
        before={"status": StatementStatus.UPLOADED},
        after={"status": StatementStatus.REFUSED},
    )
    return statement


def _add_lines(statement: Statement, rows: list[StatementRow]) -> int:
    """Insert what no earlier file brought; how many lines are new."""
    added = 0
    with connection.cursor() as cursor:
        for step in batched(rows, LINES_PER_STEP):
            lines = json.dumps([_line(row) for row in step]).replace(r"\u0000", "")
            cursor.execute(INSERT_LINES, [statement.pk, statement.provider, lines])
            added += cursor.rowcount
    return added


# One parameter per step: a file of 100,000 lines has a million and a half values, and binding each
# took four times as long as everything else. `dedupe_key`: overlapping files bring a movement once.
INSERT_LINES = """
INSERT INTO reconciliation_statementline (
    statement_id, provider, dedupe_key, line_number, kind, receipt, linked_receipt, third_party_id,
    counterparty, completed_at, amount_minor, balance_minor, details, raw, state)
SELECT %s, %s, dedupe_key, line_number, kind, receipt, linked_receipt, third_party_id,
    counterparty, completed_at, amount_minor, balance_minor, details, raw, 'unmatched'
FROM jsonb_to_recordset(%s::jsonb) AS line (
    dedupe_key text, line_number integer, kind text, receipt text, linked_receipt text,
    third_party_id text, counterparty text, completed_at timestamptz, amount_minor bigint,
    balance_minor bigint, details text, raw jsonb)
ORDER BY completed_at, line_number DESC
ON CONFLICT (provider, dedupe_key) DO NOTHING
"""


def _line(row: StatementRow) -> dict[str, Any]:
    """A row as the table takes it; what the parser found wrong with it stands before its details."""
    problem = row.raw.get("problem")
    return {
        "dedupe_key": row.dedupe_key,
        "line_number": row.line_number,
        "kind": row.kind,
        "receipt": row.receipt[:40],
        "linked_receipt": row.linked_receipt[:40],
        "third_party_id": row.third_party_id[:64],
        "counterparty": row.counterparty[:40],
        "completed_at": row.completed_at.isoformat(),
        "amount_minor": row.amount_minor,
        "balance_minor": row.balance_minor,
        "details": (f"{problem}: {row.details}" if problem else row.details)[:300],
        "raw": row.raw,
    }


def _oldest_first(rows: list[StatementRow]) -> list[StatementRow]:
    """Files list the newest first; lines of the same second keep the order in which they happened."""
    is_newest_first = bool(rows) and rows[0].completed_at >= rows[-1].completed_at
    ordered = rows[::-1] if is_newest_first else rows
    return sorted(ordered, key=lambda row: row.completed_at)


def _once_each(rows: Sequence[StatementRow]) -> list[StatementRow]:
    """A line that is listed twice, word for word, is one movement; two movements that differ in
    nothing but the balance after them are counted, so that a payment booked twice is seen twice."""
    seen: set[tuple[str, int | None]] = set()
    occurrences: Counter[str] = Counter()
    kept: list[StatementRow] = []
    for row in rows:
        key = row.dedupe_key
        if (key, row.balance_minor) in seen:
            continue
        seen.add((key, row.balance_minor))
        occurrences[key] += 1
        number = occurrences[key]
        kept.append(replace(row, dedupe_key=key if number == 1 else f"{key}#{number}"))
    return kept


def _set_period(statement: Statement, parsed: ParsedStatement, rows: list[StatementRow]) -> None:
    """As the file states it; else from its first to its last movement."""
    times = [row.completed_at for row in rows]
    statement.period_start = parsed.period_start or min(times, default=None)
    statement.period_end = parsed.period_end or max(times, default=None)
