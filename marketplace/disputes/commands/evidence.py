"""What the sides show: at once, or prepared first and then submitted as one answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from marketplace.disputes.commands.thread import locked, locked_in_talks, party_of
from marketplace.disputes.commands.turns import answered
from marketplace.disputes.errors import (
    EvidenceRepeated,
    NotAParty,
    NothingShown,
    NothingStaged,
    NumberRepeated,
    StagedNotFound,
    TooMuchEvidence,
)
from marketplace.disputes.events import EvidenceAdded, EvidenceSubmitted
from marketplace.disputes.models import Dispute, Evidence, StagedEvidence
from marketplace.disputes.numbers import NUMBERS_OF, written
from marketplace.disputes.states import DisputeStatus, EvidenceKind, Party
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.ids import uuid7
from marketplace.shared.outbox import record
from marketplace.shared.storage import private_storage
from marketplace.shared.uploads import DOCUMENTS, Upload, read_upload

EVIDENCE_PER_SIDE_MAX = 20
NOTE_CHARACTERS_MAX = 300
# Longer than any case can still be appealed; then what was never submitted is nobody's business.
DRAFTS_KEPT = timedelta(days=90)
PER_SWEEP_MAX = 200
CLOSED = [DisputeStatus.RESOLVED, DisputeStatus.WITHDRAWN]
# What of a prepared thing becomes evidence as it is.
CONTENT = (
    "party", "kind", "number_kind", "number", "original_name", "content_type", "size_bytes", "sha256",
    "note", "uploaded_by_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stored:
    """A file that lies in its place already, or none."""

    path: str = ""
    upload: Upload | None = None

    def columns(self) -> dict[str, Any]:
        if self.upload is None:
            return {}
        return {
            "file": self.path,
            "original_name": self.upload.name,
            "content_type": self.upload.content_type,
            "size_bytes": self.upload.size,
            "sha256": self.upload.sha256,
        }


def add_evidence(
    *,
    dispute_id: UUID,
    file: Any,
    actor: Actor,
    kind: str = EvidenceKind.OTHER,
    note: str = "",
) -> Evidence:
    """Add a PDF or picture to the case at once, and say what it shows; the same file once by each side.

    Raises DisputeNotFound, DisputeClosed, NotAParty, UploadRefused, EvidenceRepeated and
    TooMuchEvidence.
    """
    shows = EvidenceKind(kind)
    _check_party(dispute_id, actor)
    with _stored(file) as stored, transaction.atomic():
        dispute = locked_in_talks(dispute_id)
        party = party_of(dispute, actor)
        _check_room(dispute, party, stored)
        evidence = Evidence.objects.create(
            dispute=dispute,
            uploaded_by_id=UUID(actor.id),
            party=party,
            kind=shows,
            note=note[:NOTE_CHARACTERS_MAX],
            uploaded_at=clock.now(),
            **stored.columns(),
        )
        record(
            EvidenceAdded(dispute_id=dispute.pk, evidence_id=evidence.pk, party=party), actor=actor
        )
        answered(dispute, party, actor=actor)
    return evidence


@transaction.atomic
def take_down_number(
    *,
    dispute_id: UUID,
    party: str,
    number_kind: str,
    number: str,
    actor: Actor,
    note: str = "",
) -> Evidence:
    """Write down a number that a side told us: it is that side's evidence and answer, by our hand.

    `party` is the buyer or the seller, `number_kind` an EvidenceNumber. Raises DisputeNotFound,
    DisputeClosed, NotAParty for who is not staff or where `party` is, NumberRepeated, TooMuchEvidence,
    and the refusals of numbers.written, of the field `number`.
    """
    side = Party(party)
    kind = next(kind for kind, numbers in NUMBERS_OF.items() if number_kind in numbers)
    try:
        _kind, text = written(kind, {number_kind: number})
    except DomainError as refusal:
        refusal.field = "number"
        raise
    if not text:
        raise NothingShown(field="number")
    dispute = locked_in_talks(dispute_id)
    if party_of(dispute, actor) != Party.STAFF or side == Party.STAFF:
        raise NotAParty
    if dispute.evidence.filter(party=side, number_kind=number_kind, number=text).exists():
        raise NumberRepeated
    _check_room(dispute, side, _Stored())
    evidence = Evidence.objects.create(
        dispute=dispute,
        uploaded_by_id=UUID(actor.id),
        party=side,
        kind=kind,
        number_kind=number_kind,
        number=text,
        note=note[:NOTE_CHARACTERS_MAX],
        is_taken_down=True,
        uploaded_at=clock.now(),
    )
    record(
        EvidenceAdded(
            dispute_id=dispute.pk, evidence_id=evidence.pk, party=side, is_taken_down=True
        ),
        actor=actor,
    )
    answered(dispute, side, actor=actor)
    return evidence


def stage_evidence(
    *,
    dispute_id: UUID,
    kind: str,
    actor: Actor,
    file: Any = None,
    numbers: Mapping[str, str] | None = None,
    note: str = "",
) -> StagedEvidence:
    """Prepare a file, a number (by EvidenceNumber), or a number with its picture. Answers nothing yet.

    Raises DisputeNotFound, DisputeClosed, NotAParty for our staff, too, UploadRefused, NothingShown,
    EvidenceRepeated, TooMuchEvidence, and the refusals of numbers.written.
    """
    shows = EvidenceKind(kind)
    number_kind, number = written(shows, numbers or {})
    if file is None and not number:
        raise NothingShown
    if _check_party(dispute_id, actor) == Party.STAFF:
        raise NotAParty
    with _stored(file) as stored, transaction.atomic():
        dispute = locked_in_talks(dispute_id)
        party = party_of(dispute, actor)
        _check_room(dispute, party, stored)
        return StagedEvidence.objects.create(
            dispute=dispute,
            uploaded_by_id=UUID(actor.id),
            party=party,
            kind=shows,
            number_kind=number_kind,
            number=number,
            note=note[:NOTE_CHARACTERS_MAX],
            uploaded_at=clock.now(),
            **stored.columns(),
        )


@transaction.atomic
def unstage_evidence(*, dispute_id: UUID, reference: str, actor: Actor) -> None:
    """Take back what was prepared; its file goes with it, whatever became of the case meanwhile.

    Raises DisputeNotFound, NotAParty and StagedNotFound.
    """
    dispute = locked(dispute_id)
    party = party_of(dispute, actor)
    staged = dispute.staged.filter(party=party, reference=reference).first()
    if staged is None:
        raise StagedNotFound
    _forget([staged])


@transaction.atomic
def submit_evidence(*, dispute_id: UUID, actor: Actor) -> list[Evidence]:
    """Show all that the side has prepared, as one answer. Nothing changes it from then on.

    A side may prepare and submit again while it may speak. Raises DisputeNotFound, DisputeClosed,
    NotAParty and NothingStaged.
    """
    dispute = locked_in_talks(dispute_id)
    party = party_of(dispute, actor)
    shown = show_staged(dispute, party, actor=actor)
    if not shown:
        raise NothingStaged
    answered(dispute, party, actor=actor)
    return shown


def show_staged(
    dispute: Dispute, party: Party, *, actor: Actor, is_automatic: bool = False
) -> list[Evidence]:
    """What a side has prepared in a locked case is evidence now; empty where it has nothing."""
    staged = _prepared(dispute, party)
    if not staged:
        return []
    now = clock.now()
    shown = Evidence.objects.bulk_create(
        Evidence(
            dispute=dispute,
            uploaded_at=now,
            file=one.file.name,
            **{name: getattr(one, name) for name in CONTENT},
        )
        for one in staged
    )
    StagedEvidence.objects.filter(pk__in=[one.pk for one in staged]).delete()
    record(
        EvidenceSubmitted(
            dispute_id=dispute.pk,
            party=party,
            kinds=[one.kind for one in shown],
            is_automatic=is_automatic,
        ),
        actor=actor,
    )
    return shown


def forget_drafts() -> int:
    """Delete what was prepared and never submitted in cases closed long ago; returns how many things.

    Safe to run twice.
    """
    closed = Dispute.objects.filter(status__in=CLOSED, closed_at__lt=clock.now() - DRAFTS_KEPT)
    with transaction.atomic():
        rows = StagedEvidence.objects.select_for_update(skip_locked=True)
        old = list(rows.filter(dispute__in=closed).order_by("id")[:PER_SWEEP_MAX])
        _forget(old)
    return len(old)


def _prepared(dispute: Dispute, party: Party) -> list[StagedEvidence]:
    return list(dispute.staged.filter(party=party).order_by("id"))


def _forget(staged: list[StagedEvidence]) -> None:
    """The rows now, their files once that is certain."""
    StagedEvidence.objects.filter(pk__in=[one.pk for one in staged]).delete()
    paths = [str(one.file.name) for one in staged if one.file]

    def remove() -> None:
        for path in paths:
            private_storage().delete(path)

    transaction.on_commit(remove)


def _check_party(dispute_id: UUID, actor: Actor) -> Party:
    """Before a file is read: whether they may show anything here, and for which side."""
    with transaction.atomic():
        return party_of(locked_in_talks(dispute_id), actor)


def _check_room(dispute: Dispute, party: Party, stored: _Stored) -> None:
    """Of a locked case. What is prepared counts as if it were shown, so that it can be submitted whole."""
    places = (dispute.evidence.filter(party=party), dispute.staged.filter(party=party))
    sha256 = stored.columns().get("sha256")
    if sha256 and any(rows.filter(sha256=sha256).exists() for rows in places):
        raise EvidenceRepeated
    if sum(rows.count() for rows in places) >= EVIDENCE_PER_SIDE_MAX:
        raise TooMuchEvidence(most=EVIDENCE_PER_SIDE_MAX)


@contextmanager
def _stored(file: Any) -> Iterator[_Stored]:
    """The file in its place before the case is locked, so that a slow store holds up nobody.

    It is removed again where the case refuses it.
    """
    if file is None:
        yield _Stored()
        return
    upload = read_upload(file, allowed=DOCUMENTS, max_bytes=settings.UPLOAD_BYTES_MAX)
    path = f"evidence/{clock.today():%Y/%m}/{uuid7()}{upload.extension}"
    stored = private_storage().save(path, ContentFile(upload.data))
    try:
        yield _Stored(stored, upload)
    except BaseException:
        private_storage().delete(stored)
        raise
