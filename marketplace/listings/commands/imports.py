"""Bulk import: a kept file, worked off in steps that each commit with their own progress.

The first step lays the rows out in a table; each reads its own there, so that no step reads
the file again.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import batched
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.accounts.queries import contact_of
from marketplace.listings.commands.import_rows import check_rows, write_rows
from marketplace.listings.errors import ImportNotFound, ImportUnreadable
from marketplace.listings.events import ImportFinished, ImportStepDue, ListingsImported
from marketplace.listings.models import ImportBatch, ImportRow
from marketplace.listings.sheet import NumberedRow, read_rows
from marketplace.listings.states import IMPORT_TRANSITIONS, ImportPolicy, ImportStatus
from marketplace.rules.queries import require_open
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.rows import insert
from marketplace.shared.states import move

ROWS_PER_STEP = 500
ROWS_PER_STATEMENT = 5_000


@transaction.atomic
def upload_import(
    *, seller_id: UUID, file: Any, actor: Actor, policy: str = ImportPolicy.GOOD_ROWS
) -> ImportBatch:
    """Keep the file and begin in the background; the header is checked at once.

    Raises ClosedForNow, and ImportUnreadable for a file that is too large, no table, or lacks a column.
    """
    require_open(RuleName.IMPORTS)
    data = file.read(settings.UPLOAD_BYTES_MAX + 1)
    if len(data) > settings.UPLOAD_BYTES_MAX:
        raise ImportUnreadable(problem=_("The file is too large."))
    rows = sum(1 for _row in read_rows(data))
    if not rows:
        raise ImportUnreadable(problem=_("The file has no rows below its header."))
    batch = ImportBatch(
        seller_id=seller_id,
        uploaded_by_id=UUID(actor.id),
        original_name=PurePath(str(file.name)).name[:200],
        sha256=sha256(data).hexdigest(),
        policy=ImportPolicy(policy),
        rows_total=rows,
    )
    batch.file.save(f"{batch.reference}.table", ContentFile(data), save=False)
    batch.save()
    record(ImportStepDue(batch_id=batch.pk, next_row=0), actor=actor)
    return batch


@transaction.atomic
def import_step(*, batch_id: UUID, next_row: int, actor: Actor) -> None:
    """Work off the rows from `next_row`, and owe the next step or finish. A repetition does nothing."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    running = {ImportStatus.QUEUED, ImportStatus.RUNNING}
    if batch.status not in running or batch.next_row != next_row:
        return
    with override(contact_of(user_id=batch.uploaded_by_id).language):
        if next_row == 0 and not _begun(batch, actor):
            return
        _work_off(batch, actor)
    if batch.next_row >= batch.rows_total:
        _finish(batch, ImportStatus.FINISHED, actor)
    else:
        record(ImportStepDue(batch_id=batch.pk, next_row=batch.next_row), actor=actor)


@transaction.atomic
def cancel_import(*, batch_id: UUID, actor: Actor) -> ImportBatch:
    """Stop after the step that runs; what is written stays."""
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise ImportNotFound
    _finish(batch, ImportStatus.CANCELLED, actor)
    return batch


def _begun(batch: ImportBatch, actor: Actor) -> bool:
    """Lay the rows out to be worked off; False where it is all or none, and so it is none."""
    with batch.file.open("rb") as file:
        rows = list(read_rows(file.read()))
    if batch.policy == ImportPolicy.ALL_OR_NOTHING and _refused(batch, rows, actor):
        return False
    for some in batched(rows, ROWS_PER_STATEMENT):
        insert([ImportRow(batch=batch, row_number=number, cells=cells) for number, cells in some])
    move(batch, ImportStatus.RUNNING, IMPORT_TRANSITIONS, actor=actor)
    return True


def _work_off(batch: ImportBatch, actor: Actor) -> None:
    rows = batch.rows.order_by("row_number").values_list("row_number", "cells")
    step = list(rows[batch.next_row : batch.next_row + ROWS_PER_STEP])
    good, refused = check_rows(batch, step)
    written = write_rows(batch, good, actor)
    insert([*refused, *written.refused])
    batch.next_row += len(step)
    batch.rows_created += len(written.created)
    batch.rows_updated += len(written.updated)
    batch.rows_failed += len(refused) + len(written.refused)
    batch.save(update_fields=["next_row", "rows_created", "rows_updated", "rows_failed"])
    touched = [*written.created, *written.updated]
    if touched:
        record(ListingsImported(batch_id=batch.pk, listing_ids=touched), actor=actor)


def _refused(batch: ImportBatch, rows: Sequence[NumberedRow], actor: Actor) -> bool:
    """All rows or none: look at all of them before the first is written."""
    _good, errors = check_rows(batch, rows)
    if not errors:
        return False
    insert(errors)
    batch.rows_failed = len(errors)
    batch.refusal = _("%(count)s rows have errors, so none was imported.") % {"count": len(errors)}
    batch.save(update_fields=["rows_failed", "refusal"])
    _finish(batch, ImportStatus.REFUSED, actor)
    return True


def _finish(batch: ImportBatch, status: ImportStatus, actor: Actor) -> None:
    move(batch, status, IMPORT_TRANSITIONS, actor=actor, finished_at=clock.now())
    batch.rows.all().delete()
    record(ImportFinished(batch_id=batch.pk, status=status), actor=actor)
