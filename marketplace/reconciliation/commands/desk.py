"""Who works on an exception, and what they found out: taken, given to a colleague, put back, noted."""

from uuid import UUID

from django.db import transaction

from marketplace.accounts.queries import active_staff, contact_of
from marketplace.reconciliation.errors import (
    AlreadyTaken,
    AssigneeUnknown,
    ExceptionIsResolved,
    ExceptionNotFound,
    NoteMissing,
    NoteTooLong,
)
from marketplace.reconciliation.events import (
    ExceptionAssigned,
    ExceptionClaimed,
    ExceptionNoted,
    ExceptionReleased,
)
from marketplace.reconciliation.models import ExceptionNote, ReconciliationException
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.events import Event
from marketplace.shared.outbox import record

NOTE_MAX = 2000


@transaction.atomic
def claim_exception(*, exception_id: UUID, actor: Actor) -> ReconciliationException:
    """Take an exception that nobody has; taking one's own again changes nothing.

    Raises ExceptionNotFound, ExceptionIsResolved, and AlreadyTaken to the slower of two.
    """
    row = _open(exception_id)
    if row.assignee_id == actor.user_id:
        return row
    if row.assignee_id is not None:
        raise AlreadyTaken(colleague=contact_of(user_id=row.assignee_id).name)
    _give(row, actor.user_id, ExceptionClaimed(exception_id=row.pk), actor)
    return row


@transaction.atomic
def assign_exception(
    *, exception_id: UUID, assignee_id: UUID, actor: Actor
) -> ReconciliationException:
    """Give an exception to a colleague, also one that another colleague has.

    Raises ExceptionNotFound, ExceptionIsResolved, and AssigneeUnknown for who may not enter.
    """
    row = _open(exception_id)
    if not active_staff(ids=[assignee_id]):
        raise AssigneeUnknown
    if row.assignee_id != assignee_id:
        event = ExceptionAssigned(exception_id=row.pk, assignee_id=assignee_id)
        _give(row, assignee_id, event, actor)
    return row


@transaction.atomic
def release_exception(*, exception_id: UUID, actor: Actor) -> ReconciliationException:
    """Put it back for anybody; colleagues may do it for one who is away.

    Raises ExceptionNotFound and ExceptionIsResolved.
    """
    row = _open(exception_id)
    if row.assignee_id is not None:
        _give(row, None, ExceptionReleased(exception_id=row.pk), actor)
    return row


@transaction.atomic
def note_exception(*, exception_id: UUID, body: str, actor: Actor) -> ExceptionNote:
    """Write down what was found out; also after it is resolved. Never changed, never deleted.

    Raises ExceptionNotFound, NoteMissing and NoteTooLong.
    """
    body = body.strip()
    if not body:
        raise NoteMissing
    if len(body) > NOTE_MAX:
        raise NoteTooLong(limit=f"{NOTE_MAX:,}")
    if not ReconciliationException.objects.filter(pk=exception_id).exists():
        raise ExceptionNotFound
    note = ExceptionNote.objects.create(
        exception_id=exception_id, author_id=UUID(actor.id), body=body, written_at=clock.now()
    )
    record(ExceptionNoted(exception_id=exception_id, note_id=note.pk), actor=actor)
    return note


def _open(exception_id: UUID) -> ReconciliationException:
    row = ReconciliationException.objects.select_for_update().filter(pk=exception_id).first()
    if row is None:
        raise ExceptionNotFound
    if row.status != ExceptionStatus.OPEN:
        raise ExceptionIsResolved
    return row


def _give(
    row: ReconciliationException, assignee_id: UUID | None, event: Event, actor: Actor
) -> None:
    before, row.assignee_id = row.assignee_id, assignee_id
    row.save(update_fields=["assignee"])
    record(
        event,
        actor=actor,
        before={"assignee": _name(before)},
        after={"assignee": _name(assignee_id)},
    )


def _name(user_id: UUID | None) -> str:
    return contact_of(user_id=user_id).name if user_id else ""
