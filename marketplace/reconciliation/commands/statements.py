"""A statement's way in: kept as it came, then read, matched and booked in one transaction."""

from datetime import timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import override

from marketplace.accounts.queries import contact_of
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import provider_names
from marketplace.payments.ports import ParsedStatement, StatementUnreadable
from marketplace.payments.queries import parse_statement
from marketplace.reconciliation.commands.booking import book_charges_and_transfers
from marketplace.reconciliation.commands.gaps import open_gaps
from marketplace.reconciliation.commands.matches import judge, write_down
from marketplace.reconciliation.commands.staging import Staged, choose_new, keep_lines, stage
from marketplace.reconciliation.commands.suggestions import suggest, supersede
from marketplace.reconciliation.errors import AlreadyUploaded, StatementTooLarge
from marketplace.reconciliation.events import (
    StatementImported,
    StatementRefused,
    StatementUploaded,
)
from marketplace.reconciliation.models import Statement
from marketplace.reconciliation.states import STATEMENT_TRANSITIONS, StatementStatus
from marketplace.reconciliation.worktables import analyze, lay_out, run
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

MEGABYTE = 1024 * 1024
# Money whose confirmation comes late comes within days; older differences are a person's to settle.
LOOK_AGAIN_WITHIN = timedelta(days=14)


@transaction.atomic
def upload_statement(
    *, provider: str, file: Any, actor: Actor, is_fetched: bool = False
) -> Statement:
    """Keep the file; a worker reads it. `file` has `name`, `read(size)` and `seek`; `is_fetched` where
    it is the provider's answer to us.

    Raises AlreadyUploaded for bytes that we have, naming the earlier statement, StatementTooLarge
    (above STATEMENT_BYTES_MAX), and ProviderUnknown (of payments) for a provider that is not configured.
    """
    if provider not in provider_names():
        raise ProviderUnknown(provider=provider)
    digest = _digest(file)
    _refuse_known(digest)
    name = PurePath(str(file.name)).name[:200]
    statement = Statement(
        provider=provider,
        original_name=name,
        sha256=digest,
        is_fetched=is_fetched,
        uploaded_by_id=actor.user_id,
        uploaded_at=clock.now(),
    )
    statement.file.save(f"{statement.reference}.statement", File(file), save=False)
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


def _digest(file: Any) -> str:
    """SHA-256 of the file, read in pieces. Raises StatementTooLarge."""
    digest, size = sha256(), 0
    file.seek(0)
    while piece := file.read(MEGABYTE):
        size += len(piece)
        if size > settings.STATEMENT_BYTES_MAX:
            break
        digest.update(piece)
    if not 0 < size <= settings.STATEMENT_BYTES_MAX:
        raise StatementTooLarge(megabytes=settings.STATEMENT_BYTES_MAX // MEGABYTE)
    file.seek(0)
    return digest.hexdigest()


@transaction.atomic
def import_statement(*, statement_id: UUID, actor: Actor) -> Statement:
    """Read the kept file, add the lines that are new, match them, book charges and transfers.

    All or nothing, and once: an imported or refused statement is left as it is. The file is read
    before anything is locked; then statements of one provider are judged one after the other, so
    that two never claim the same payment.
    """
    statement = Statement.objects.get(pk=statement_id)
    if statement.status != StatementStatus.UPLOADED:
        return statement
    provider = statement.provider
    parsed, is_newest_first, refusal = None, True, ""
    with override(_language_of(statement)), statement.file.open("rb") as file:
        try:
            parsed = parse_statement(provider=provider, file=cast(BinaryIO, file))
            is_newest_first = stage(parsed.rows)
        except StatementUnreadable as error:
            refusal = str(error)
    one_at_a_time(f"reconcile:{provider}")
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    if statement.status != StatementStatus.UPLOADED:
        return statement
    if parsed is None or refusal:
        return _refuse(statement, refusal, actor)
    staged = choose_new(provider=provider, is_newest_first=is_newest_first)
    with override(_language_of(statement)):
        _reconcile(statement, parsed, staged, actor)
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
        lines_total=staged.total,
        lines_duplicate=staged.total - staged.new,
        imported_at=clock.now(),
    )
    record(
        StatementImported(statement_id=statement.pk),
        actor=actor,
        before={"status": StatementStatus.UPLOADED},
        after={"status": StatementStatus.IMPORTED, "lines": staged.total, "new": staged.new},
    )
    return statement


def _reconcile(statement: Statement, parsed: ParsedStatement, staged: Staged, actor: Actor) -> None:
    """Judge the new lines and those that waited, and book what needs no second look."""
    provider = statement.provider
    # As the file states it; else from its first to its last movement.
    statement.period_start = parsed.period_start or staged.earliest
    statement.period_end = parsed.period_end or staged.latest
    run(ADD_WAITING, _waiting(provider))
    analyze("candidate")
    judge(provider=provider, since=statement.period_start, until=statement.period_end)
    write_down(
        provider=provider,
        actor=actor,
        keep_lines=lambda: keep_lines(statement_id=statement.pk, provider=provider),
    )
    open_gaps(statement=statement)
    suggest(provider=provider, actor=actor)
    book_charges_and_transfers(statement=statement, actor=actor)


def hold_statements() -> None:
    """Until the end of the caller's transaction no statement is imported and no line judged anew."""
    for provider in sorted(provider_names()):
        one_at_a_time(f"reconcile:{provider}")


@transaction.atomic
def look_again(*, provider: str, actor: Actor) -> int:
    """Judge anew the lines that our books did not know; how many are matched now. Repeatable.

    A payment whose callback was lost is settled by enquiry, perhaps after its statement came.
    """
    one_at_a_time(f"reconcile:{provider}")
    lay_out("candidate", "settled_movement", "verdict")
    if not run(ADD_WAITING, _waiting(provider)):
        return 0
    analyze("candidate")
    judge(provider=provider)
    matched = write_down(provider=provider, actor=actor)
    supersede(actor=actor)
    return matched


def _waiting(provider: str) -> dict[str, object]:
    return {"provider": provider, "since": clock.now() - LOOK_AGAIN_WITHIN}


# Lines that our books did not know, oldest first.
ADD_WAITING = """
INSERT INTO candidate
SELECT l.id, NULL, l.kind, upper(l.receipt), upper(l.linked_receipt), l.third_party_id,
    l.counterparty, l.details, l.completed_at, l.amount_minor, l.dedupe_key
FROM reconciliation_statementline l
WHERE l.state = 'exception' AND l.id IN (
    SELECT line_id FROM reconciliation_reconciliationexception
    WHERE provider = %(provider)s AND status = 'open' AND opened_at >= %(since)s
        AND kind IN ('missing_in_books', 'reversed') AND line_id IS NOT NULL)
"""


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
