"""What colleagues tell each other about a case, and who is named in it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from marketplace.casework.errors import NoteMissing, NoteTooLong
from marketplace.casework.events import CaseNoted
from marketplace.casework.models import Mention, Note
from marketplace.casework.policies import NOTE_MAX
from marketplace.casework.queries import named_in
from marketplace.casework.states import case_key
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def write_note(
    *, kind: str, case_id: str, body: str, readers: Iterable[UUID], actor: Actor
) -> Note:
    """Write it down for good. Of `readers`, who may see the case, those named after an @ are told.

    Raises NoteMissing and NoteTooLong.
    """
    body = body.strip()
    if not body:
        raise NoteMissing
    if len(body) > NOTE_MAX:
        raise NoteTooLong(limit=f"{NOTE_MAX:,}")
    note = Note.objects.create(
        kind=kind, case_id=case_id, author_id=UUID(actor.id), body=body, written_at=clock.now()
    )
    told = [one for one in named_in(body, among=readers) if one != note.author_id]
    Mention.objects.bulk_create(Mention(note=note, user_id=one) for one in told)
    record(
        CaseNoted(case_id=case_key(kind, case_id), note_id=note.pk, mentioned_ids=told),
        actor=actor,
    )
    return note


def mark_mentions_seen(*, kind: str, case_id: str, user_id: UUID) -> int:
    """The person has the case before their eyes; how many mentions that settles. Safe to run twice."""
    rows = Mention.objects.filter(
        user_id=user_id, seen_at=None, note__kind=kind, note__case_id=case_id
    )
    return rows.update(seen_at=clock.now())
