"""Providers' statements, brought by finance's own systems instead of by hand."""

from typing import Annotated

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from api.auth import DutyMissing, on_duty
from api.idempotency import idempotent
from api.refusals import refuses
from api.schemas.statements import StatementOut
from api.throttling import Pace
from marketplace.payments.errors import ProviderUnknown
from marketplace.reconciliation import commands, errors, queries

router = Router()
DUTY = "upload_statements"


@router.post(
    "",
    throttle=Pace("upload"),
    response={201: StatementOut},
    summary="Upload a provider's statement",
)
@refuses(DutyMissing, ProviderUnknown, errors.AlreadyUploaded, errors.StatementTooLarge)
@idempotent
def upload_statement(
    request: HttpRequest, provider: Annotated[str, Form(max_length=10)], file: File[UploadedFile]
) -> Status[StatementOut]:
    """The file as the provider gave it, for people of finance. The same bytes are taken once. It is
    read and matched in the background: poll the statement until it is imported or refused."""
    actor = on_duty(request, DUTY)
    row = commands.upload_statement(provider=provider, file=file, actor=actor)
    return Status(201, StatementOut.of(row))


@router.get("/{reference}", response=StatementOut, summary="Show a statement")
@refuses(DutyMissing, errors.StatementNotFound)
def statement(request: HttpRequest, reference: str) -> StatementOut:
    """How far it is, and why it was refused."""
    on_duty(request, DUTY)
    return StatementOut.of(queries.get_statement(reference=reference))
