"""What the signed-in person allows us to do with what they do here."""

from django.http import HttpRequest
from ninja import Router

from api.auth import buyer, person
from api.schemas.accounts import ConsentIn, ConsentOut
from marketplace.accounts.commands import set_consent
from marketplace.accounts.queries import consents_of
from marketplace.accounts.states import Purpose

router = Router()


@router.get("", response=list[ConsentOut], summary="List what I allow")
def list_consents(request: HttpRequest) -> list[ConsentOut]:
    """Nothing is allowed before the person says so."""
    given = consents_of(user_id=person(request).id)
    return [ConsentOut.of(purpose, given.get(purpose)) for purpose in Purpose]


@router.put("/{purpose}", response=ConsentOut, summary="Allow something, or take it back")
def put_consent(request: HttpRequest, purpose: Purpose, body: ConsentIn) -> ConsentOut:
    """`analytics`: what the person searches, looks at and orders goes to the analytics services that we
    use, without name, e-mail address or phone. Taken back, what still waits to go is not sent."""
    consent = set_consent(
        user_id=person(request).id,
        purpose=purpose,
        is_given=body.is_given,
        actor=buyer(request),
    )
    return ConsentOut.of(purpose, consent.given_at if consent else None)
