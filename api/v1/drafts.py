"""Evidence in a dispute as each side prepares it: what is asked of you, what you have, and submitting it."""

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from api.refusals import refuses
from api.schemas.disputes import DisputeDetail
from api.schemas.drafts import DraftOut, StagedIn, StagedOut
from api.throttling import Pace
from api.v1.disputes import detail, mine
from api.v1.sellers import UPLOADS
from marketplace.disputes import commands, errors
from marketplace.disputes.checklist import checklist
from marketplace.disputes.queries import staged, thread
from marketplace.disputes.states import IN_TALKS, Party

router = Router()


@router.get("/{reference}/draft", response=DraftOut, summary="Show what is asked of me")
@refuses(errors.DisputeNotFound)
def show_draft(request: HttpRequest, reference: str) -> DraftOut:
    """What your side has to show, what it has prepared, and what is missing. Nobody else sees it."""
    row, actor = mine(request, reference)
    party = Party(actor.kind.value)
    prepared = staged(dispute_id=row.pk, party=party)
    items = checklist(row.reason, thread(dispute_id=row.pk).evidence, prepared)
    return DraftOut.of(
        row,
        party,
        row.turn == party and row.status in IN_TALKS,
        [item for item in items if item.party == party],
        prepared,
    )


@router.post(
    "/{reference}/draft",
    throttle=Pace("upload"),
    response={201: StagedOut},
    summary="Prepare a file or a number",
)
@refuses(
    UPLOADS,
    errors.DisputeNotFound,
    errors.DisputeClosed,
    errors.NotAParty,
    errors.NothingShown,
    errors.NumberUnfit,
    errors.OneNumberEach,
    errors.ImeiInvalid,
    errors.ImeiMistyped,
    errors.SerialNumberInvalid,
    errors.TrackingNumberInvalid,
    errors.EvidenceRepeated,
    errors.TooMuchEvidence,
)
def stage(
    request: HttpRequest,
    reference: str,
    body: Form[StagedIn],
    file: File[UploadedFile | None] = None,
) -> Status[StagedOut]:
    """PDF, JPEG, PNG or WebP. It answers nothing before you submit it."""
    row, actor = mine(request, reference)
    prepared = commands.stage_evidence(
        dispute_id=row.pk,
        kind=body.kind,
        file=file,
        numbers=body.numbers(),
        note=body.note,
        actor=actor,
    )
    return Status(201, StagedOut.of(prepared))


# Before the next one, whose address would take “submit” for a reference.
@router.post("/{reference}/draft/submit", response=DisputeDetail, summary="Submit what I prepared")
@refuses(errors.DisputeNotFound, errors.DisputeClosed, errors.NotAParty, errors.NothingStaged)
def submit(request: HttpRequest, reference: str) -> DisputeDetail:
    """All of it, as your answer; nothing of it can be changed or taken back from then on."""
    row, actor = mine(request, reference)
    commands.submit_evidence(dispute_id=row.pk, actor=actor)
    return detail(mine(request, reference)[0])


@router.delete(
    "/{reference}/draft/{evidence}", response={204: None}, summary="Take back what I prepared"
)
@refuses(errors.DisputeNotFound, errors.NotAParty, errors.StagedNotFound)
def unstage(request: HttpRequest, reference: str, evidence: str) -> Status[None]:
    """Its file is deleted."""
    row, actor = mine(request, reference)
    commands.unstage_evidence(dispute_id=row.pk, reference=evidence, actor=actor)
    return Status(204, None)
