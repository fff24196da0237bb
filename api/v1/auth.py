"""Registering, signing in and out, proving a phone, addresses."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from api.auth import Person, buyer, person
from api.refusals import refuses
from api.schemas.accounts import (
    AddressIn,
    AddressOut,
    CodeIn,
    CodeSentOut,
    LoginIn,
    Me,
    PhoneIn,
    RefreshIn,
    RegisterIn,
    SessionOut,
)
from api.schemas.base import Choice
from api.throttling import Pace, client_address
from marketplace.accounts import commands, errors, queries
from marketplace.sellers.errors import NotASeller
from marketplace.sellers.queries import seller_of_user

router = Router()


@router.post(
    "/register",
    auth=None,
    throttle=Pace("sign-in"),
    response={201: SessionOut},
    summary="Open an account and sign in",
)
@refuses(
    errors.EmailInvalid,
    errors.PhoneInvalid,
    errors.ContactMissing,
    errors.NameMissing,
    errors.PasswordWeak,
    errors.EmailTaken,
    errors.PhoneTaken,
    errors.SignInLocked,
)
def register(request: HttpRequest, body: RegisterIn) -> Status[SessionOut]:
    """An e-mail address, a phone number, or both; the phone still has to be proved."""
    user = commands.register(
        email=body.email,
        phone=body.phone,
        password=body.password,
        name=body.name,
        language=body.language,
    )
    session = commands.sign_in(
        login=user.email or user.phone or "",
        password=body.password,
        device=body.device,
        ip=client_address(request),
    )
    return Status(201, _session(session))


@router.post("/login", auth=None, throttle=Pace("sign-in"), response=SessionOut, summary="Sign in")
@refuses(
    errors.CredentialsWrong,
    errors.SignInLocked,
    errors.SecondFactorRequired,
    errors.SecondFactorWrong,
    errors.SecondFactorLocked,
)
def login(request: HttpRequest, body: LoginIn) -> SessionOut:
    """After 10 failures in 15 minutes the login is locked for a while. An account with two-step sign-in
    is refused with `second_factor_required` until the code comes with the password."""
    session = commands.sign_in(
        login=body.login,
        password=body.password,
        code=body.code,
        device=body.device,
        ip=client_address(request),
    )
    return _session(session)


@router.post(
    "/refresh",
    auth=None,
    throttle=Pace("sign-in"),
    response=SessionOut,
    summary="Exchange a refresh token for a new session",
)
@refuses(errors.RefreshTokenInvalid)
def refresh(request: HttpRequest, body: RefreshIn) -> SessionOut:
    """A refresh token works once. One that comes twice ends the session on all its devices."""
    return _session(commands.refresh(refresh_token=body.refresh))


@router.post("/logout", auth=None, response={204: None}, summary="Sign out")
def logout(request: HttpRequest, body: RefreshIn) -> Status[None]:
    """Ends the session of the refresh token; access tokens run out by themselves."""
    commands.sign_out(refresh_token=body.refresh)
    return Status(204, None)


@router.get("/me", response=Me, summary="Show who is signed in")
def me(request: HttpRequest) -> Me:
    return _me(person(request))


@router.post(
    "/phone/code",
    throttle=Pace("code"),
    response={202: CodeSentOut},
    summary="Send a code to a phone",
)
@refuses(errors.PhoneInvalid, errors.PhoneTaken, errors.TooManyCodes)
def phone_code(request: HttpRequest, body: PhoneIn) -> Status[CodeSentOut]:
    """A new code makes earlier ones worthless."""
    actor = buyer(request)
    expires_at = commands.request_phone_code(
        user_id=person(request).id, phone=body.phone, actor=actor
    )
    return Status(202, CodeSentOut(expires_at=expires_at))


@router.post("/phone/verify", response=Me, summary="Prove a phone with its code")
@refuses(errors.CodeExpired, errors.CodeWrong, errors.PhoneTaken)
def phone_verify(request: HttpRequest, body: CodeIn) -> Me:
    """The phone becomes the account's, and larger orders become possible."""
    user = commands.verify_phone(user_id=person(request).id, code=body.code, actor=buyer(request))
    return _me(user)


@router.get("/addresses", response=list[AddressOut], summary="List my addresses")
def addresses(request: HttpRequest) -> list[AddressOut]:
    """The default one first."""
    rows = queries.addresses_of(user_id=person(request).id)[:100]
    return [_address(row) for row in rows]


@router.post("/addresses", response={201: AddressOut}, summary="Add an address")
@refuses(errors.PhoneInvalid, errors.AddressIncomplete)
def add_address(request: HttpRequest, body: AddressIn) -> Status[AddressOut]:
    """The first one becomes the default. Orders copy the address, so that it may change later."""
    address = commands.save_address(
        user_id=person(request).id, actor=buyer(request), **body.model_dump()
    )
    return Status(201, _address(address))


def _session(session: commands.Session) -> SessionOut:
    return SessionOut(
        token_type="Bearer",  # noqa: S106 - the scheme's name
        access=session.access,
        refresh=session.refresh,
        expires_in=session.expires_in,
        me=_me(session.user),
    )


def _me(user: Person) -> Me:
    return Me(
        reference=user.reference,
        name=user.name,
        email=user.email,
        phone=user.phone,
        is_phone_verified=user.phone_verified_at is not None,
        kyc_level=user.kyc_level,
        language=user.language,
        registered_at=user.date_joined,
        seller=_seller(user),
    )


def _seller(user: Person) -> Choice | None:
    try:
        seller = seller_of_user(user_id=user.id)
    except NotASeller:
        return None
    return Choice(code=seller.reference, label=seller.name)


def _address(row: Any) -> AddressOut:
    return AddressOut.model_validate(row, from_attributes=True)
